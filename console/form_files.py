"""A form with files, read as it comes: no file is held in memory or on the disk.

Starlette's own reading of a form keeps each file in a temporary one until the last byte is there.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from console.language import spoken
from operate.account import CannotDo

_MOST_FIELDS = 100
_LONGEST_FIELD = 64 * 1024
_LONGEST_HEADERS = 16 * 1024


class FileSink(Protocol):
    """What takes the bytes of one file; its functions may block."""

    def write(self, content: bytes) -> None:
        """Takes the next bytes."""

    def finish(self) -> None:
        """The file is whole."""

    def abort(self) -> None:
        """The file will not be whole."""


# Makes what takes a file, by the name of its field, its own name, and the fields before it.
OpenFile = Callable[[str, str, dict[str, str]], FileSink]


async def read_form(request: Request, open_file: OpenFile) -> dict[str, str]:
    """The form's fields without files; each file goes to what ``open_file`` makes for it.

    A file field that nobody has filled is passed over.

    Raises:
        CannotDo: it is no such form, or it ends too early.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise CannotDo(spoken("The browser has sent no form with files."))
    reader = _Reader(options[b"boundary"], open_file)
    try:
        async for chunk in request.stream():
            await asyncio.to_thread(reader.write, chunk)
        await asyncio.to_thread(reader.finish)
    except BaseException:
        await asyncio.shield(asyncio.to_thread(reader.abort))
        raise
    return reader.fields


async def read_body(request: Request, most: int) -> bytearray:
    """The body of a request, which may have ``most`` bytes.

    Raises:
        CannotDo: it has more.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise CannotDo(spoken("The browser has sent more than it announced."))
    return body


@dataclass
class _Part:
    """One field of the form, as far as it was read."""

    headers: dict[bytes, bytes] = field(default_factory=dict)
    name: bytes = b""
    value: bytes = b""
    field_name: str = ""
    text: bytearray = field(default_factory=bytearray)
    sink: FileSink | None = None
    is_file: bool = False


class _Reader:
    def __init__(self, boundary: bytes, open_file: OpenFile) -> None:
        self.fields: dict[str, str] = {}
        self._open_file = open_file
        self._part = _Part()
        self._parts = 0
        self._is_whole = False
        callbacks: Any = {
            "on_part_begin": self._on_part_begin,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": self._on_part_data,
            "on_part_end": self._on_part_end,
            "on_end": self._on_end,
        }
        self._parser = MultipartParser(boundary, callbacks)

    def write(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise CannotDo(spoken("The browser has sent a form that can't be read.")) from error

    def finish(self) -> None:
        if not self._is_whole:
            raise CannotDo(spoken("The upload was interrupted. Send the form again."))

    def abort(self) -> None:
        if self._part.sink:
            self._part.sink.abort()

    def _on_part_begin(self) -> None:
        self._parts += 1
        self._part = _Part()
        if self._parts > _MOST_FIELDS:
            raise FormParserError("too many fields")

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._part.name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.value += data[start:end]
        if len(self._part.value) > _LONGEST_HEADERS:
            raise FormParserError("a header is too long")

    def _on_header_end(self) -> None:
        part = self._part
        part.headers[part.name.lower()] = part.value
        part.name = part.value = b""

    def _on_headers_finished(self) -> None:
        part = self._part
        _, options = parse_options_header(part.headers.get(b"content-disposition", b""))
        part.field_name = options.get(b"name", b"").decode(errors="replace")
        part.is_file = b"filename" in options
        if file_name := options.get(b"filename", b"").decode(errors="replace"):
            part.sink = self._open_file(part.field_name, file_name, self.fields)

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        if part.sink:
            part.sink.write(data[start:end])
        elif not part.is_file:
            part.text += data[start:end]
            if len(part.text) > _LONGEST_FIELD:
                raise FormParserError("a field is too long")

    def _on_part_end(self) -> None:
        part = self._part
        if part.sink:
            part.sink.finish()
            part.sink = None
        elif not part.is_file:
            self.fields[part.field_name] = bytes(part.text).decode(errors="replace")

    def _on_end(self) -> None:
        self._is_whole = True
