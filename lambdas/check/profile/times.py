"""Points in time as whole numbers that can be compared: dates in any form that the training reads,
or numbers, such as years."""

import re
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lambdas.check.profile.column_block import ColumnBlock
from lambdas.check.profile.date_forms import DATE_FORMS, READ
from lambdas.check.profile.text_rows import TextRows

Times = npt.NDArray[np.int64]

NO_TIME = np.iinfo(np.int64).min
_PATTERNS = [pattern for form, pattern in DATE_FORMS if form in READ]
# Of dates that are written alike, one format reads many; the others are read one by one.
_FORMATS_TRIED = 6
_FIRST_TWO = re.compile(r"^%([md])(.)%([md])")


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
    told = np.append(dates_as_numbers(content.different, day_first=day_first), NO_TIME)
    return told[content.places], False


def dates_as_numbers(texts: "pa.StringArray", *, day_first: bool) -> Times:
    """The dates as microseconds since 1970, ``NO_TIME`` for any other text."""
    found = np.full(len(texts), NO_TIME)
    is_date = np.zeros(len(texts), bool)
    for pattern in _PATTERNS:
        left = np.flatnonzero(~is_date)
        if not len(left):
            break
        fits = pc.match_substring_regex(texts.take(pa.array(left)), pattern)
        is_date[left] = fits.to_numpy(zero_copy_only=False).astype(bool)
    places = np.flatnonzero(is_date)
    if len(places):
        dates = pd.Series(texts.take(pa.array(places)).to_pylist(), dtype=object).str.strip()
        with warnings.catch_warnings():
            # What pandas would warn of is what is asked for.
            warnings.simplefilter("ignore")
            found[places] = _microseconds(_read(dates, day_first=day_first))
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


def _read(dates: "pd.Series[Any]", *, day_first: bool) -> "pd.Series[Any]":
    """The dates as pandas reads each by itself, but quicker where many are written alike."""
    found = pd.to_datetime(dates, format="ISO8601", errors="coerce", utc=True)
    for _ in range(_FORMATS_TRIED):
        left = dates[found.isna()]
        formats = _formats_like(left.iloc[0], day_first=day_first) if len(left) else []
        for written in formats:
            left = dates[found.isna()]
            read = pd.to_datetime(left, format=written, errors="coerce", utc=True)
            found = found.where(found.notna(), read.reindex(found.index))
        if not formats:
            break
    # Behind a year, the month comes first whatever else the column has.
    year_first = dates.str.match(r"\d{4}")
    for chosen, is_day_first in ((year_first, False), (~year_first, day_first)):
        left = dates[found.isna() & chosen]
        if len(left):
            read = pd.to_datetime(
                left, format="mixed", errors="coerce", utc=True, dayfirst=is_day_first
            )
            found = found.where(found.notna(), read.reindex(found.index))
    return found


def _formats_like(date: str, *, day_first: bool) -> list[str]:
    """The formats in which dates like this one are read, the one that is tried first in front;
    none where they have to be read one by one."""
    told = pd.tseries.api.guess_datetime_format(date, dayfirst=day_first)
    if not told or "%Y" not in told:
        return []
    first = _FIRST_TWO.match(told)
    if not first:
        return [told]
    one, sign, other = first.groups()
    begins = ("d", "m") if day_first else ("m", "d")
    orders = [begins, begins[::-1]] if {one, other} == {"d", "m"} else [(one, other)]
    return [f"%{a}{sign}%{b}{told[first.end() :]}" for a, b in orders]


def _microseconds(dates: "pd.Series[Any]") -> Times:
    plain = dates.dt.tz_localize(None).to_numpy("datetime64[us]")
    found: Times = plain.astype(np.int64)
    return found
