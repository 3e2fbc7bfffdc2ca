"""A long list, shown a page at a time."""

from dataclasses import dataclass
from typing import Self

from starlette.requests import Request

_MOST = 100_000


@dataclass(frozen=True)
class Paging:
    """Which page of a list is shown, counted from 1, and how many it has."""

    page: int
    pages: int

    @classmethod
    def of(cls, page: int, total: int, on_a_page: int) -> Self:
        """That page of a list of ``total``."""
        return cls(page, max(1, -(-total // on_a_page)))


def page_asked(request: Request) -> int:
    """The page that the address asks for: the first one unless it names another."""
    asked = request.query_params.get("page", "")
    return min(max(int(asked), 1), _MOST) if asked.isascii() and asked.isdigit() else 1
