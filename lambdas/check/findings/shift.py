"""Whether the values of a column are spread differently in samples of the two files."""

import numpy as np
import numpy.typing as npt

from lambdas.check.profile.row_sample import SampledColumn
from lambdas.check.profile.short_number import short_number
from lambdas.check.reading.arrow_arrays import number_array
from lambdas.check.reading.fact import Phrase

FEWEST_ROWS = 40
MOST_CATEGORIES = 100
SHIFT = 0.15
# The 1% critical value of the two-sample Kolmogorov-Smirnov test is 1.63·√((n+m)/(n·m)).
_SHIFT_BY_CHANCE = 1.63
# By so many numbers, each distribution is told to a few hundredths.
_NUMBERS_TRIED = 100

Numbers = npt.NDArray[np.float64]


def shift(train: SampledColumn, test: SampledColumn) -> Phrase | None:
    """How the values differ between the files; None where they hardly do."""
    gone = train.is_missing, test.is_missing
    shares = float(gone[0].mean()), float(gone[1].mean())
    if abs(shares[0] - shares[1]) > SHIFT + by_chance(len(gone[0]), len(gone[1])):
        return Phrase("missing", train=shares[0], test=shares[1])
    train, test = train.at(~gone[0]), test.at(~gone[1])
    rows = int((~gone[0]).sum()), int((~gone[1]).sum())
    if min(rows) < FEWEST_ROWS:
        return None
    limit = SHIFT + by_chance(*rows)
    if train.numbers is not None and test.numbers is not None:
        return _shift_of_numbers(train.numbers, test.numbers, limit)
    # Names that look like long numbers may be numbers in one of the samples.
    if train.numbers is not None or test.numbers is not None:
        return None
    return _shift_of_categories(train, test, limit)


def by_chance(train_rows: int, test_rows: int) -> float:
    """How far two samples of the same rows may be apart, by the Kolmogorov-Smirnov statistic."""
    return float(_SHIFT_BY_CHANCE * np.sqrt(1 / max(1, train_rows) + 1 / max(1, test_rows)))


def by_chance_of_categories(categories: int, train_rows: int, test_rows: int) -> float:
    """How much further: the more categories there are, the further two samples of the same rows are
    apart."""
    inverse = 1 / train_rows + 1 / test_rows
    return float(np.sqrt(categories * inverse / (2 * np.pi)))


def _shift_of_numbers(train: Numbers, test: Numbers, limit: float) -> Phrase | None:
    """Told by the number at which the two distributions are furthest apart, which is the
    Kolmogorov-Smirnov statistic."""
    if _are_near(train, test, limit):
        return None
    numbers = np.concatenate([train, test])
    order = np.argsort(numbers)
    values = numbers[order]
    is_last = np.append(values[1:] != values[:-1], True)
    values, below = values[is_last], np.flatnonzero(is_last) + 1
    below_in_train = np.cumsum(order < len(train))[is_last]
    before, after = below_in_train / len(train), (below - below_in_train) / len(test)
    gaps = np.abs(after - before)
    place = int(gaps.argmax())
    if gaps[place] <= limit:
        return None
    # At the greatest number of both files there is no gap, so there is a greater one.
    most = short_number(float(values[place]), float(values[place + 1]))
    return Phrase("numbers", most=most, train=float(before[place]), test=float(after[place]))


def _are_near(train: Numbers, test: Numbers, limit: float) -> bool:
    """Whether the two distributions can't be further apart than ``limit``, which a few numbers
    mostly tell: to compare all of them takes several times as long."""
    train, test = np.sort(train), np.sort(test)
    tried = train[:: max(1, len(train) // _NUMBERS_TRIED)]
    (least, most), (test_least, test_most) = (_bounds(tried, some) for some in (train, test))
    return bool(max((most - test_least).max(), (test_most - least).max()) <= limit)


def _bounds(tried: Numbers, ordered: Numbers) -> tuple[Numbers, Numbers]:
    """The least and the greatest share of the ``ordered`` numbers that are at most as large as any
    number from one of those that are ``tried`` to right below the next one."""
    rows = len(ordered)
    least = np.append(0, np.searchsorted(ordered, tried, "right")) / rows
    return least, np.append(np.searchsorted(ordered, tried, "left"), rows) / rows


def _shift_of_categories(train: SampledColumn, test: SampledColumn, limit: float) -> Phrase | None:
    if np.count_nonzero(np.bincount(train.codes)) > MOST_CATEGORIES:
        return None
    before, after = _shares(train), _shares(test)
    limit += by_chance_of_categories(len(before | after), len(train.codes), len(test.codes))
    apart = {text: after.get(text, 0.0) - before.get(text, 0.0) for text in before | after}
    if sum(map(abs, apart.values())) / 2 <= limit:
        return None
    most = max(apart, key=lambda text: abs(apart[text]))
    return Phrase("category", name=most, train=before.get(most, 0.0), test=after.get(most, 0.0))


def _shares(column: SampledColumn) -> dict[str, float]:
    times = np.bincount(column.codes)
    codes = np.flatnonzero(times)
    texts = column.texts.take(number_array(codes)).to_pylist()
    return dict(zip(texts, (times[codes] / len(column.codes)).tolist(), strict=True))
