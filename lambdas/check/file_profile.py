"""What one file holds, read once as a stream, block by block, on every processor."""

import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import IO, Any

import numpy as np
import pyarrow as pa

from lambdas.check.column_profile import ColumnProfile
from lambdas.check.csv_format import CsvFormat, recognised_format
from lambdas.check.finding import Finding, Unreadable
from lambdas.check.hashing import Hashes
from lambdas.check.parsed_block import RAGGED_SHOWN, ParsedBlock, Plan, RaggedRow, parsed_block
from lambdas.check.row_blocks import LONGEST_ROW_BYTES, RowBlock, row_blocks
from lambdas.check.row_hashes import RowHashes
from lambdas.check.row_sample import RowSample
from lambdas.check.sampled_blocks import sampled_blocks, sampled_ranges
from lambdas.check.text_stream import compression_of, line_feeds, unpacked, utf8_text

_CHUNK_BYTES = 256 * 1024
_HEAD_BYTES = 1024 * 1024
# Of a file whose first bytes hold fewer lines, more is looked at: its header alone may be longer.
_FEWEST_LINES = 20
_WORKERS = max(1, min(4, os.cpu_count() or 1))
# Left for what comes after the reading, when the function's time runs out.
SECONDS_KEPT = 120
# A Lambda function of 2 GB takes some 20 seconds a GB and has 15 minutes for both files.
EXACT_UP_TO_BYTES = 20 * 1024**3

OnBlock = Callable[[Hashes, Hashes], None]


@dataclass(frozen=True)
class Source:
    """A file that can be opened more than once, whole or from one byte to another.

    ``size`` is its size as it lies in the bucket.
    """

    file: str
    size: int
    open: Callable[[tuple[int, int] | None], IO[bytes]]


@dataclass
class FileProfile:
    """What a file holds. ``size`` is in bytes as it lies in the bucket, ``text_bytes`` unpacked;
    ``complete`` is False where time was too short to read all of it."""

    file: str
    size: int
    format: CsvFormat
    rows: int = 0
    columns: dict[str, ColumnProfile] = field(default_factory=dict)
    row_hashes: RowHashes = field(default_factory=RowHashes)
    sample: RowSample = field(default_factory=RowSample)
    ragged_rows: int = 0
    ragged: list[RaggedRow] = field(default_factory=list)
    complete: bool = True
    _read_bytes: int = 0

    @property
    def estimated_rows(self) -> int:
        """The rows of the whole file: exact where all of it was read."""
        if self.complete or not self._read_bytes:
            return self.rows
        return round(self.rows * self.text_bytes / self._read_bytes)

    @property
    def text_bytes(self) -> int:
        """The bytes of the whole file's text, unpacked and as UTF-8."""
        # What is packed or recoded can't be known without reading it; it is taken as it lies there.
        return self._read_bytes if self.complete else max(self.size, self._read_bytes)

    @property
    def memory_bytes(self) -> int:
        """What the whole table takes when it is loaded."""
        read = sum(column.memory_bytes for column in self.columns.values())
        return round(read * self.estimated_rows / self.rows) if self.rows else read

    def add(self, block: ParsedBlock) -> None:
        """Takes in what a block holds."""
        self.rows += block.rows
        self._read_bytes += block.text_bytes
        for name, column in block.columns.items():
            self.columns[name].add(block.rows, column)
        self.row_hashes.add(block.features, block.labels)
        self.sample.add(block)
        self.ragged_rows += block.ragged_rows
        self.ragged = (self.ragged + block.ragged)[:RAGGED_SHOWN]

    def as_json(self) -> dict[str, Any]:
        """The file for check.json."""
        return {
            "file": self.file,
            "bytes": self.size,
            "format": self.format.as_json(),
            "text_bytes": self.text_bytes,
            "rows": self.rows,
            "estimated_rows": self.estimated_rows,
            "read_to_the_end": self.complete,
            "memory_bytes": self.memory_bytes,
            "columns": [column.as_json() for column in self.columns.values()],
        }


def format_of(
    source: Source, target: str, known: Collection[str] = (), encoding: str | None = None
) -> CsvFormat:
    """How the file is written, from its beginning.

    Raises:
        Unreadable: it is no table as text.
        NotUtf8: never; what the head can't tell, :func:`file_profile` finds.
    """
    head, compression = _head(source, _HEAD_BYTES)
    if len(head) == _HEAD_BYTES and line_feeds(head) < _FEWEST_LINES:
        head, compression = _head(source, LONGEST_ROW_BYTES)
    whole = len(head) not in {_HEAD_BYTES, LONGEST_ROW_BYTES}
    return recognised_format(source.file, head, whole, compression, encoding, target, known)


def _head(source: Source, size: int) -> tuple[bytes, str]:
    """The first ``size`` bytes of the file's text, unpacked, and how it was packed."""
    with source.open((0, size - 1)) as body:
        raw = _read(body, size)
    compression = compression_of(raw)
    if not compression:
        return raw, compression
    head = b""
    try:
        for piece in unpacked(source.file, iter([raw]), compression):
            head += piece[: size - len(head)]
            if len(head) == size:
                break
    except Unreadable:
        # The archive goes on behind its first bytes; a damaged one is found by reading it.
        if not head or len(raw) < size:
            raise
    return head, compression


def file_profile(
    source: Source,
    csv_format: CsvFormat,
    target: str,
    features: Iterable[str],
    seconds_left: Callable[[], float],
    on_block: OnBlock | None = None,
) -> FileProfile:
    """Reads the file and tells what it holds.

    Args:
        source: the file.
        csv_format: how it is written.
        target: the column to predict.
        features: the columns by which rows are compared.
        seconds_left: how much time there is; the reading stops when it runs out.
        on_block: is told the hashes of each block's features and labels.

    Raises:
        Unreadable: the file can't be read to its end.
        NotUtf8: the format says UTF-8, and the file is not.
    """
    found = FileProfile(source.file, source.size, csv_format)
    found.columns = {name: ColumnProfile(name) for name in csv_format.columns}
    plan = Plan(csv_format, target, frozenset(features), frozenset(), {})
    pending: deque[Future[ParsedBlock]] = deque()

    def merge() -> None:
        nonlocal plan
        block = pending.popleft().result()
        found.add(block)
        if on_block:
            on_block(block.features, block.labels)
        plan = _next_plan(plan, found)

    found.complete = not _is_sampled(source, csv_format)
    with ThreadPoolExecutor(_WORKERS) as pool:
        for number, block in enumerate(_blocks(source, csv_format)):
            if number and seconds_left() < SECONDS_KEPT:
                found.complete = False
                break
            pending.append(pool.submit(_parsed, source.file, block, plan, number == 0))
            # The first block tells which columns are numbers; more than the workers can take
            # would only fill the memory.
            if number == 0 or len(pending) > _WORKERS:
                merge()
        while pending:
            merge()
    return found


def _is_sampled(source: Source, csv_format: CsvFormat) -> bool:
    """Whether the file is too large to be read whole, and can be read in parts."""
    in_parts = not csv_format.compression and not csv_format.encoding.startswith("utf-16")
    return in_parts and source.size > EXACT_UP_TO_BYTES


def _blocks(source: Source, csv_format: CsvFormat) -> Iterator[RowBlock]:
    if _is_sampled(source, csv_format):
        ranges = (_range(source, csv_format, limits) for limits in sampled_ranges(source.size))
        yield from sampled_blocks(ranges, csv_format, source.file)
        return
    with source.open(None) as body:
        chunks = iter(lambda: body.read(_CHUNK_BYTES), b"")
        packed = unpacked(source.file, chunks, csv_format.compression)
        text = utf8_text(source.file, packed, csv_format.encoding)
        yield from row_blocks(text, csv_format.delimiter, source.file)


def _range(source: Source, csv_format: CsvFormat, limits: tuple[int, int]) -> bytes:
    with source.open(limits) as body:
        content = body.read()
    # A character may be cut at either end of the range; the rows there are left out anyway.
    return content.decode(csv_format.encoding, errors="replace").encode()


def _parsed(file: str, block: RowBlock, plan: Plan, is_first: bool) -> ParsedBlock:
    try:
        return parsed_block(block, plan, is_first)
    except pa.ArrowInvalid as error:
        raise Unreadable(_unparsed(file, block.first_line, error)) from error


def _next_plan(plan: Plan, found: FileProfile) -> Plan:
    numbers = {
        name
        for name, column in found.columns.items()
        if column.kind == "number" and name != plan.target
    }
    limits: dict[str, np.uint64] = {
        name: column.distinct_values.limit for name, column in found.columns.items()
    }
    return replace(plan, numbers=frozenset(numbers), limits=limits)


def _read(body: IO[bytes], size: int) -> bytes:
    parts, left = [], size
    while left and (part := body.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _unparsed(file: str, line: int, error: pa.ArrowInvalid) -> Finding:
    return Finding(
        code="unreadable_rows",
        severity="error",
        file=file,
        line=line,
        seen=f"The rows from here on can't be told apart ({error}).",
        expected="Each row should have one value for each column.",
        action="Look at the rows from this line on, repair them and upload the file again.",
    )
