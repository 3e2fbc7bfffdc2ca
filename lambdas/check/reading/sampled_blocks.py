"""Blocks of rows from all over a file that is too large to be read whole.

The file is divided into equal parts and a range is read at the beginning of each, of the last one
at its end, so the sample follows whatever drifts along the file. A range begins somewhere in a row,
perhaps inside quotation marks; it is used from the first line on from which its rows have as many
values as the header.
"""

import csv
from collections.abc import Iterable, Iterator

from lambdas.check.reading.csv_format import CsvFormat
from lambdas.check.reading.row_blocks import (
    RowBlock,
    endless_row,
    ends_with_mark,
    last_row_end,
    without_end_mark,
)
from lambdas.check.reading.unreadable import Unreadable

RANGES = 64
RANGE_BYTES = 4 * 1024 * 1024
_LINES_TRIED = 200
_ROWS_COMPARED = 5
_LONGEST_COMPARED = 1024 * 1024


def sampled_ranges(size: int) -> list[tuple[int, int]]:
    """The first and last byte of each range to read of a file of ``size`` bytes."""
    step = size // RANGES
    length = min(RANGE_BYTES, step)
    starts = [*(place * step for place in range(RANGES - 1)), size - length]
    return [(start, start + length - 1) for start in starts]


def sampled_blocks(ranges: Iterable[bytes], csv_format: CsvFormat) -> Iterator[RowBlock]:
    """The whole rows in each range; the first one begins with the header.

    Raises:
        Unreadable: the rows at the beginning of the file can't be told apart.
    """
    for number, content in enumerate(ranges):
        is_first, is_last = number == 0, number == RANGES - 1
        rows = content if is_first else _from_a_row_on(content, csv_format)
        had_end_mark = is_last and ends_with_mark(rows)
        if is_last and rows:
            rows = without_end_mark(rows).removesuffix(b"\n") + b"\n"
        try:
            end = last_row_end(rows, csv_format.delimiter, 1)
        except Unreadable:
            if is_first:
                raise
            # Where the range began inside quotation marks, its rows can't be told apart.
            continue
        if end:
            yield RowBlock(rows[:end], 1 if is_first else None, had_end_mark)
        elif is_first:
            raise endless_row(1)


def _from_a_row_on(content: bytes, csv_format: CsvFormat) -> bytes:
    text = content.decode(errors="replace")
    start = 0
    for _ in range(_LINES_TRIED):
        start = text.find("\n", start) + 1
        if not start:
            break
        if _looks_like_rows(text, start, csv_format):
            return text[start:].encode()
    return b""


def _looks_like_rows(text: str, start: int, csv_format: CsvFormat) -> bool:
    reader = csv.reader(_lines(text, start), delimiter=csv_format.delimiter, strict=True)
    try:
        rows = [next(reader) for _ in range(_ROWS_COMPARED)]
    except (csv.Error, StopIteration):
        return False
    return all(len(row) == len(csv_format.names) for row in rows)


def _lines(text: str, start: int) -> Iterator[str]:
    """The lines from ``start`` on, as far as some rows may reach."""
    limit = min(len(text), start + _LONGEST_COMPARED)
    while start < limit:
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end
