"""Requests that change an object, one after the other for each key, from their first byte to the
answer.

moto reads a key's versions, adds one, and puts the list back, with nothing in between that keeps
another request from doing the same; and what one request adds, another could write out half-made.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import parse_qs

_CHANGES = {"PUT", "POST", "DELETE"}
_S3 = re.compile(r"/s3/aws4_request")
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
        if environ["REQUEST_METHOD"] not in _CHANGES:
            return []
        if not _S3.search(environ.get("HTTP_AUTHORIZATION", "")):
            return []
        if "partNumber" in parse_qs(environ.get("QUERY_STRING", "")):
            return []  # a part is nobody else's, and becomes an object when all are there
        host = environ.get("HTTP_HOST", "").partition(":")[0]
        bucket, _, key = environ["PATH_INFO"].lstrip("/").partition("/")
        if not key and "." in host and not host.replace(".", "").isdigit():
            bucket, key = host, bucket  # the bucket is named by the host
        if not key:
            return self._locks
        return [self._locks[hash(key) % _LOCKS]]
