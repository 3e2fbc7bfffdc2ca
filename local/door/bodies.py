"""Bodies that are verified while they are read: whoever reads to the end has what was signed.

What does not match is an error before the reader sees the end, so nothing is stored of it. Nothing
is held in memory but what is read at once.
"""

import hashlib
import hmac
import io
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from local.door.refusal import MISMATCH, SHORT_BODY, TOO_LARGE, WRONG_BODY, Refused

_EMPTY = hashlib.sha256(b"").hexdigest()
_LONGEST_LINE = 1024
_MOST_TRAILERS = 20
# The largest request beside uploads: Lambda takes code of 50 MB, in base64.
_MOST_IN_MEMORY = 100 * 1024**2

SignPart = Callable[..., str]


def read_whole(environ: dict[str, Any]) -> bytes:
    """The body in memory, which is left for the next reader.

    Raises:
        Refused: it is larger than any request but an upload.
    """
    length = _length(environ)
    if length is not None and length > _MOST_IN_MEMORY:
        raise Refused(TOO_LARGE)
    body: bytes = environ["wsgi.input"].read(_MOST_IN_MEMORY + 1 if length is None else length)
    if len(body) > _MOST_IN_MEMORY:
        raise Refused(TOO_LARGE)
    environ["wsgi.input"] = io.BytesIO(body)
    return body


class Verified(io.RawIOBase):
    """A body that ends as it should, or with an error; ``wrong`` tells which."""

    def __init__(self, environ: dict[str, Any]) -> None:
        super().__init__()
        self._source = environ["wsgi.input"]
        self._left = _length(environ)
        self.wrong: Refused | None = None

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Reads on, never beyond the body's end."""
        if self.wrong:
            raise self.wrong
        try:
            data = self._next(len(buffer))
        except Refused as refused:
            self.wrong = refused
            raise
        buffer[: len(data)] = data
        return len(data)

    @abstractmethod
    def _next(self, most: int) -> bytes:
        """At most so many bytes more of what was signed; none at its end."""

    def _take(self, most: int) -> bytes:
        if self._left == 0:
            return b""
        data: bytes = self._source.read(most if self._left is None else min(most, self._left))
        if self._left is not None:
            if not data and most:
                raise Refused(SHORT_BODY)
            self._left -= len(data)
        return data

    def _line(self) -> bytes:
        most = _LONGEST_LINE if self._left is None else min(_LONGEST_LINE, self._left)
        line: bytes = self._source.readline(most)
        if self._left is not None:
            self._left -= len(line)
        if not line.endswith(b"\r\n"):
            raise Refused(SHORT_BODY if len(line) < _LONGEST_LINE else MISMATCH)
        return line


class Digested(Verified):
    """A body whose SHA-256 was signed."""

    def __init__(self, environ: dict[str, Any], digest: str) -> None:
        super().__init__(environ)
        self._digest = digest
        self._sum = hashlib.sha256()
        if self._left == 0 and digest != _EMPTY:
            raise Refused(WRONG_BODY)

    def _next(self, most: int) -> bytes:
        data = self._take(most)
        self._sum.update(data)
        is_end = self._left == 0 or (self._left is None and not data)
        if is_end and not hmac.compare_digest(self._sum.hexdigest(), self._digest):
            raise Refused(WRONG_BODY)
        return data


class Chunked(Verified):
    """A body in chunks, each with a signature that goes on from the one before; left as it is.

    Source: Amazon S3 API Reference, "Signature calculations for the Authorization header:
    transferring payload in multiple chunks", and the same "including trailing headers".
    """

    def __init__(
        self, environ: dict[str, Any], first: str, sign: SignPart, has_trailer: bool
    ) -> None:
        super().__init__(environ)
        self._before = first
        self._sign = sign
        self._has_trailer = has_trailer
        self._in_chunk = 0
        self._expected = ""
        self._sum = hashlib.sha256()
        self._ready = b""
        self._is_over = False

    def _next(self, most: int) -> bytes:
        if not self._ready and not self._is_over:
            self._ready = self._chunk_data() if self._in_chunk else self._chunk_head()
        data, self._ready = self._ready[:most], self._ready[most:]
        return data

    def _chunk_head(self) -> bytes:
        line = self._line()
        size, separator, signature = line.rstrip(b"\r\n").partition(b";chunk-signature=")
        try:
            self._in_chunk = int(size, 16)
        except ValueError:
            raise Refused(MISMATCH) from None
        if not separator or self._in_chunk < 0:
            raise Refused(MISMATCH)
        self._expected = signature.decode("latin-1")
        self._sum = hashlib.sha256()
        return line if self._in_chunk else line + self._end()

    def _chunk_data(self) -> bytes:
        data = self._take(min(self._in_chunk, 1024**2))
        if not data:
            raise Refused(SHORT_BODY)
        self._sum.update(data)
        self._in_chunk -= len(data)
        if self._in_chunk:
            return data
        self._check_chunk()
        return data + self._line()

    def _check_chunk(self) -> None:
        digest = self._sum.hexdigest()
        self._check(
            self._sign("AWS4-HMAC-SHA256-PAYLOAD", self._before, _EMPTY, digest), self._expected
        )
        self._before = self._expected

    def _check(self, right: str, given: str) -> None:
        if not hmac.compare_digest(right.encode(), given.encode()):
            raise Refused(MISMATCH)

    def _end(self) -> bytes:
        self._check_chunk()
        rest = self._trailer() if self._has_trailer else b""
        if not self._has_trailer or not rest.endswith(b"\r\n\r\n"):
            rest += self._take(2) if self._left else b""
        if self._left:
            raise Refused(MISMATCH)
        self._is_over = True
        return rest

    def _trailer(self) -> bytes:
        """The headers after the body, the last of which is their signature."""
        signed, read = b"", b""
        for _ in range(_MOST_TRAILERS):
            line = self._line()
            read += line
            name, _, value = line.strip().partition(b":")
            if name.lower() == b"x-amz-trailer-signature":
                digest = hashlib.sha256(signed).hexdigest()
                right = self._sign("AWS4-HMAC-SHA256-TRAILER", self._before, digest)
                self._check(right, value.strip().decode("latin-1"))
                return read
            if name:
                signed += name.strip().lower() + b":" + value.strip() + b"\n"
        raise Refused(MISMATCH)


def _length(environ: dict[str, Any]) -> int | None:
    """How long the body is; None where its end tells it."""
    if environ.get("wsgi.input_terminated"):
        return None
    text = environ.get("CONTENT_LENGTH") or "0"
    if not text.isascii() or not text.isdigit():
        raise Refused(SHORT_BODY)
    return int(text)
