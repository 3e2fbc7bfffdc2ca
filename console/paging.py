"""A long list, shown a page at a time."""

from dataclasses import dataclass

from starlette.requests import Request

_MOST = 100_000
# Python refuses to read numbers of thousands of digits.
_MOST_DIGITS = 18


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
    return min(max(whole_number(request.query_params.get("page", "")) or 1, 1), _MOST)


def whole_number(text: str) -> int | None:
    """The number that a form or an address tells; None where it is none."""
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else None
