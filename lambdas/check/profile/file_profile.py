"""What one file holds, read once as a stream, block by block, on every processor."""

import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import pyarrow as pa

from lambdas.check.profile.block_profile import BlockProfile, Plan, Roles, block_profile
from lambdas.check.profile.closing_rows import Table, closing_rows
from lambdas.check.profile.column_block import MOST_CATEGORIES
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.distinct import EXACT_UP_TO, DistinctValues, Sieve
from lambdas.check.profile.known_names import KnownNames
from lambdas.check.profile.near_rows import RowHalves
from lambdas.check.profile.row_hashes import RowHashes
from lambdas.check.profile.row_sample import RowSample, rows_to_sample
from lambdas.check.reading.column_reading import USUAL, ColumnReading
from lambdas.check.reading.csv_format import CsvFormat
from lambdas.check.reading.last_rows import last_rows
from lambdas.check.reading.odd_rows import OddRows
from lambdas.check.reading.row_blocks import RowBlock
from lambdas.check.reading.source import Source, blocks_of, is_sampled
from lambdas.check.reading.unreadable import Unreadable

_COLUMNS_KEPT_IN_FULL = 1000
_COLUMNS_SIEVED = 200
_SHARE_OF_OWN_TEXTS = 0.9
WORKERS = max(1, min(4, os.cpu_count() or 1))
# Left for what comes after the reading, when the function's time runs out.
_SECONDS_KEPT = 120
# The blocks under way are looked at to their end, and each of their columns takes its time.
_COLUMNS_A_SECOND = 50

T = TypeVar("T")
OnBlock = Callable[[BlockProfile], None]


@dataclass
class FileProfile:
    """What a file holds. ``size`` is in bytes as it is in the bucket, ``read_of_size`` those of
    them that were read, ``text_bytes`` unpacked; ``complete`` is False where time was too short to
    read all of it, or where it ``is_sampled``: only some ranges of it are read. ``filled`` are the
    places of the columns without a name that hold anything, and ``has_words`` says that words stand
    for missing numbers in columns that were read as numbers."""

    file: str
    size: int
    format: CsvFormat
    rows: int = 0
    columns: dict[str, ColumnProfile] = field(default_factory=dict)
    row_hashes: RowHashes = field(default_factory=RowHashes)
    row_halves: RowHalves = field(default_factory=lambda: RowHalves.of(1))
    sample: RowSample = field(default_factory=RowSample)
    odd: OddRows = field(default_factory=OddRows)
    had_end_mark: bool = False
    filled: set[int] = field(default_factory=set)
    has_words: bool = False
    complete: bool = True
    is_sampled: bool = False
    read_of_size: int = 0
    _read_bytes: int = 0

    @property
    def estimated_rows(self) -> int:
        """The rows of the whole file: exact where all of it was read."""
        return round(self.rows * self._of_what_was_read)

    @property
    def text_bytes(self) -> int:
        """The bytes of the whole file's text, unpacked and as UTF-8."""
        return round(self._read_bytes * self._of_what_was_read)

    @property
    def memory_bytes(self) -> int:
        """What the whole table takes when it is loaded."""
        read = sum(column.memory_bytes for column in self.columns.values())
        return round(read * self.estimated_rows / self.rows) if self.rows else read

    @property
    def is_without_gaps(self) -> bool:
        """Whether the rows that were read are the first ones of the file, without gaps."""
        return self.complete or not self.is_sampled

    @property
    def _of_what_was_read(self) -> float:
        """How many times the whole file is what was read of it."""
        if self.complete or not self.read_of_size:
            return 1.0
        return max(1.0, self.size / self.read_of_size)

    def add(self, block: BlockProfile) -> None:
        """Takes in what a block holds."""
        self.rows += block.rows
        self._read_bytes += block.text_bytes
        for name, column in block.columns.items():
            self.columns[name].add(block.rows, column)
        self.row_hashes.add(block.features, block.labels)
        hashes = {name: column.hashes for name, column in block.columns.items()}
        self.row_halves.add(block.halves[:2], hashes)
        self.sample.add(block)
        self.filled |= block.filled
        self.has_words |= block.has_words
        self.odd.merge(block.odd)

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
            "left_out": {"blank_rows": self.odd.counts["blank"], "end_mark": self.had_end_mark},
            "memory_bytes": self.memory_bytes,
            "columns": [column.as_json() for column in self.columns.values()],
        }


def seconds_kept(columns: int) -> float:
    """How long before the function's end the reading of so many columns must stop."""
    return _SECONDS_KEPT + columns / _COLUMNS_A_SECOND


def file_profile(
    source: Source,
    csv_format: CsvFormat,
    roles: Roles,
    readings: Mapping[str, ColumnReading],
    seconds_left: Callable[[], float],
    on_block: OnBlock | None = None,
) -> FileProfile:
    """Reads the file and tells what it holds.

    Args:
        source: the file.
        csv_format: how it is written.
        roles: the column to predict, and those by which rows are compared.
        readings: how the texts of columns are read that are not read as usual.
        seconds_left: how much time there is; the reading stops when it runs out.
        on_block: is told what each block holds.

    Raises:
        Unreadable: the file can't be read to its end.
        NotUtf8: the format says UTF-8, and the file is not.
    """
    with ThreadPoolExecutor(WORKERS) as pool:
        first = first_plan(csv_format, roles, readings)
        return begun_profile(pool, source, first, seconds_left, on_block)()


def begun_profile(
    pool: ThreadPoolExecutor,
    source: Source,
    first: Plan,
    seconds_left: Callable[[], float],
    on_block: OnBlock | None = None,
) -> Callable[[], FileProfile]:
    """Reads the file as :func:`file_profile` does. Its last blocks may still be looked at in the
    pool of ``WORKERS``: what is returned waits for them."""
    found = empty_profile(source, first.format, first.readings)

    def task(block: RowBlock, is_first: bool) -> Callable[[], BlockProfile]:
        plan = first if is_first else next_plan(first, [found])
        return partial(_parsed, block, plan, is_first)

    def merge(block: BlockProfile) -> None:
        found.add(block)
        if on_block:
            on_block(block)

    ended = begin_blocks(pool, source, found, task, merge, seconds_left)

    def profile() -> FileProfile:
        last = ended()
        if last is not None:
            table = Table(first.format, found.columns, found.sample)
            for row in closing_rows(last_rows(last, first.format), table):
                found.odd.add(row)
        return found

    return profile


def begin_blocks(
    pool: ThreadPoolExecutor,
    source: Source,
    found: FileProfile,
    task: Callable[[RowBlock, bool], Callable[[], T]],
    merge: Callable[[T], None],
    seconds_left: Callable[[], float],
) -> Callable[[], deque[RowBlock] | None]:
    """Reads the file block by block, on every processor.

    Args:
        pool: of ``WORKERS``.
        source: the file.
        found: how it is written; is told how much of it was read.
        task: makes of a block, and whether it is the first one, what a processor has to do.
        merge: takes what came of it, in the order of the blocks.
        seconds_left: how much time there is; the reading stops when it runs out.

    Returns:
        What merges the blocks that are still in the pool, and returns the last ones of the file;
        None where its end was not reached.
    """
    csv_format = found.format
    pending: deque[Future[T]] = deque()
    last: deque[RowBlock] = deque(maxlen=2)
    is_at_end = False
    fetched, kept = 0, seconds_kept(len(csv_format.columns))

    def count(chunk: bytes) -> bytes:
        nonlocal fetched
        fetched += len(chunk)
        return chunk

    found.is_sampled = is_sampled(source, csv_format)
    found.complete = not found.is_sampled
    for number, block in enumerate(blocks_of(source, csv_format, count)):
        if number and seconds_left() < kept:
            found.complete = False
            break
        found.read_of_size = fetched
        found.had_end_mark |= block.had_end_mark
        last.append(block)
        work = task(block, number == 0)
        if number == 0:  # it tells which columns are numbers, so the others wait for it
            merge(work())
            continue
        pending.append(pool.submit(work))
        # More than the workers can take would only fill the memory.
        if len(pending) > WORKERS:
            merge(pending.popleft().result())
    else:
        is_at_end = True

    def ended() -> deque[RowBlock] | None:
        while pending:
            merge(pending.popleft().result())
        return last if is_at_end else None

    return ended


def empty_profile(
    source: Source, csv_format: CsvFormat, readings: Mapping[str, ColumnReading]
) -> FileProfile:
    """The profile of a file of which nothing has been read yet."""
    found = FileProfile(source.file, source.size, csv_format)
    found.columns = _empty_columns(csv_format.columns, readings)
    found.sample = RowSample(rows_to_sample(len(found.columns)))
    found.row_halves = RowHalves.of(len(found.columns))
    return found


def first_plan(csv_format: CsvFormat, roles: Roles, readings: Mapping[str, ColumnReading]) -> Plan:
    """How to read the first block."""
    most_categories = MOST_CATEGORIES // _share(len(csv_format.columns))
    # Of wide tables it would take much memory.
    names = csv_format.columns if len(csv_format.columns) <= _COLUMNS_SIEVED else []
    known = dict.fromkeys(names, KnownNames())
    return Plan(csv_format, roles, readings, known_names=known, most_categories=most_categories)


def _empty_columns(
    names: list[str], readings: Mapping[str, ColumnReading]
) -> dict[str, ColumnProfile]:
    """A profile for each column; the more there are, the less is kept of each."""
    share = _share(len(names))
    return {
        name: ColumnProfile(
            name,
            MOST_CATEGORIES // share,
            readings.get(name, USUAL),
            distinct_values=DistinctValues(EXACT_UP_TO // share),
        )
        for name in names
    }


def _share(columns: int) -> int:
    return max(1, columns // _COLUMNS_KEPT_IN_FULL)


def _parsed(block: RowBlock, plan: Plan, is_first: bool) -> BlockProfile:
    with named_reason(block):
        return block_profile(block, plan, is_first)


@contextmanager
def named_reason(block: RowBlock) -> Iterator[None]:
    """Tells on which line rows begin that can't be told apart."""
    try:
        yield
    except pa.ArrowInvalid as error:
        raise Unreadable("unreadable_rows", line=block.first_line, reason=str(error)) from error


def next_plan(plan: Plan, parts: Sequence[FileProfile]) -> Plan:
    """How to read the next block after these, of one file or of its parts, whose first ``plan`` it
    was; the sieves, the known names, and the columns that are no copies are those of the first
    part."""
    numbers = {
        name: columns
        for name in parts[0].columns
        if name != plan.roles.target
        and _are_read_as_numbers(columns := [part.columns[name] for part in parts])
    }
    return replace(
        plan,
        numbers=frozenset(numbers),
        has_words=any(part.has_words for part in parts)
        or any(column.words for columns in numbers.values() for column in columns),
        whole_numbers=frozenset(
            name for name, columns in numbers.items() if all(c.whole_numbers for c in columns)
        ),
        perhaps_thousands=frozenset(
            name
            for name, columns in numbers.items()
            if any(c.thousandths.may_be_thousands for c in columns)
        ),
        texts_of_their_own=frozenset(
            name
            for name in parts[0].columns
            if name != plan.roles.target and all(_hardly_comes_back(p.columns[name]) for p in parts)
        ),
        too_many_texts=frozenset(
            name
            for name in parts[0].columns
            if all(p.columns[name].categories is None for p in parts)
        ),
        sieves=sieves_of(parts[0]),
        known_names=known_names_of(parts[0]),
        unlike=_unlike(parts[0]),
    )


def sieves_of(found: FileProfile) -> dict[str, Sieve]:
    """What holds back the values that need not be counted, for each column."""
    values = {name: column.distinct_values for name, column in found.columns.items()}
    # Blocks of wide tables have few rows, and many sieves would take much memory.
    if len(values) > _COLUMNS_SIEVED:
        return {name: Sieve(counted.limit) for name, counted in values.items()}
    return {name: counted.sieve for name, counted in values.items()}


def known_names_of(found: FileProfile) -> dict[str, KnownNames]:
    """The names that need only be counted, for each column that has nothing else."""
    known = {name: column.known_names for name, column in found.columns.items()}
    return {name: names for name, names in known.items() if names is not None}


def _unlike(found: FileProfile) -> frozenset[str]:
    """The columns that hold something else than each other one, so that they are no copies,
    whatever the rows to come have."""
    alike = Counter(column.fingerprint for column in found.columns.values())
    return frozenset(n for n, column in found.columns.items() if alike[column.fingerprint] == 1)


def _hardly_comes_back(column: ColumnProfile) -> bool:
    """Whether nearly each row has a text of its own, and there are too many to keep them."""
    if column.kind != "text" or column.categories is not None:
        return False
    return column.distinct >= _SHARE_OF_OWN_TEXTS * column.rows


def _are_read_as_numbers(columns: list[ColumnProfile]) -> bool:
    """Whether the reader may take the column for numbers; a part without values says nothing."""
    told = [column for column in columns if column.kind != "empty"]
    return bool(told) and all(column.is_read_as_numbers for column in told)
