"""Points in time as whole numbers that can be compared: dates in any form that the training reads,
or numbers, such as years."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lambdas.check.profile.column_block import ColumnBlock
from lambdas.check.profile.date_forms import DATE_FORMS, READ
from lambdas.check.profile.text_rows import TextRows
from lambdas.check.reading.arrow_arrays import mask_in, number_array

Times = npt.NDArray[np.int64]

NO_TIME = np.iinfo(np.int64).min
_PATTERNS = [pattern for form, pattern in DATE_FORMS if form in READ]


def times_of(column: ColumnBlock, *, day_first: bool) -> tuple[Times, bool]:
    """The time of each row, ``NO_TIME`` where there is none or it can't be read, and whether all of
    them are numbers.

    Args:
        column: the column in one block.
        day_first: whether the day comes first where a date can be read in two ways.
    """
    content = column.content
    if not isinstance(content, TextRows):
        return _of_numbers(content), True
    told = dates_as_numbers(content.different, day_first=day_first)
    return content.in_rows(told, NO_TIME), False


def dates_as_numbers(texts: "pa.StringArray", *, day_first: bool) -> Times:
    """The dates as microseconds since 1970, ``NO_TIME`` for any other text."""
    found = np.full(len(texts), NO_TIME)
    is_date = np.zeros(len(texts), bool)
    for pattern in _PATTERNS:
        left = np.flatnonzero(~is_date)
        if not len(left):
            break
        fits = pc.match_substring_regex(texts.take(number_array(left)), pattern)
        is_date[left] = mask_in(fits)
    places = np.flatnonzero(is_date)
    if len(places):
        # It takes pandas, which is slow to load, and few files have a column for times.
        from lambdas.check.profile.read_dates import microseconds

        dates = texts.take(number_array(places)).to_pylist()
        found[places] = microseconds(dates, day_first=day_first)
    return found


def as_written(time: int, *, is_number: bool) -> str:
    """The time as people write it."""
    if is_number:
        bits = np.array([time if time >= 0 else time ^ np.iinfo(np.int64).max], np.int64)
        return f"{float(bits.view(np.float64)[0]):.15g}"
    written = str(np.datetime64(int(time), "us")).replace("T", " ")
    return written.removesuffix(".000000").removesuffix(" 00:00:00")


def _of_numbers(values: npt.NDArray[np.float64]) -> Times:
    """The numbers as whole numbers in the same order."""
    bits = (values + 0.0).view(np.int64)
    # The bits of negative floats go down where these go up.
    ordered: Times = np.where(bits < 0, bits ^ np.iinfo(np.int64).max, bits)
    ordered[np.isnan(values)] = NO_TIME
    return ordered
