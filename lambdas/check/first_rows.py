"""The first rows of a file, one by one, as Python's csv module reads them."""

import csv
import re
from collections.abc import Iterator

_ROWS_LOOKED_AT = 200

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")


def first_rows(text: str, delimiter: str, whole: bool) -> list[list[str]]:
    """The first rows, header and blank ones included; what the head cuts off is left out."""
    rows: list[list[str]] = []
    reader = csv.reader(_lines(text), delimiter=delimiter)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > _ROWS_LOOKED_AT:
                return rows
    except csv.Error:
        return rows or [text.splitlines()[0].split(delimiter)]
    return rows if whole or len(rows) < 2 else rows[:-1]


def _lines(text: str) -> Iterator[str]:
    """The lines as the later readers tell them apart, each with its end."""
    return (line.group() for line in _LINE.finditer(text))
