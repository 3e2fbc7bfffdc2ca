"""Requests that change an object, one after the other for each key, once they have been read.

moto reads a key's versions, adds one, and puts the list back, with nothing in between that keeps
another request from doing the same; and what one request adds, another could write out half-made.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import parse_qs

from local.streaming.s3_places import is_for_s3, place_of

_CHANGES = {"PUT", "POST", "DELETE"}
# Two keys may share a lock, and then take turns; a request for many keys takes all, in order.
_LOCKS = 512


class WritesInTurn:
    """A lock for each key, or for a few of them."""

    def __init__(self) -> None:
        self._locks = [threading.Lock() for _ in range(_LOCKS)]

    @contextmanager
    def of(self, environ: dict[str, Any]) -> Iterator[None]:
        """Holds the lock of what the request (WSGI) changes; of nothing for any other request."""
        with ExitStack() as held:
            for lock in self._needed(environ):
                held.enter_context(lock)
            yield

    def _needed(self, environ: dict[str, Any]) -> list[threading.Lock]:
        if environ["REQUEST_METHOD"] not in _CHANGES or not is_for_s3(environ):
            return []
        if "partNumber" in parse_qs(environ.get("QUERY_STRING", "")):
            return []  # a part is nobody else's, and becomes an object when all are there
        _, key = place_of(environ)
        return [self._locks[hash(key) % _LOCKS]] if key else self._locks
