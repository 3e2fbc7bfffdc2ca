"""Which sign separates the values, and which one the decimals of a number."""

import re
from collections import Counter
from collections.abc import Collection

from lambdas.check.reading.blank_rows import has_value
from lambdas.check.reading.comment_lines import without_comments_above
from lambdas.check.reading.first_rows import first_rows
from lambdas.check.reading.header import header_place, plain_names

DELIMITERS = (",", ";", "\t", "|")
# The most that a sign can be told by that does not separate anything.
_ONE_FIELD = (0, 0.0, 0)

_DECIMAL_COMMA = re.compile(r"\s*[-+]?(\d{1,3}(\.\d{3})+|\d*),\d+\s*")
_DECIMAL_POINT = re.compile(r"\s*[-+]?(\d{1,3}(,\d{3})+|\d*)\.\d+\s*")
# One sign before exactly three digits may separate thousands.
_MAY_BE_THOUSANDS = re.compile(r"\s*[-+]?[1-9]\d{0,2}([.,])\d{3}(\1\d{3})*\s*")
_MAY_BE_A_DAY = re.compile(r"\s*(0?[1-9]|[12]\d|3[01])\.(0?[1-9]|1[0-2])\s*")


def delimiter_of(text: str, whole: bool, known: Collection[str]) -> str:
    """The delimiter that gives a header with most of the known names, and the most rows as many
    fields as the header has."""
    names = set(known)
    text = without_comments_above(text)

    def agreement(delimiter: str) -> tuple[int, float, int]:
        rows = first_rows(text, delimiter, whole)
        place = header_place(rows)
        header, data = rows[place], [row for row in rows[place + 1 :] if has_value(row)]
        widths = Counter(len(row) for row in data)
        width = len(header)
        if width < 2:
            # A title above the header, perhaps; then the rows below it tell.
            return 0, 0.0, max(widths, default=0, key=lambda w: widths[w]) - 1
        # A delimiter at the end of the rows, but not of the header, adds one field.
        fitting = max(widths[width], widths[width + 1]) if widths else 1
        share = round(fitting / max(1, sum(widths.values())), 1)
        return len(names.intersection(plain_names(header))), share, width

    # A sign that is nowhere makes one field of each row, so mostly nobody has to read them by it.
    agreed = {sign: agreement(sign) for sign in DELIMITERS if sign in text}
    best = max(agreed, key=agreed.__getitem__, default="")
    return best if best and agreed[best] > _ONE_FIELD else max(DELIMITERS, key=agreement)


def decimal_of(delimiter: str, rows: list[list[str]]) -> str:
    """The sign that more columns have before their decimals; empty where none of them tells.

    A sign before exactly three digits may separate thousands, and a point may stand between the day
    and the month, so it takes others to tell.
    """
    if delimiter == ",":
        return "."
    width = max(map(len, rows), default=0)
    columns = [[row[place] for row in rows if place < len(row)] for place in range(width)]
    commas = sum(any(map(_is_decimal_comma, column)) for column in columns)
    points = sum(any(map(_is_decimal_point, column)) for column in columns)
    if commas == points:
        return "." if points else ""
    return "," if commas > points else "."


def _is_decimal_comma(field: str) -> bool:
    return bool(_DECIMAL_COMMA.fullmatch(field)) and not _MAY_BE_THOUSANDS.fullmatch(field)


def _is_decimal_point(field: str) -> bool:
    return (
        bool(_DECIMAL_POINT.fullmatch(field))
        and not _MAY_BE_THOUSANDS.fullmatch(field)
        and not _MAY_BE_A_DAY.fullmatch(field)
    )
