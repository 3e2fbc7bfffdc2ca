"""Rows without any value, as spreadsheets leave them by the hundred, and the DOS end-of-file mark.

A field is blank if it is empty or has only white space, in quotation marks or not. A word that
stands for a missing value is one: ``NA,NA`` is a row. ``training/job/filled_rows.py`` leaves out
the same rows.
"""

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lambdas.check.reading.arrow_arrays import mask_array, mask_in, number_array

END_MARK = "\x1a"

# What the UTF-8 of white space or of the mark begins with; 0 stands for an empty text.
_MAY_BE_BLANK = np.zeros(256, bool)
_MAY_BE_BLANK[[0, *b" \t\n\v\f\r\x1a\x1c\x1d\x1e\x1f", 0xC2, 0xE1, 0xE2, 0xE3]] = True


def has_value(fields: Iterable[str]) -> bool:
    """Whether any of a row's fields is not blank."""
    return not all(map(is_blank, fields))


def is_blank(field: str) -> bool:
    """Whether a field has nothing but white space, perhaps around an end-of-file mark."""
    plain = field.strip()
    return not plain or (plain[0] == END_MARK and not plain.replace(END_MARK, " ").strip())


def blank_places(table: pa.Table, as_texts: Callable[[], pa.Table]) -> npt.NDArray[np.int64]:
    """Which rows of ``table`` are blank.

    Args:
        table: rows whose columns are numbers or texts, where missing values may be null.
        as_texts: reads the same rows again, all of them as they are written. It is asked only where
            there are rows in which every value is missing.
    """
    places: npt.NDArray[np.int64] | None = None
    numbers, texts = _by_kind(table)
    for column in (*numbers, *texts):
        if places is None:
            places = np.flatnonzero(_may_be_blank(column))
        elif len(places):
            places = places[_may_be_blank(column.take(number_array(places)))]
        if not len(places):
            return places
    if places is None:
        return np.empty(0, np.int64)
    for column in as_texts().itercolumns():
        written = column.take(number_array(places)).to_pylist()
        places = places[np.array([is_blank(text) for text in written], bool)]
    return places


def without_rows(table: pa.Table, places: npt.NDArray[np.int64]) -> pa.Table:
    """``table`` without the rows at these places."""
    if not len(places):
        return table
    kept = np.ones(table.num_rows, bool)
    kept[places] = False
    return table.filter(mask_array(kept))


def _by_kind(table: pa.Table) -> tuple[list[pa.ChunkedArray], list[pa.ChunkedArray]]:
    """The columns of numbers, those with the fewest gaps first, and those of texts: mostly the
    first one already tells that no row is blank."""
    numbers = [column for column in table.itercolumns() if pa.types.is_floating(column.type)]
    texts = [column for column in table.itercolumns() if not pa.types.is_floating(column.type)]
    return sorted(numbers, key=lambda column: column.null_count), texts


def _may_be_blank(column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    if pa.types.is_floating(column.type):
        if not column.null_count:
            return np.zeros(len(column), bool)
        return mask_in(column.is_null())
    return np.concatenate([np.zeros(0, bool), *map(_begins_blank, column.chunks)])


def _begins_blank(texts: "pa.StringArray") -> npt.NDArray[np.bool_]:
    _, offset_buffer, data = texts.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    begins = np.zeros(len(texts), np.uint8)
    filled = np.diff(offsets) > 0
    if filled.any():
        begins[filled] = np.frombuffer(data, np.uint8)[offsets[:-1][filled]]
    return _MAY_BE_BLANK[begins]
