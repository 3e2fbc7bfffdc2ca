"""Whether one column alone predicts the target, in a sample of the rows."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from lambdas.check.profile.row_sample import SampledColumn
from lambdas.check.reading.arrow_arrays import text_array

_FEWEST_ROWS = 40
_FEWEST_TO_TELL = 5
# The share of all that is wrong by the usual guess which is right by the column.
_GIVES_AWAY = 0.98
# Nearly all columns are wrong too often among so many rows already.
_ROWS_TRIED = 200
_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")

Rows = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Classes:
    """The class of each row, as a whole number from 0."""

    rows: Rows

    @cached_property
    def to_tell(self) -> int:
        """How many rows do not have the usual class."""
        return int(len(self.rows) - np.bincount(self.rows).max()) if len(self.rows) else 0

    @classmethod
    def of(cls, target: SampledColumn) -> "Classes":
        """The classes in the target, in which no value is missing."""
        if target.numbers is None:
            return cls(target.codes)
        return cls(np.unique(target.numbers, return_inverse=True)[1].astype(np.int64))

    def usual(self, learn: Rows) -> int:
        """The most frequent class of these rows."""
        return int(np.bincount(self.rows[learn]).argmax())

    def by_group(self, rows: Rows, groups: Rows) -> Rows:
        """The most frequent class of each group of these rows."""
        count = int(self.rows.max()) + 1
        pairs, times = np.unique(groups * count + self.rows[rows], return_counts=True)
        rarest_first = np.argsort(times, kind="stable")
        frequent = np.zeros(int(groups.max(initial=0)) + 1, np.int64)
        # Of several values for one place the last one stays.
        frequent[pairs[rarest_first] // count] = pairs[rarest_first] % count
        return frequent

    def missed(self, measure: Rows, guess: npt.NDArray[Any] | float) -> float:
        """How many of these rows are guessed wrong."""
        return float(np.count_nonzero(guess != self.rows[measure]))


@dataclass(frozen=True)
class Amounts:
    """The number in each row, between 0 and 1."""

    rows: Numbers

    @cached_property
    def to_tell(self) -> int:
        """How many rows do not have the usual number."""
        _, times = np.unique(self.rows, return_counts=True)
        return int(len(self.rows) - times.max()) if len(self.rows) else 0

    @classmethod
    def of(cls, target: SampledColumn) -> "Amounts":
        """The numbers in the target, in which no value is missing."""
        if target.numbers is None or not len(target.numbers):
            return cls(np.zeros(len(target.codes)))
        # Small enough for the difference of any two.
        numbers = target.numbers / 2
        least, most = numbers.min(), numbers.max()
        return cls((numbers - least) / (most - least) if least < most else 0 * numbers)

    def usual(self, learn: Rows) -> float:
        """The mean of these rows."""
        return float(self.rows[learn].mean())

    def by_group(self, rows: Rows, groups: Rows) -> Numbers:
        """The mean of each group of these rows."""
        times = np.maximum(np.bincount(groups, minlength=1), 1)
        means: Numbers = np.bincount(groups, self.rows[rows], minlength=1) / times
        return means

    def missed(self, measure: Rows, guess: npt.NDArray[Any] | float) -> float:
        """The squared distance of these rows from the guess."""
        return float(((self.rows[measure] - guess) ** 2).sum())


def gives_away(feature: SampledColumn, target: Classes | Amounts) -> bool:
    """Whether ``feature`` alone predicts the target nearly always right.

    Half of the rows, chosen at random, are guessed from the others: from those with the same text,
    or with the nearest number. Texts that do not come back predict nothing. Who seems to give the
    target away must do so for the other half, too. Of a few rows beside the usual class all may be
    right by chance.
    """
    rows = len(target.rows)
    if rows < _FEWEST_ROWS or target.to_tell < _FEWEST_TO_TELL:
        return False
    order = _shuffled(rows)
    one, other = order[::2], order[1::2]
    # What is wrong too often among a few of the rows is so among all of them.
    return all(
        _saved(feature, target, learn, measure, rows=tried) >= _GIVES_AWAY
        for learn, measure in ((one, other), (other, one))
        for tried in (_ROWS_TRIED, rows)
    )


def _saved(
    feature: SampledColumn, target: Classes | Amounts, learn: Rows, measure: Rows, rows: int
) -> float:
    """The share of what the usual guess misses of ``measure`` that is saved by a guess for each
    group, at the most: of all but the first ``rows`` everything is taken for saved."""
    usual = target.usual(learn)
    missed = target.missed(measure, usual)
    if not missed:
        return 0.0
    tried = measure[:rows]
    alike, groups, group = _groups(feature, learn, tried)
    guess = np.where(group >= 0, target.by_group(alike, groups)[group], usual)
    return 1 - target.missed(tried, guess) / missed


@lru_cache(maxsize=2)
def _shuffled(rows: int) -> Rows:
    """The rows in random order, the same for all columns."""
    return np.random.default_rng(0).permutation(rows)


def without_outliers(target: SampledColumn) -> npt.NDArray[np.bool_]:
    """Which rows have a number that is not far outside of nearly all others: one of these would
    make up the whole of R²."""
    if target.numbers is None or len(target.numbers) < _FEWEST_ROWS:
        return np.ones(len(target.is_missing), bool)
    # Small enough for every sum and difference below.
    numbers = target.numbers / 64
    ordered = np.sort(numbers)
    trimmed = max(1, len(ordered) // 100)
    low, high = ordered[trimmed], ordered[-1 - trimmed]
    reach = 3 * (high - low)
    is_usual: npt.NDArray[np.bool_] = (low - reach <= numbers) & (numbers <= high + reach)
    return is_usual


def whether_missing(feature: SampledColumn) -> SampledColumn:
    """A column that only tells in which rows ``feature`` has no value."""
    gone = feature.is_missing
    return SampledColumn(None, np.where(gone, -1, 0), text_array(["filled in"]))


def _groups(feature: SampledColumn, learn: Rows, measure: Rows) -> tuple[Rows, Rows, Rows]:
    """The rows of ``learn`` from which ``measure`` is guessed, the group of each, and the group
    that each row of ``measure`` belongs to: that with the same text or the nearest number, -1
    where there is none. Rows without a value are a group of their own."""
    if feature.numbers is None:
        places = feature.codes + 1
        is_wanted, known = np.zeros((2, int(places.max()) + 1), bool)
        is_wanted[places[measure]] = True
        alike = learn[is_wanted[places[learn]]]
        known[places[alike]] = True
        return alike, places[alike], np.where(known[places[measure]], places[measure], -1)
    # Small enough for the difference of any two.
    numbers = feature.numbers / 2
    gone = np.isnan(numbers)
    present = numbers[learn][~gone[learn]]
    groups, group = np.where(gone[learn], 0, -1), np.full(len(measure), -1)
    if gone[learn].any():
        group[gone[measure]] = 0
    if len(present):
        order = np.argsort(present)
        ordered = present[order]
        wanted = numbers[measure][~gone[measure]]
        above = np.searchsorted(ordered, wanted).clip(0, len(ordered) - 1)
        below = (above - 1).clip(0)
        is_below = wanted - ordered[below] <= ordered[above] - wanted
        nearest = np.where(is_below, ordered[below], ordered[above])
        different, found = np.unique(nearest, return_inverse=True)
        group[~gone[measure]] = 1 + found
        of_present = np.empty(len(present), np.int64)
        of_present[order] = _numbered_runs(ordered, different)
        groups[~gone[learn]] = of_present
    is_alike = groups >= 0
    return learn[is_alike], groups[is_alike], group


def _numbered_runs(ordered: Numbers, different: Numbers) -> Rows:
    """For each of the ``ordered`` numbers its place among the ``different`` ones, from 1 on, or -1:
    to look each of them up takes several times as long."""
    begins, ends = (
        np.bincount(np.searchsorted(ordered, different, side), minlength=len(ordered) + 1)[:-1]
        for side in _SIDES
    )
    is_within = np.cumsum(begins - ends) > 0
    return np.where(is_within, np.cumsum(begins), -1)
