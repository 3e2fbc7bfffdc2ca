"""A file's bytes as plain UTF-8 text: unpacked, decoded, with line ends that end in a line feed."""

import codecs
import zlib
from collections.abc import Iterable, Iterator

import numpy as np

from lambdas.check.reading.unreadable import Unreadable

_GZIP = b"\x1f\x8b"
_WITH_GZIP_HEADER = 16 + zlib.MAX_WBITS
_LARGEST_PIECE = 1024 * 1024
# What is made of so much stays near the processor, and its memory is taken again and again.
_BYTES_AT_ONCE = 64 * 1024


class _UnknownBytes(Exception):
    """Bytes that the encoding does not know; ``before`` stands between what was read last and
    them."""

    def __init__(self, encoding: str, before: bytes) -> None:
        super().__init__(encoding)
        self.encoding = encoding
        self.before = before


class NotUtf8(Exception):
    """Bytes that UTF-8 does not know stand in a file that began like UTF-8."""

    def __init__(self, sample: bytes) -> None:
        super().__init__("not UTF-8")
        self.sample = sample


def compression_of(head: bytes) -> str:
    """``gzip``, or an empty text where the bytes are not packed."""
    return "gzip" if head.startswith(_GZIP) else ""


def unpacked(chunks: Iterable[bytes], compression: str) -> Iterator[bytes]:
    """The bytes that were packed, in pieces of at most 1 MB.

    Raises:
        Unreadable: the archive is damaged or cut off.
    """
    if compression != "gzip":
        yield from chunks
        return
    unpacker = zlib.decompressobj(_WITH_GZIP_HEADER)
    try:
        for chunk in chunks:
            data = chunk
            while data:
                yield unpacker.decompress(data, _LARGEST_PIECE)
                data = unpacker.unconsumed_tail
                if unpacker.eof:
                    # An archive may have several members, one behind the other.
                    data = unpacker.unused_data.lstrip(b"\x00")
                    if data:
                        unpacker = zlib.decompressobj(_WITH_GZIP_HEADER)
    except zlib.error as error:
        raise Unreadable("damaged_gzip") from error
    if not unpacker.eof:
        raise Unreadable("damaged_gzip")


def utf8_text(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The text in ``chunks`` as UTF-8 without a byte order mark.

    Raises:
        NotUtf8: ``encoding`` is UTF-8, and the file is not.
        Unreadable: a null character, or bytes that the encoding does not know; the line is counted
            from the end of what was read before.
    """
    pieces = _checked_utf8(chunks) if encoding == "utf-8" else _recoded(chunks, encoding)
    first = True
    carry = b""
    while True:
        try:
            piece = next(pieces, None)
        except _UnknownBytes as error:
            at = 1 + line_feeds(with_line_feeds(carry + error.before))
            raise Unreadable("unknown_text", line=at, encoding=error.encoding) from error
        if piece is None:
            break
        text = carry + piece if carry else piece
        if first and len(text) >= len(codecs.BOM_UTF8):
            text, first = text.removeprefix(codecs.BOM_UTF8), False
        if b"\x00" in text:
            at = 1 + line_feeds(with_line_feeds(text[: text.index(b"\x00")]))
            raise Unreadable("null_character", line=at)
        # A carriage return at the very end may be one half of a line end.
        carry = b"\r" if text.endswith(b"\r") else b""
        yield with_line_feeds(text.removesuffix(b"\r") if carry else text)
    if carry:
        yield b"\n"


def with_line_feeds(text: bytes) -> bytes:
    """Old Macintosh line ends, a carriage return alone, as line feeds."""
    if b"\r" not in text or text.count(b"\r") == text.count(b"\r\n"):
        return text
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _checked_utf8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    carry, proven = b"", False
    for chunk in chunks:
        data = carry + chunk if carry else chunk
        carry = b""
        if not data.isascii():
            try:
                data.decode()
            except UnicodeDecodeError as error:
                proven = proven or not data[: error.start].isascii()
                if error.end < len(data) or error.reason != "unexpected end of data":
                    if proven:
                        raise _UnknownBytes("UTF-8", data[: error.start]) from error
                    raise NotUtf8(_around(data, error.start)) from error
                data, carry = data[: error.start], data[error.start :]
            proven = proven or not data.isascii()
        yield data
    if carry:
        raise _UnknownBytes("UTF-8", b"") if proven else NotUtf8(carry)


def _around(data: bytes, at: int) -> bytes:
    """Enough of the text to tell its encoding, beginning where a line does."""
    start = data.rfind(b"\n", 0, max(0, at - 1)) + 1
    return data[start : start + 1024 * 1024]


def _recoded(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise _UnknownBytes(encoding, b"") from error


def line_feeds(text: bytes | memoryview) -> int:
    """How many line feeds ``text`` has; several times as quick as ``bytes.count``."""
    content, count = np.frombuffer(text, np.uint8), 0
    for start in range(0, len(content), _BYTES_AT_ONCE):
        count += int(np.count_nonzero(content[start : start + _BYTES_AT_ONCE] == ord("\n")))
    return count
