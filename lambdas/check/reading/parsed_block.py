"""The rows of one block as columns, parsed by the reader that the jobs use: pyarrow's.

A column that the first block showed to be numbers is read as such; where a later block has
something else there, that block is read again as text.
"""

import csv
import io
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from lambdas.check.reading.arrow_arrays import floats_in
from lambdas.check.reading.blank_rows import blank_places, has_value, without_rows
from lambdas.check.reading.comment_lines import comment_places, is_comment
from lambdas.check.reading.csv_format import LARGEST_EXACT, CsvFormat
from lambdas.check.reading.missing_words import MISSING_NUMBERS
from lambdas.check.reading.odd_rows import OddKind, OddRow, OddRows, rows_with_lines, shown_text
from lambdas.check.reading.repeated_header import is_header, repeated_header_places
from lambdas.check.reading.row_blocks import RowBlock, Rows

# So many columns that are not numbers after all are looked for one by one.
_COLUMNS_READ_AGAIN = 3


@dataclass(frozen=True)
class ParsedBlock:
    """The rows of a block: one column for every field, floats or texts. Blank rows and ragged ones
    are left out; ``odd`` tells of them. ``has_words`` says that among numbers there are words that
    stand for a missing one."""

    table: pa.Table
    odd: OddRows
    has_words: bool = False


def parsed_block(
    block: RowBlock,
    csv_format: CsvFormat,
    numbers: Collection[str],
    is_first: bool,
    has_words: bool,
) -> ParsedBlock:
    """Parses ``block``.

    Args:
        block: the rows.
        csv_format: how they are written.
        numbers: the columns that are expected to be numbers.
        is_first: whether it is the first block of the file.
        has_words: whether words are expected among these that stand for a missing number.

    Raises:
        pyarrow.ArrowInvalid: the rows can't be told apart.
    """
    skip = _rows_to_skip(csv_format, is_first)
    parsed = _table(block.data, csv_format, numbers, skip, has_words)
    table, odd = parsed.table, parsed.odd
    blank = blank_places(table, lambda: _as_texts(block.data, csv_format, skip))
    table = without_rows(table, blank)
    odd.counts["blank"] += len(blank)
    odd.add_at("repeated_header", table, repeated_header_places(table, csv_format.names))
    comments = comment_places(table)
    if comments is None:
        odd.rename("comment", "ragged")
    else:
        odd.add_at("comment", table, comments)
    if block.first_line is not None and odd.counts.total():
        rows = rows_with_lines(block, csv_format.delimiter, skip)
        odd = odd.with_lines(rows, _kinds(csv_format.names))
    return ParsedBlock(table, odd, parsed.has_words)


def _kinds(names: Sequence[str]) -> dict[OddKind, Callable[[list[str]], bool]]:
    """How a row of each kind is recognised; the first kind that fits is the row's."""
    return {
        "blank": lambda fields: not has_value(fields),
        "comment": lambda fields: is_comment(fields[0]),
        "ragged": lambda fields: len(fields) != len(names),
        "repeated_header": lambda fields: is_header(fields, names),
    }


def _rows_to_skip(csv_format: CsvFormat, is_first: bool) -> int:
    return csv_format.skip_rows if is_first else 0


def _table(
    data: Rows, csv_format: CsvFormat, numbers: Collection[str], skip: int, has_words: bool
) -> ParsedBlock:
    odd, kinds = OddRows(), _kinds(csv_format.names)
    ragged: OddKind = "ragged"

    def note(row: Any) -> str:
        fields = next(csv.reader(io.StringIO(row.text, newline=""), delimiter=csv_format.delimiter))
        kind = next((kind for kind, fits in kinds.items() if fits(fields)), ragged)
        odd.add(OddRow(kind, shown_text(fields), row.actual_columns))
        return "skip"

    names = [str(place) for place in range(len(csv_format.names))]
    types = {
        str(place): pa.float64() if name in numbers else pa.string()
        for place, name in enumerate(csv_format.names)
    }
    failures = 0
    while True:
        odd = OddRows()
        try:
            table = pyarrow.csv.read_csv(
                pa.BufferReader(data),
                _read_options(data, csv_format, skip),
                _parse_options(csv_format, note),
                pyarrow.csv.ConvertOptions(
                    check_utf8=False,
                    column_types=types,
                    # To look for each number among the words takes long.
                    null_values=MISSING_NUMBERS if has_words else [""],
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
            if not has_words:
                has_words = True
                continue
            # The error names one column, and there may be thousands: then all are read as texts.
            failures += 1
            inexact = [told[1]] if failures <= _COLUMNS_READ_AGAIN else names
        else:
            inexact = [name for name in names if not _is_exact(table.column(name))]
            if not inexact:
                return ParsedBlock(table, odd, has_words)
        types |= dict.fromkeys(inexact, pa.string())


def _as_texts(data: Rows, csv_format: CsvFormat, skip: int) -> pa.Table:
    """The same rows, every value as it is written."""
    names = [str(place) for place in range(len(csv_format.names))]
    return pyarrow.csv.read_csv(
        pa.BufferReader(data),
        _read_options(data, csv_format, skip),
        _parse_options(csv_format, lambda _: "skip"),
        pyarrow.csv.ConvertOptions(
            check_utf8=False, column_types=dict.fromkeys(names, pa.string())
        ),
    )


def _read_options(data: Rows, csv_format: CsvFormat, skip: int) -> pyarrow.csv.ReadOptions:
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
    return not pa.types.is_floating(column.type) or all(map(_are_exact, column.chunks))


def _are_exact(numbers: "pa.DoubleArray") -> bool:
    floats = floats_in(numbers)
    if numbers.null_count:
        floats = floats[~np.isnan(floats)]
        # The reader takes NAN for a number, too, which is a text like any other.
        if len(floats) + numbers.null_count < len(numbers):
            return False
    if not len(floats):
        return True
    return bool(floats.min() > -LARGEST_EXACT and floats.max() < LARGEST_EXACT)
