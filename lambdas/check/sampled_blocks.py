"""Blocks of rows from all over a file that is too large to be read whole.

The file is divided into equal parts and a range is read at the beginning of each, so the sample
follows whatever drifts along the file. A range begins somewhere in a row, perhaps inside quotation
marks; it is used from the first line on from which its rows have as many values as the header.
"""

import csv
import io
from collections.abc import Iterable, Iterator

from lambdas.check.csv_format import CsvFormat
from lambdas.check.finding import Unreadable
from lambdas.check.row_blocks import RowBlock, last_row_end

RANGES = 64
RANGE_BYTES = 4 * 1024 * 1024
_LINES_TRIED = 200
_ROWS_COMPARED = 5


def sampled_ranges(size: int) -> list[tuple[int, int]]:
    """The first and last byte of each range to read of a file of ``size`` bytes."""
    step = size // RANGES
    length = min(RANGE_BYTES, step)
    return [(place * step, place * step + length - 1) for place in range(RANGES)]


def sampled_blocks(ranges: Iterable[bytes], csv_format: CsvFormat, file: str) -> Iterator[RowBlock]:
    """The whole rows in each range; the first one begins with the header."""
    for number, content in enumerate(ranges):
        rows = content if number == 0 else _from_a_row_on(content, csv_format)
        try:
            end = last_row_end(rows, csv_format.delimiter, file, 1)
        except Unreadable:
            # Where the range began inside quotation marks, its rows can't be told apart.
            continue
        if end:
            yield RowBlock(rows[:end], 1)


def _from_a_row_on(content: bytes, csv_format: CsvFormat) -> bytes:
    start = 0
    for _ in range(_LINES_TRIED):
        start = content.find(b"\n", start) + 1
        if not start:
            break
        if _looks_like_rows(content[start : start + 64 * 1024], csv_format):
            return content[start:]
    return b""


def _looks_like_rows(content: bytes, csv_format: CsvFormat) -> bool:
    text = io.StringIO(content.decode(errors="replace"), newline="")
    reader = csv.reader(text, delimiter=csv_format.delimiter, strict=True)
    try:
        rows = [next(reader) for _ in range(_ROWS_COMPARED)]
    except (csv.Error, StopIteration):
        return False
    return all(len(row) == len(csv_format.names) for row in rows)
