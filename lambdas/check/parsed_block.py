"""One block of rows, parsed by the reader that the jobs use, and what its columns hold.

The reader is pyarrow's (``pyarrow.csv``). A column that the first
block showed to be numbers is read as such; where a later block has something else there, that
block is read again as text.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from lambdas.check.column_block import MOST_CATEGORIES, ColumnBlock, number_column, text_column
from lambdas.check.csv_format import MISSING, CsvFormat
from lambdas.check.hashing import LARGEST_EXACT, Hashes, column_seed
from lambdas.check.row_blocks import RowBlock

RAGGED_SHOWN = 5
# So many columns that are no numbers after all are looked for one by one.
_COLUMNS_READ_AGAIN = 3


@dataclass(frozen=True)
class Plan:
    """How to read a block: which columns are expected to be numbers, and which hashes matter."""

    format: CsvFormat
    target: str
    features: frozenset[str]
    numbers: frozenset[str]
    limits: dict[str, np.uint64]
    most_categories: int = MOST_CATEGORIES


@dataclass(frozen=True)
class RaggedRow:
    """A row with too few or too many values. The line is known where all before it was read."""

    line: int | None
    values: int
    is_blank: bool = False


@dataclass
class ParsedBlock:
    """What the rows of one block hold."""

    rows: int
    text_bytes: int
    columns: dict[str, ColumnBlock]
    features: Hashes
    labels: Hashes
    ragged_rows: int
    ragged: list[RaggedRow]


def parsed_block(block: RowBlock, plan: Plan, is_first: bool) -> ParsedBlock:
    """Parses ``block`` and looks at each of its columns."""
    skip = plan.format.skip_rows if is_first else 0
    ragged: list[tuple[int, RaggedRow]] = []
    table = _table(block.data, plan, skip, ragged)
    rows = table.num_rows
    columns: dict[str, ColumnBlock] = {}
    features, labels = np.zeros(rows, np.uint64), np.zeros(rows, np.uint64)
    for place, name in enumerate(plan.format.names):
        if not name:
            continue
        column = _column(table.column(place), plan, name)
        columns[name] = column
        if name == plan.target:
            labels = column.hashes
            if column.missing:
                column.missing_words = _missing_words(block.data, plan, skip)
        elif name in plan.features:
            features += column.hashes * column_seed(name)
    shown = _ragged_lines(block, plan.format.delimiter, skip, ragged[:RAGGED_SHOWN])
    return ParsedBlock(rows, len(block.data), columns, features, labels, len(ragged), shown)


def _table(data: bytes, plan: Plan, skip: int, ragged: list[tuple[int, RaggedRow]]) -> pa.Table:
    def note(row: Any) -> str:
        is_blank = not row.text.strip(" \t\x1a")
        ragged.append((row.number, RaggedRow(None, row.actual_columns, is_blank)))
        return "skip"

    names = [str(place) for place in range(len(plan.format.names))]
    types = {
        str(place): pa.float64() if name in plan.numbers else pa.string()
        for place, name in enumerate(plan.format.names)
    }
    failures = 0
    while True:
        ragged.clear()
        try:
            table = pyarrow.csv.read_csv(
                pa.BufferReader(data),
                _read_options(data, plan, skip),
                _parse_options(plan, note),
                pyarrow.csv.ConvertOptions(
                    check_utf8=False,
                    column_types=types,
                    null_values=list(MISSING),
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                    decimal_point=plan.format.decimal,
                ),
            )
        except pa.ArrowInvalid as error:
            # "In CSV column #3: Row #17: CSV conversion error to double: invalid value 'abc'"
            told = re.match(r"In CSV column #(\d+):", str(error))
            if told is None or types[told[1]] == pa.string():
                raise
            # The error names one column, and there may be thousands: then all are read as texts.
            failures += 1
            inexact = [told[1]] if failures <= _COLUMNS_READ_AGAIN else names
        else:
            inexact = [name for name in names if not _is_exact(table.column(name))]
            if not inexact:
                return table
        types |= dict.fromkeys(inexact, pa.string())


def _missing_words(data: bytes, plan: Plan, skip: int) -> Counter[str]:
    """How often each word that stands for a missing value is the target's."""
    place = str(plan.format.names.index(plan.target))
    texts = pyarrow.csv.read_csv(
        pa.BufferReader(data),
        _read_options(data, plan, skip),
        _parse_options(plan, lambda row: "skip"),
        pyarrow.csv.ConvertOptions(
            check_utf8=False, include_columns=[place], column_types={place: pa.string()}
        ),
    )[place]
    words = [word for word in MISSING if word.strip()]
    counts = texts.filter(pc.is_in(texts, pa.array(words))).value_counts().to_pylist()
    return Counter({count["values"]: count["counts"] for count in counts})


def _read_options(data: bytes, plan: Plan, skip: int) -> pyarrow.csv.ReadOptions:
    return pyarrow.csv.ReadOptions(
        use_threads=False,
        block_size=len(data) + 1,
        column_names=[str(place) for place in range(len(plan.format.names))],
        skip_rows_after_names=skip,
    )


def _parse_options(plan: Plan, on_ragged: Callable[[Any], str]) -> pyarrow.csv.ParseOptions:
    return pyarrow.csv.ParseOptions(
        delimiter=plan.format.delimiter, newlines_in_values=True, invalid_row_handler=on_ragged
    )


def _is_exact(column: pa.ChunkedArray) -> bool:
    """Whether the column is no numbers, or numbers that a float can tell apart."""
    if not pa.types.is_floating(column.type):
        return True
    limits = pc.min_max(column)
    least, most = limits["min"].as_py(), limits["max"].as_py()
    return least is None or max(-least, most) < LARGEST_EXACT


def _column(chunks: pa.ChunkedArray, plan: Plan, name: str) -> ColumnBlock:
    array = chunks.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    limit = plan.limits.get(name, np.uint64(2**64 - 1))
    if pa.types.is_floating(array.type):
        return number_column(array.to_numpy(zero_copy_only=False), limit)
    is_target = name == plan.target
    return text_column(array, plan.format.decimal, limit, plan.most_categories, is_target)


def _ragged_lines(
    block: RowBlock, delimiter: str, skip: int, ragged: list[tuple[int, RaggedRow]]
) -> list[RaggedRow]:
    """The lines on which ragged rows begin; the reader tells only which row of the block it is,
    where blank lines count among the rows that it skips, and behind them do not."""
    if block.first_line is None:
        return [row for _, row in ragged]
    if not ragged:
        return []
    wanted = dict(ragged)
    found = []
    begins = block.first_line
    number = 0
    reader = csv.reader(io.StringIO(block.data.decode(), newline=""), delimiter=delimiter)
    for row in reader:
        number += bool(row) or number < skip
        if row and number in wanted:
            found.append(replace(wanted.pop(number), line=begins))
            if not wanted:
                break
        begins = block.first_line + reader.line_num
    return found
