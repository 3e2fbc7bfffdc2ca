"""The rows of one block as columns, parsed by the reader that the jobs use: pyarrow's.

A column that the first block showed to be numbers is read as such; where a later block has
something else there, that block is read again as text.
"""

import csv
import io
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from lambdas.check.reading.csv_format import LARGEST_EXACT, CsvFormat
from lambdas.check.reading.missing_words import MISSING_NUMBERS
from lambdas.check.reading.row_blocks import RowBlock

RAGGED_SHOWN = 5
# So many columns that are not numbers after all are looked for one by one.
_COLUMNS_READ_AGAIN = 3


@dataclass(frozen=True)
class RaggedRow:
    """A row with too few or too many values. The line is known where all before it was read."""

    line: int | None
    values: int
    is_blank: bool = False


@dataclass(frozen=True)
class ParsedBlock:
    """The rows of a block: one column for every field, floats or texts. Ragged rows are left out,
    and the first of them told of."""

    table: pa.Table
    ragged_rows: int
    ragged: list[RaggedRow]


def parsed_block(
    block: RowBlock, csv_format: CsvFormat, numbers: Collection[str], is_first: bool
) -> ParsedBlock:
    """Parses ``block``; the columns ``numbers`` are expected to be numbers.

    Raises:
        pyarrow.ArrowInvalid: the rows can't be told apart.
    """
    skip = _rows_to_skip(csv_format, is_first)
    ragged: list[tuple[int, RaggedRow]] = []
    table = _table(block.data, csv_format, numbers, skip, ragged)
    shown = _ragged_lines(block, csv_format.delimiter, skip, ragged[:RAGGED_SHOWN])
    return ParsedBlock(table, len(ragged), shown)


def _rows_to_skip(csv_format: CsvFormat, is_first: bool) -> int:
    return csv_format.skip_rows if is_first else 0


def _table(
    data: bytes,
    csv_format: CsvFormat,
    numbers: Collection[str],
    skip: int,
    ragged: list[tuple[int, RaggedRow]],
) -> pa.Table:
    def note(row: Any) -> str:
        is_blank = not row.text.strip(" \t\x1a")
        ragged.append((row.number, RaggedRow(None, row.actual_columns, is_blank)))
        return "skip"

    names = [str(place) for place in range(len(csv_format.names))]
    types = {
        str(place): pa.float64() if name in numbers else pa.string()
        for place, name in enumerate(csv_format.names)
    }
    failures = 0
    while True:
        ragged.clear()
        try:
            table = pyarrow.csv.read_csv(
                pa.BufferReader(data),
                _read_options(data, csv_format, skip),
                _parse_options(csv_format, note),
                pyarrow.csv.ConvertOptions(
                    check_utf8=False,
                    column_types=types,
                    null_values=MISSING_NUMBERS,
                    strings_can_be_null=False,
                    quoted_strings_can_be_null=True,
                    decimal_point=csv_format.decimal,
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


def _read_options(data: bytes, csv_format: CsvFormat, skip: int) -> pyarrow.csv.ReadOptions:
    return pyarrow.csv.ReadOptions(
        use_threads=False,
        block_size=len(data) + 1,
        column_names=[str(place) for place in range(len(csv_format.names))],
        skip_rows_after_names=skip,
    )


def _parse_options(
    csv_format: CsvFormat, on_ragged: Callable[[Any], str]
) -> pyarrow.csv.ParseOptions:
    return pyarrow.csv.ParseOptions(
        delimiter=csv_format.delimiter, newlines_in_values=True, invalid_row_handler=on_ragged
    )


def _is_exact(column: pa.ChunkedArray) -> bool:
    """Whether the column is not numbers, or numbers that a float can tell apart."""
    if not pa.types.is_floating(column.type):
        return True
    limits = pc.min_max(column)
    least, most = limits["min"].as_py(), limits["max"].as_py()
    return least is None or max(-least, most) < LARGEST_EXACT


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
