"""What can be seen in a sample of the rows: columns that give the target away, and shift."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lambdas.check.findings.catalogue.sample_finding import SampleFinding
from lambdas.check.findings.finding import Finding, of_file
from lambdas.check.findings.found import found
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.pair_profile import PairProfile
from lambdas.check.profile.row_names import is_identifier
from lambdas.check.profile.row_sample import SampledColumn
from lambdas.check.reading.fact import Phrase

_FEWEST_ROWS = 40
_GIVES_AWAY = 0.98
_MOST_CATEGORIES = 100
_SHIFT = 0.15
# The 1% critical value of the two-sample Kolmogorov-Smirnov test is 1.63·√((n+m)/(n·m)).
_SHIFT_BY_CHANCE = 1.63

Rows = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


def sample_findings(pair: PairProfile) -> list[Finding]:
    """The findings on columns that predict the target alone, and that differ between the files."""
    train, test = pair.train.sample.columns, pair.test.sample.columns
    findings: list[Finding] = []
    known = np.flatnonzero(~train[pair.target].is_missing)
    target = train[pair.target].at(known)
    is_number = pair.problem_type == "regression"
    classes, values = _classes(target), target.numbers if is_number else None
    for name in pair.features:
        column = pair.train.columns[name]
        if column.is_constant or not column.present:
            continue
        telling = _telling(train[name].at(known), classes, values)
        if telling:
            findings += of_file(pair.train.file, [_gives_away(pair, column, telling)])
        if name in test and pair.test.columns[name].kind == column.kind:
            difference = shift(train[name], test[name])
            if difference and not is_identifier(column) and not column.is_date:
                findings += of_file(pair.test.file, [_shifted(pair, column, difference)])
    return findings


def _telling(feature: SampledColumn, classes: Rows, values: Numbers | None) -> Phrase | None:
    """What of the column gives the target away, if anything does."""
    if skill_alone(feature, classes, values) >= _GIVES_AWAY:
        return Phrase("values")
    if skill_alone(_whether_missing(feature), classes, values) >= _GIVES_AWAY:
        return Phrase("gaps")
    return None


def skill_alone(feature: SampledColumn, classes: Rows, values: Numbers | None) -> float:
    """How well ``feature`` alone predicts the target: 1 is always right, 0 as good as a guess.

    The target has a class for each row, and also a value where it is a number to be predicted.

    Half of the rows, chosen at random, are guessed by the likest one of the others: the nearest
    number, or the same text, so that texts which do not come back score 0. For classes it is the
    share of wrong guesses that this saves, for numbers R².
    """
    rows = len(classes)
    if rows < _FEWEST_ROWS:
        return 0.0
    order = np.random.default_rng(0).permutation(rows)
    learn, measure = order[::2], order[1::2]
    if feature.numbers is not None:
        likest = _nearest(feature.numbers, learn, measure)
    else:
        likest = _equal(feature.codes, classes, learn, measure)
    known = likest >= 0
    if values is not None:
        guess = np.where(known, values[likest], values[learn].mean())
        left = float(((values[measure] - guess) ** 2).sum())
        whole = float(((values[measure] - values[learn].mean()) ** 2).sum())
        return 1 - left / whole if whole else 0.0
    usual = int(np.bincount(classes[learn]).argmax())
    wrong = float((np.where(known, classes[likest], usual) != classes[measure]).mean())
    wrong_by_guess = float((classes[measure] != usual).mean())
    return 1 - wrong / wrong_by_guess if wrong_by_guess else 0.0


def _whether_missing(feature: SampledColumn) -> SampledColumn:
    gone = feature.is_missing
    return SampledColumn(None, np.where(gone, -1, 0), pa.array(["filled in"]))


def _classes(target: SampledColumn) -> Rows:
    """The number of each row's class, from 0."""
    if target.numbers is None:
        return target.codes
    return np.unique(target.numbers, return_inverse=True)[1].astype(np.int64)


def _nearest(values: Numbers, learn: Rows, measure: Rows) -> Rows:
    """For each row of ``measure`` the row of ``learn`` with the nearest number."""
    missing = np.isnan(values)
    if missing.any():
        # Rows without a number are like each other and like no others.
        values = np.where(missing, 2 * np.nanmin(values) - np.nanmax(values) - 1, values)
    order = learn[np.argsort(values[learn], kind="stable")]
    above = np.searchsorted(values[order], values[measure]).clip(1, len(order) - 1)
    below, above = order[above - 1], order[above]
    is_below = values[measure] - values[below] <= values[above] - values[measure]
    return np.where(is_below, below, above)


def _equal(texts: Rows, classes: Rows, learn: Rows, measure: Rows) -> Rows:
    """For each row of ``measure`` a row of ``learn`` that has the same text and the class that is
    most frequent with it; -1 where no row has the text."""
    count = int(classes.max()) + 1
    # A missing text is a text of its own.
    places = texts + 1
    pairs, first, times = np.unique(
        places[learn] * count + classes[learn], return_index=True, return_counts=True
    )
    rarest_first = np.argsort(times, kind="stable")
    likest = np.full(int(places.max()) + 1, -1)
    # Of several values for one place the last one stays.
    likest[pairs[rarest_first] // count] = learn[first[rarest_first]]
    return likest[places[measure]]


def shift(train: SampledColumn, test: SampledColumn) -> Phrase | None:
    """How the values differ between the files; None where they hardly do."""
    gone = train.is_missing, test.is_missing
    shares = float(gone[0].mean()), float(gone[1].mean())
    if abs(shares[0] - shares[1]) > _SHIFT + _by_chance(len(gone[0]), len(gone[1])):
        return Phrase("missing", train=shares[0], test=shares[1])
    train, test = train.at(~gone[0]), test.at(~gone[1])
    rows = int((~gone[0]).sum()), int((~gone[1]).sum())
    if min(rows) < _FEWEST_ROWS:
        return None
    limit = _SHIFT + _by_chance(*rows)
    if train.numbers is not None and test.numbers is not None:
        return _shift_of_numbers(train.numbers, test.numbers, limit)
    # Names that look like long numbers may be numbers in one of the samples.
    if train.numbers is not None or test.numbers is not None:
        return None
    return _shift_of_categories(train, test, limit)


def _by_chance(train_rows: int, test_rows: int) -> float:
    return float(_SHIFT_BY_CHANCE * np.sqrt(1 / max(1, train_rows) + 1 / max(1, test_rows)))


def _shift_of_numbers(train: Numbers, test: Numbers, limit: float) -> Phrase | None:
    if _largest_gap(train, test) <= limit:
        return None
    return Phrase("numbers", train=float(np.median(train)), test=float(np.median(test)))


def _shift_of_categories(train: SampledColumn, test: SampledColumn, limit: float) -> Phrase | None:
    if len(np.unique(train.codes)) > _MOST_CATEGORIES:
        return None
    before, after = _shares(train), _shares(test)
    # The more categories there are, the further two samples of the same rows are apart.
    inverse = 1 / len(train.codes) + 1 / len(test.codes)
    by_chance = float(np.sqrt(len(before | after) * inverse / (2 * np.pi)))
    apart = {text: after.get(text, 0.0) - before.get(text, 0.0) for text in before | after}
    if sum(map(abs, apart.values())) / 2 <= limit + by_chance:
        return None
    most = max(apart, key=lambda text: abs(apart[text]))
    return Phrase("category", name=most, train=before.get(most, 0.0), test=after.get(most, 0.0))


def _shares(column: SampledColumn) -> dict[str, float]:
    codes, times = np.unique(column.codes, return_counts=True)
    texts = column.texts.take(pa.array(codes)).to_pylist()
    return dict(zip(texts, (times / len(column.codes)).tolist(), strict=True))


def _largest_gap(train: Numbers, test: Numbers) -> float:
    """The Kolmogorov-Smirnov statistic: the largest gap between the two distributions."""
    train, test = np.sort(train), np.sort(test)
    # Between two numbers of one file its share stands still, so the largest gap is at one of them:
    # right at it, or right before it.
    gaps = [
        np.searchsorted(train, test, side) / len(train)
        - np.searchsorted(test, test, side) / len(test)
        for side in ("left", "right")
    ]
    return float(np.abs(gaps).max())


def _gives_away(pair: PairProfile, column: ColumnProfile, what: Phrase) -> Finding:
    return found(
        SampleFinding.gives_target_away,
        column=column.name,
        sampled=not pair.train.sample.is_whole,
        what=what,
        target=pair.target,
    )


def _shifted(pair: PairProfile, column: ColumnProfile, difference: Phrase) -> Finding:
    return found(
        SampleFinding.shift,
        column=column.name,
        sampled=not (pair.train.sample.is_whole and pair.test.sample.is_whole),
        difference=difference,
    )
