"""Which sign separates the values, and which one the decimals of a number."""

import re
from collections import Counter

from lambdas.check.first_rows import first_rows

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}

_DECIMAL_COMMA = re.compile(r"\s*[-+]?\d*,\d+\s*")
_GROUPED_BY_COMMA = re.compile(r"\s*[-+]?\d{1,3}(,\d{3})+\s*")
_DECIMAL_POINT = re.compile(r"\s*[-+]?\d*\.\d+\s*")


def delimiter_of(text: str, whole: bool) -> str:
    """The delimiter that gives the most rows as many fields as the header has."""

    def agreement(delimiter: str) -> tuple[float, int]:
        rows = [row for row in first_rows(text, delimiter, whole) if row]
        widths = Counter(len(row) for row in rows[1:])
        width = len(rows[0]) if rows else 0
        if width < 2:
            return 0.0, 0
        # A delimiter at the end of the rows, but not of the header, adds one field.
        fitting = max(widths[width], widths[width + 1]) if widths else 1
        return round(fitting / max(1, sum(widths.values())), 1), width

    return max(DELIMITERS, key=agreement)


def decimal_of(delimiter: str, rows: list[list[str]]) -> str:
    """``,`` where numbers are written with a decimal comma and none with a decimal point.

    A comma before exactly three digits may separate thousands, so it takes another one to tell.
    """
    fields = [field for row in rows for field in row]
    if any(_DECIMAL_POINT.fullmatch(field) for field in fields):
        return "."
    with_comma = [f for f in fields if _DECIMAL_COMMA.fullmatch(f)]
    certain = [f for f in with_comma if not _GROUPED_BY_COMMA.fullmatch(f)]
    return "," if certain and delimiter != "," else "."
