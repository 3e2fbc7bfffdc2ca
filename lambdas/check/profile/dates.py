"""How many dates a column has, and in which forms.

AutoGluon 1.6 takes a column of texts for dates if it can read a fifth of its rows or more; what it
can't read, it takes for the mean of the others (autogluon.common.features.infer_types,
autogluon.features.generators.datetime).
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lambdas.check.profile.date_forms import DATE_FORMS, READ, DateForm, date_form
from lambdas.check.profile.kept_text import kept_text
from lambdas.check.reading.arrow_arrays import mask_array, mask_in, number_array

# The share of the rows from which on the training takes a column for dates.
SHARE_OF_DATES = 0.2

# So few texts tell whether it is worth looking at all of them.
_TRIED_FIRST = 32
# Of more texts than these it is quicker to have the patterns compiled anew.
_ONE_BY_ONE = 500
_OTHERS_KEPT = 3
# The bytes that a date can begin with: blanks, digits, and letters of months, weekdays and Q.
MAY_BEGIN_A_DATE = np.zeros(256, bool)
MAY_BEGIN_A_DATE[list(b" \t0123456789jJfFmMaAsSoOnNdDtTwWqQ")] = True


@dataclass
class Dates:
    """The number of rows for each form of dates, and a text of each form; ``others`` are some texts
    beside them that are no dates."""

    rows: Counter[DateForm] = field(default_factory=Counter)
    examples: dict[DateForm, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """The rows that have a date."""
        return self.rows.total() - self.rows["time"]

    @property
    def read(self) -> int:
        """The rows whose date the training can read."""
        return sum(rows for form, rows in self.rows.items() if form in READ)

    def add(self, other: Self) -> None:
        """Takes in what another block of rows has."""
        self.rows += other.rows
        self.examples = other.examples | self.examples
        self.others = list(dict.fromkeys(self.others + other.others))[:_OTHERS_KEPT]


def dates_in(
    texts: "pa.StringArray", times: npt.NDArray[Any], likely: npt.NDArray[np.bool_]
) -> Dates:
    """The dates among the different texts of a column, of which each stands in so many rows; those
    that are not ``likely`` do not begin as a date may."""
    if not likely.any():
        return Dates()
    first = texts.take(number_array(np.flatnonzero(likely)[:_TRIED_FIRST]))
    if not any(map(date_form, first.to_pylist())):
        return Dates()
    some, some_times = texts.filter(mask_array(likely)), times[likely]
    count = _one_by_one if len(some) <= _ONE_BY_ONE else _together
    found = count(some, some_times)
    unlike = texts.filter(mask_array(~likely)).slice(0, _OTHERS_KEPT)
    found.others = [kept_text(text) for text in found.others + unlike.to_pylist()][:_OTHERS_KEPT]
    return found


def _one_by_one(texts: "pa.StringArray", times: npt.NDArray[Any]) -> Dates:
    found = Dates()
    for text, rows in zip(texts.to_pylist(), times.tolist(), strict=True):
        if form := date_form(text):
            found.rows[form] += rows
            found.examples.setdefault(form, text)
        elif len(found.others) < _OTHERS_KEPT:
            found.others.append(text)
    return found


def _together(texts: "pa.StringArray", times: npt.NDArray[Any]) -> Dates:
    found = Dates()
    for form, pattern in DATE_FORMS:
        if not len(texts):
            break
        fits = pc.match_substring_regex(texts, pattern)
        mask = mask_in(fits)
        if mask.any():
            found.rows[form] += int(times[mask].sum())
            found.examples.setdefault(form, texts[int(mask.argmax())].as_py())
            texts, times = texts.filter(pc.invert(fits)), times[~mask]
    found.others = texts.slice(0, _OTHERS_KEPT).to_pylist()
    return found
