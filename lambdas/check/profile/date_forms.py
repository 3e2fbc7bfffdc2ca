"""The ways in which dates are written, and how the training reads each of them.

AutoGluon 1.6 reads dates with ``pandas.to_datetime`` and ``format="mixed"``: each text by itself,
and the month first wherever that is possible (autogluon.features.generators.datetime).
"""

import re
from datetime import UTC, datetime
from functools import cache
from typing import Literal

from lambdas.check.reading.fact import Day

# sure: it can be read in one way only, and is. month_first, day_first: told by a number above 12.
# either: day or month may come first. short: with two digits for the year, which may come first, as
# in 24-03-05, or be of another century than the one that is taken: 2075 for 75.
# unread: a date that the training can't read. time: a time of day without a date.
DateForm = Literal["sure", "month_first", "day_first", "either", "short", "unread", "time"]
READ: frozenset[DateForm] = frozenset({"sure", "month_first", "day_first", "either", "short"})

# A year of two digits is one of the hundred years from 50 years ago on (dateutil.parser). More than
# these ahead it is hardly meant.
_YEARS_AHEAD, _MOST_AHEAD = 10, 49
_NOW = datetime.now(UTC).year
_FAR = (
    "(" + "|".join(f"{(_NOW + y) % 100:02}" for y in range(_YEARS_AHEAD + 1, _MOST_AHEAD + 1)) + ")"
)
_NEAR = "(" + "|".join(f"{(_NOW + y) % 100:02}" for y in range(-50, _YEARS_AHEAD + 1)) + ")"

# Years that fit into nanoseconds in 64 bits, in round figures.
_YEAR = r"(1[7-9]|2[01])\d{2}"
_OTHER_YEAR = r"(0\d|1[0-6]|2[2-9]|[3-9]\d)\d{2}"
_MONTH = r"(0?[1-9]|1[0-2])"
_DAY = r"(0?[1-9]|[12]\d|3[01])"
_ABOVE_12 = r"(1[3-9]|2\d|3[01])"
_SIGN = r"[-/.]"
_CLOCK = r"([01]?\d|2[0-3])(:[0-5]\d(:[0-5]\d(\.\d+)?)?)"
_TIME = rf"([T ] *{_CLOCK}? *([ap]\.?m\.?|Z|UTC|GMT|[-+]\d{{2}}(:?\d{{2}})?)?)?"
_NAME = (
    r"(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?"
    r"|oct(ober)?|nov(ember)?|dec(ember)?)\.?"
)
_OTHER_NAME = (
    r"(jänner|januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|f[ée]vrier|mars|avril|juin"
    r"|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre|enero|febrero|marzo|abril|mayo|junio"
    r"|julio|agosto|sep?tiembre|octubre|noviembre|diciembre|gennaio|febbraio|aprile|maggio|giugno"
    r"|luglio|settembre|ottobre|dicembre|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro"
    r"|novembro|dezembro)"
)
_WEEKDAY = r"((mon|tues?|wed(nes)?|thu(rs?)?|fri|sat(ur)?|sun)(day)?,? +)?"
_TH = r"(st|nd|rd|th)?"
_SAME = "|".join(rf"0?{month}{_SIGN}0?{month}" for month in range(1, 13))

_SURE = (
    rf"{_YEAR}\. ?{_MONTH}\. ?{_DAY}\.?{_TIME}",
    rf"{_WEEKDAY}{_DAY}{_TH}[-./ ]*( of )?{_NAME}[-./, ]*({_YEAR}|{_NEAR}){_TIME}",
    rf"{_WEEKDAY}{_NAME}[-./ ]*{_DAY}{_TH}(,|[-./ ]) *{_YEAR}{_TIME}",
    rf"{_WEEKDAY}{_NAME} +{_DAY} +{_CLOCK}( [A-Z]{{3}})? {_YEAR}",
    rf"{_YEAR}[-/ ]{_NAME}[-/ ]{_DAY}{_TIME}",
    rf"{_YEAR}[-/]{_MONTH}|{_MONTH}[-/]{_YEAR}|{_NAME}[-/ ]{_YEAR}|{_YEAR}-?Q[1-4]",
)
_SHORT = (
    rf"{_ABOVE_12}{_SIGN}{_MONTH}{_SIGN}\d{{2}}{_TIME}",
    rf"{_MONTH}{_SIGN}{_DAY}{_SIGN}{_FAR}{_TIME}",
    rf"{_DAY}{_TH}[-./ ]*{_NAME}[-./, ]*{_FAR}{_TIME}",
)
_UNREAD = (
    r"(\d{4}|\d{2}) ?[년年] ?\d{1,2} ?[월月]( ?\d{1,2} ?[일日].*)?",
    rf"\d{{4}}{_SIGN} ?\d{{1,2}}{_SIGN} ?\d{{1,2}}\.? *(오전|오후|午前|午後|上午|下午).*",
    rf"\d{{1,2}}\.? (de |di )?{_OTHER_NAME},? (de |del |di )?\d{{4}}{_TIME}",
    rf"{_OTHER_YEAR}{_SIGN}{_MONTH}{_SIGN}{_DAY}{_TIME}",
    rf"{_DAY}{_SIGN}{_DAY}{_SIGN}{_OTHER_YEAR}{_TIME}",
    rf"{_YEAR}-W\d{{2}}(-[1-7])?|Q[1-4][-/ ]{_YEAR}|{_NAME}-(0[1-9]|[12]\d|3[01])",
)
# A text has the first form that fits; the usual ones come first. All of it is understood alike by
# Python and by RE2.
_FORMS: tuple[tuple[DateForm, str], ...] = (
    ("sure", rf"{_YEAR}{_SIGN}{_MONTH}{_SIGN}{_DAY}\.?{_TIME}"),
    ("month_first", rf"{_MONTH}{_SIGN}{_ABOVE_12}{_SIGN}({_YEAR}|{_NEAR}){_TIME}"),
    ("day_first", rf"{_ABOVE_12}{_SIGN}{_MONTH}{_SIGN}{_YEAR}{_TIME}"),
    ("sure", rf"({_SAME}){_SIGN}{_YEAR}{_TIME}"),
    ("either", rf"{_MONTH}{_SIGN}{_MONTH}{_SIGN}({_YEAR}|{_NEAR}){_TIME}"),
    ("sure", "|".join(_SURE)),
    ("short", "|".join(_SHORT)),
    ("unread", "|".join(_UNREAD)),
    ("time", rf"{_CLOCK}( ?[ap]\.?m\.?)?"),
)
DATE_FORMS = tuple((form, rf"(?i)^[ \t]*({pattern})[ \t]*$") for form, pattern in _FORMS)
# What every date begins with, for most texts are none.
_BEGINS = re.compile(
    r"[ \t]*(\d{1,4}(st|nd|rd|th)? ?[-/.:년年]|\d{1,4}(st|nd|rd|th)? ?[a-z]"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|q[1-4]))",
    re.ASCII | re.IGNORECASE,
)
_NUMERIC = re.compile(
    r"\s*(\d{1,2})(?:st|nd|rd|th)?[-/. ]*(\d{1,2}|[a-z]{3,9})\.?[-/., ]*(\d{4}|\d{2})",
    re.IGNORECASE,
)
_MONTHS_A_YEAR = 12
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def date_form(text: str) -> DateForm | None:
    """How the date in ``text`` is written; None if it is no date."""
    if not _BEGINS.match(text):
        return None
    return next((form for form, pattern in _compiled() if pattern.match(text)), None)


@cache
def _compiled() -> list[tuple[DateForm, re.Pattern[str]]]:
    # It takes a tenth of what the check needs to start, and most files have no dates.
    return [(form, re.compile(pattern, re.ASCII)) for form, pattern in DATE_FORMS]


def as_read(text: str) -> Day | str:
    """How the training reads a date with the year at its end: the month first where that is
    possible, and two digits of a year as one of the century from 50 years ago on."""
    numbers = _NUMERIC.match(text)
    if not numbers:
        return text
    first, second, year = numbers.groups()
    if second.isdigit():
        day, month = (second, int(first)) if int(first) <= _MONTHS_A_YEAR else (first, int(second))
    else:
        day, month = first, 1 + _MONTHS.index(second[:3].lower())
    return Day(int(day), month, _whole_year(int(year)))


def _whole_year(year: int) -> int:
    if year > 99:
        return year
    oldest = _NOW - 50
    return oldest + (year - oldest) % 100
