"""The last rows of a file, value for value as they are written."""

from collections.abc import Sequence

from lambdas.check.reading.blank_rows import has_value
from lambdas.check.reading.csv_format import CsvFormat
from lambdas.check.reading.odd_rows import rows_with_lines
from lambdas.check.reading.row_blocks import RowBlock, last_rows_at
from lambdas.check.reading.text_stream import line_feeds

_MOST_ROWS = 10
_FEWEST_ROWS = 3


def last_rows(
    blocks: Sequence[RowBlock], csv_format: CsvFormat
) -> list[tuple[int | None, list[str]]]:
    """The last rows with a value, each with its line as far as it is known.

    Args:
        blocks: the last two blocks of the file, or its only one.
        csv_format: how the file is written.
    """
    rows: list[tuple[int | None, list[str]]] = []
    for block in reversed(blocks):
        rows = [*_of_block(block, csv_format), *rows]
        if len(rows) >= _FEWEST_ROWS:
            break
    return rows[-_MOST_ROWS:]


def _of_block(block: RowBlock, csv_format: CsvFormat) -> list[tuple[int | None, list[str]]]:
    start = block.last_rows_at
    if start is None:
        start = last_rows_at(bytes(block.data), csv_format.delimiter)
    line = None if block.first_line is None else block.first_line + line_feeds(block.data[:start])
    skip = csv_format.skip_rows if line == 1 else 0
    last = rows_with_lines(RowBlock(block.data[start:], line), csv_format.delimiter, skip)
    return [(at if line else None, fields) for at, fields in last if has_value(fields)]
