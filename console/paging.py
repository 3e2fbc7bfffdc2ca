"""A long list, shown a page at a time."""

from dataclasses import dataclass

from starlette.requests import Request

_MOST = 100_000


@dataclass(frozen=True)
class Paging:
    """Which page of a list is shown, counted from 1, and whether another one follows."""

    page: int
    has_next: bool

    @property
    def is_long(self) -> bool:
        """Whether there is more than this page."""
        return self.has_next or self.page > 1


def page_asked(request: Request) -> int:
    """The page that the address asks for: the first one unless it names another."""
    asked = request.query_params.get("page", "")
    return min(max(int(asked), 1), _MOST) if asked.isascii() and asked.isdigit() else 1
