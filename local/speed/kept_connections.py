"""Connections that stay open for the next request, as AWS's do.

Python's own server closes each one, because it can't tell whether a request's body was read to its
end: that is a connection and a thread for each of the hundred requests that a run makes. And it
waits for what may still come after each answer.
"""

import contextlib
import io
import selectors
import traceback
from http import HTTPStatus
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.exceptions import InternalServerError

from local.patches import replace

_WITHOUT_BODY = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
# What a refused request still brings is read, or its sender would see no answer: but not for ever.
_MOST_LEFT_UNREAD = 10 * 1024**3
_READ_AT_ONCE = 1024**2
_MORE_COMES_WITHIN_SECONDS = 0.01


def patch() -> None:
    """Makes the server keep connections open."""
    replace(MotoRequestHandler, "run_wsgi", _answer_request)


class _Body(io.RawIOBase):
    """The body of one request, which ends where that does; ``left`` are its bytes still unread."""

    def __init__(self, stream: Any, length: int) -> None:
        super().__init__()
        self._stream = stream
        self.left = length

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Reads on, never into the next request."""
        with memoryview(buffer) as place:
            read: int = self._stream.readinto1(place[: self.left]) if self.left else 0
        self.left -= read
        return read


def _answer_request(handler: Any) -> None:
    """Answers one request; the connection goes on where nothing of it is left to be read."""
    if handler.server.socket.fileno() < 0:  # the server was stopped since the last request
        handler.close_connection = True
        return
    handler.connection.settimeout(handler.timeout)
    handler.environ = environ = handler.make_environ()
    answer = _Answer(handler, environ)
    try:
        answer.send(handler.server.app)
    except (ConnectionError, TimeoutError):
        handler.close_connection = True
    except Exception:  # noqa: BLE001 (who asked is told, and the log what)
        handler.server.log("error", f"Error on request:\n{traceback.format_exc()}")
        if answer.is_begun:
            handler.close_connection = True
        else:
            answer.send(InternalServerError())
    finally:
        # The next request may take its time, and what this one held is not needed until then.
        handler.environ = {}
        handler.connection.settimeout(None)


class _Answer:
    """The answer to one request, written as it comes."""

    def __init__(self, handler: Any, environ: dict[str, Any]) -> None:
        self._handler = handler
        self._environ = environ
        self._body: _Body | None = None
        if not environ.get("wsgi.input_terminated"):  # else it comes in chunks, of any length
            self._body = _Body(handler.rfile, _length(environ))
            environ["wsgi.input"] = io.BufferedReader(self._body)
        self._status = ""
        self._headers: list[tuple[str, str]] = []
        self._is_chunked = self._is_without_body = False
        self._missing: int | None = None
        self.is_begun = False

    def send(self, application: Any) -> None:
        """Sends what the application (WSGI) answers."""
        parts: Any = application(self._environ, self._start)
        try:
            for part in parts:
                self._write(part)
            if not self.is_begun:
                self._write(b"")
            if self._is_chunked:
                self._handler.wfile.write(b"0\r\n\r\n")
            if self._missing:
                self._handler.close_connection = True
            if not self._is_read:
                self._read_what_is_left()
        finally:
            if hasattr(parts, "close"):
                parts.close()

    @property
    def _is_read(self) -> bool:
        return self._body is not None and self._body.left == 0

    def _start(self, status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        self._status, self._headers = status, headers
        return self._write

    def _write(self, data: bytes) -> None:
        """Writes the next part, the first one behind the headers."""
        head = b"" if self.is_begun else self._head()
        self.is_begun = True
        if self._is_without_body:
            data = b""
        elif self._missing is not None:
            self._missing -= len(data)
        if data and self._is_chunked:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        # In one piece: the second of two would wait until the first is acknowledged.
        if head or data:
            self._handler.wfile.write(head + data)

    def _head(self) -> bytes:
        handler, (code, _, words) = self._handler, self._status.partition(" ")
        handler.send_response_only(int(code), words)
        handler.send_header("Server", handler.version_string())
        handler.send_header("Date", handler.date_time_string())
        for name, value in self._headers:
            handler.send_header(name, value)
        is_head = self._environ["REQUEST_METHOD"] == "HEAD"
        self._is_without_body = is_head or int(code) in _WITHOUT_BODY
        lengths = [value for name, value in self._headers if name.lower() == "content-length"]
        if lengths and not self._is_without_body:
            self._missing = int(lengths[0])
        elif not self._is_without_body:
            self._is_chunked = True
            handler.send_header("Transfer-Encoding", "chunked")
        if not self._is_read or handler.close_connection:
            handler.send_header("Connection", "close")  # which the handler then does
        head, handler._headers_buffer = b"".join(handler._headers_buffer), []
        return head + b"\r\n"

    def _read_what_is_left(self) -> None:
        total = 0
        with selectors.DefaultSelector() as coming, contextlib.suppress(OSError):
            coming.register(self._handler.connection, selectors.EVENT_READ)
            while total < _MOST_LEFT_UNREAD and coming.select(_MORE_COMES_WITHIN_SECONDS):
                if not (read := len(self._handler.rfile.read1(_READ_AT_ONCE))):
                    return
                total += read


def _length(environ: dict[str, Any]) -> int:
    given = environ.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isascii() and given.isdigit() else 0
