"""The first rows of a file, one by one, as Python's csv module reads them."""

import csv
import re
from collections.abc import Iterator

from lambdas.check.reading.blank_rows import has_value
from lambdas.check.reading.row_blocks import LONGEST_ROW_BYTES

_ROWS_LOOKED_AT = 200

# Python's limit is 128 KB. It is the process's, so it holds for the check's other readers, too.
csv.field_size_limit(LONGEST_ROW_BYTES)

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")


def first_rows(
    text: str, delimiter: str, whole: bool, most: int = _ROWS_LOOKED_AT
) -> list[list[str]]:
    """The first rows, header and blank ones included; what the head cuts off is left out."""
    rows: list[list[str]] = []
    filled = 0
    for row in csv.reader(_lines(text), delimiter=delimiter):
        rows.append(row)
        filled += has_value(row)
        if filled > most:
            return rows
    return rows if whole or filled < 2 else rows[:-1]


def _lines(text: str) -> Iterator[str]:
    """The lines as the later readers tell them apart, each with its end."""
    return (line.group() for line in _LINE.finditer(text))
