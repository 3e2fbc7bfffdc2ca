"""Lines that begin with ``#`` and hold a remark and no data."""

import re
from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lambdas.check.reading.arrow_arrays import mask_in, number_array
from lambdas.check.reading.blank_rows import is_blank
from lambdas.check.reading.header import plain_names

# What spreadsheets write where a formula has no result.
_FORMULA_ERROR = re.compile(r"#(N/A|NA|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|#+)")
_BEGINS_LIKE_A_NUMBER = re.compile(r"[\W_]*\d")
_COMMENTS_ABOVE = re.compile(r"\A([ \t]*#[^\r\n]*(\r\n|\r|\n)|[ \t]*(\r\n|\r|\n))+")
_ROWS_COMPARED = 100
_SHARE_OF_NUMBERS = 0.9


def is_comment(first_field: str) -> bool:
    """Whether a row that begins with this field may be a remark."""
    return first_field.lstrip().startswith("#") and not _FORMULA_ERROR.fullmatch(
        first_field.strip()
    )


def without_comments_above(text: str) -> str:
    """``text`` without the lines on top that may be remarks."""
    return _COMMENTS_ABOVE.sub("", text)


def is_comment_above(header: list[str], data: list[list[str]], known: Collection[str]) -> bool:
    """Whether what stands where the header should is a remark above it: a header may begin with
    ``#``, too.

    Args:
        header: the first row.
        data: some of the rows below it.
        known: names that the header may have.
    """
    below = next((row for row in data if not is_comment(row[0])), None)
    if below is None or not is_comment(header[0]):
        return False
    names = set(plain_names([header[0].lstrip("# "), *header]))
    expected, below_expected = len(names & set(known)), len(set(plain_names(below)) & set(known))
    if expected or below_expected:
        return below_expected > expected
    return len(header) < len(below)


def comment_places(table: pa.Table) -> npt.NDArray[np.int64] | None:
    """Which rows of ``table`` are remarks; None where values of the first column begin so.

    It is a remark where nothing else stands in such rows, or where the first column otherwise has
    numbers. The columns of ``table`` are numbers or texts.
    """
    first = table.column(0)
    if pa.types.is_floating(first.type):
        return np.empty(0, np.int64)
    places = np.flatnonzero(mask_in(pc.starts_with(first, "#")))
    if not len(places):
        return places
    texts = first.take(number_array(places)).to_pylist()
    places = places[[is_comment(text) for text in texts]]
    return places if _stand_alone(table, places) or _has_numbers(first) else None


def _stand_alone(table: pa.Table, places: npt.NDArray[np.int64]) -> bool:
    """Whether there is nothing but the first value in any of these rows."""
    rows = table.select(table.column_names[1:]).take(number_array(places))
    return all(
        value is None or (isinstance(value, str) and is_blank(value))
        for column in rows.itercolumns()
        for value in column.to_pylist()
    )


def _has_numbers(column: pa.ChunkedArray) -> bool:
    """Whether the values that are no remarks mostly begin like numbers."""
    others = column.filter(pc.invert(pc.starts_with(column, "#"))).slice(0, _ROWS_COMPARED)
    values = [value for value in others.to_pylist() if not is_blank(value)]
    numbers = sum(_BEGINS_LIKE_A_NUMBER.match(value) is not None for value in values)
    return bool(values) and numbers >= _SHARE_OF_NUMBERS * len(values)
