"""Dates as pandas reads them, which reads them as the training does."""

import re
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

# Of dates that are written alike, one format reads many; the others are read one by one.
_FORMATS_TRIED = 6
_FIRST_TWO = re.compile(r"^%([md])(.)%([md])")


def microseconds(texts: list[str], *, day_first: bool) -> npt.NDArray[np.int64]:
    """The dates as microseconds since 1970; one that can't be read has the least whole number."""
    dates = pd.Series(texts, dtype=object).str.strip()
    with warnings.catch_warnings():
        # What pandas would warn of is what is asked for.
        warnings.simplefilter("ignore")
        read = _read(dates, day_first=day_first)
    plain = read.dt.tz_localize(None).to_numpy("datetime64[us]")
    found: npt.NDArray[np.int64] = plain.astype(np.int64)
    return found


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
