"""An uploaded file: how it is written, and its rows, block by block."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from lambdas.check.reading.csv_format import CsvFormat, Head
from lambdas.check.reading.row_blocks import (
    LONGEST_ROW_BYTES,
    RowBlock,
    block_bytes_for,
    row_blocks,
)
from lambdas.check.reading.sampled_blocks import sampled_blocks, sampled_ranges
from lambdas.check.reading.text_stream import (
    compression_of,
    line_feeds,
    unpacked,
    utf8_text,
    with_line_feeds,
)
from lambdas.check.reading.unreadable import Unreadable

# A Lambda function of 2 GB takes some 20 seconds a GB and has 15 minutes for both files.
EXACT_UP_TO_BYTES = 20 * 1024**3
_CHUNK_BYTES = 256 * 1024
# Much text comes out of little that is packed.
_PACKED_CHUNK_BYTES = 16 * 1024
_HEAD_BYTES = 1024 * 1024
# Of a file whose first bytes hold fewer lines, more is looked at: its header alone may be longer.
_FEWEST_LINES = 20
# Encodings with more than one byte for every character: a part may begin within one.
_WIDE = ("utf-16", "utf-32")


@dataclass(frozen=True)
class Source:
    """A file that can be opened more than once, whole or from one byte to another.

    ``size`` is its size as it is in the bucket.
    """

    file: str
    size: int
    open: Callable[[tuple[int, int] | None], IO[bytes]]


def head_of(source: Source) -> Head:
    """How the file begins.

    Raises:
        Unreadable: it is packed, and damaged.
    """
    head = _head(source, _HEAD_BYTES)
    if not head.is_whole and line_feeds(head.content) < _FEWEST_LINES:
        head = _head(source, LONGEST_ROW_BYTES)
    return head


def _head(source: Source, size: int) -> Head:
    """The first ``size`` bytes of the file's text."""
    with source.open((0, size - 1)) as body:
        raw = _read(body, size)
    compression = compression_of(raw)
    if not compression:
        return Head(raw, len(raw) < size, compression)
    head = b""
    try:
        for piece in unpacked(iter([raw]), compression):
            head += piece[: size - len(head)]
            if len(head) == size:
                break
    except Unreadable:
        # The archive goes on behind its first bytes; a damaged one is found by reading it.
        if not head or len(raw) < size:
            raise
    return Head(head, len(head) < size, compression)


def blocks_of(
    source: Source, csv_format: CsvFormat, on_read: Callable[[bytes], bytes]
) -> Iterator[RowBlock]:
    """The file's rows; ``on_read`` is told what was read for them as it is in the bucket.

    Raises:
        Unreadable: the file can't be read to its end.
        NotUtf8: the format says UTF-8, and the file is not.
    """
    if is_sampled(source, csv_format):
        limits = sampled_ranges(source.size)
        ranges = (_range(source, csv_format, limit) for limit in limits)
        for block in sampled_blocks(ranges, csv_format):
            # The rows that the ranges cut off were not read.
            on_read(bytes(block.data))
            yield block
        return
    size = _PACKED_CHUNK_BYTES if csv_format.compression else _CHUNK_BYTES
    with source.open(None) as body:
        chunks = iter(lambda: on_read(body.read(size)), b"")
        packed = unpacked(chunks, csv_format.compression)
        text = utf8_text(packed, csv_format.encoding)
        text_bytes = None if csv_format.compression else source.size
        block_bytes = block_bytes_for(len(csv_format.names), text_bytes)
        yield from row_blocks(text, csv_format.delimiter, block_bytes)


def is_sampled(source: Source, csv_format: CsvFormat) -> bool:
    """Whether the file is too large to be read whole, and can be read in parts."""
    in_parts = not csv_format.compression and not csv_format.encoding.startswith(_WIDE)
    return in_parts and source.size > EXACT_UP_TO_BYTES


def _range(source: Source, csv_format: CsvFormat, limits: tuple[int, int]) -> bytes:
    with source.open(limits) as body:
        content = body.read()
    if b"\x00" in content:
        raise Unreadable("null_character")
    # A character may be cut at either end of the range; the rows there are left out anyway.
    return with_line_feeds(content.decode(csv_format.encoding, errors="replace").encode())


def _read(body: IO[bytes], size: int) -> bytes:
    parts, left = [], size
    while left and (part := body.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
