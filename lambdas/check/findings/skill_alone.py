"""How well one column alone predicts the target, in a sample of the rows."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from lambdas.check.profile.row_sample import SampledColumn
from lambdas.check.reading.arrow_arrays import text_array

_FEWEST_ROWS = 40
_FEWEST_TO_TELL = 5
# Of columns that do so well on one half of the rows the other half is looked at, too.
GIVES_AWAY = 0.98

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

    def saved(self, learn: Rows, measure: Rows, groups: Rows, group: Rows) -> float:
        """The share of wrong guesses that is saved by guessing the most frequent class of each
        group instead of that of all rows."""
        count = int(self.rows.max()) + 1
        pairs, times = np.unique(groups * count + self.rows[learn], return_counts=True)
        rarest_first = np.argsort(times, kind="stable")
        frequent = np.zeros(int(groups.max()) + 1, np.int64)
        # Of several values for one place the last one stays.
        frequent[pairs[rarest_first] // count] = pairs[rarest_first] % count
        usual = int(np.bincount(self.rows[learn]).argmax())
        guess = np.where(group >= 0, frequent[group], usual)
        wrong = np.count_nonzero(guess != self.rows[measure])
        wrong_by_guess = np.count_nonzero(self.rows[measure] != usual)
        return 1 - wrong / wrong_by_guess if wrong_by_guess else 0.0


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

    def saved(self, learn: Rows, measure: Rows, groups: Rows, group: Rows) -> float:
        """R² of guessing the mean of each group instead of that of all rows."""
        times = np.maximum(np.bincount(groups), 1)
        means = np.bincount(groups, self.rows[learn]) / times
        usual = self.rows[learn].mean()
        guess = np.where(group >= 0, means[group], usual)
        left = float(((self.rows[measure] - guess) ** 2).sum())
        whole = float(((self.rows[measure] - usual) ** 2).sum())
        return 1 - left / whole if whole else 0.0


def skill_alone(feature: SampledColumn, target: Classes | Amounts) -> float:
    """How well ``feature`` alone predicts the target: 1 is always right, 0 as good as a guess.

    Half of the rows, chosen at random, are guessed from the others: from those with the same text,
    or with the nearest number. Texts that do not come back score 0. Who seems to give the target
    away must do so for the other half, too. Of a few rows beside the usual class all may be right
    by chance.
    """
    rows = len(target.rows)
    if rows < _FEWEST_ROWS or target.to_tell < _FEWEST_TO_TELL:
        return 0.0
    order = _shuffled(rows)
    one, other = order[::2], order[1::2]
    skill = target.saved(one, other, *_groups(feature, one, other))
    if skill < GIVES_AWAY:
        return skill
    return min(skill, target.saved(other, one, *_groups(feature, other, one)))


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


def _groups(feature: SampledColumn, learn: Rows, measure: Rows) -> tuple[Rows, Rows]:
    """The group of each row of ``learn``, and the one that each row of ``measure`` belongs to: that
    with the same text or the nearest number, -1 where there is none. Rows without a value are a
    group of their own."""
    if feature.numbers is None:
        places = feature.codes + 1
        known = np.zeros(int(places.max()) + 1, bool)
        known[places[learn]] = True
        return places[learn], np.where(known[places[measure]], places[measure], -1)
    # Small enough for the difference of any two.
    numbers = feature.numbers / 2
    gone = np.isnan(numbers)
    present = numbers[learn][~gone[learn]]
    ordered = np.sort(present)
    different = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    groups, group = np.zeros(len(learn), np.int64), np.full(len(measure), -1)
    groups[~gone[learn]] = 1 + np.searchsorted(different, present)
    if gone[learn].any():
        group[gone[measure]] = 0
    if len(different):
        wanted = numbers[measure][~gone[measure]]
        above = np.searchsorted(different, wanted).clip(0, len(different) - 1)
        below = (above - 1).clip(0)
        is_below = wanted - different[below] <= different[above] - wanted
        group[~gone[measure]] = 1 + np.where(is_below, below, above)
    return groups, group
