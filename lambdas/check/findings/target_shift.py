"""Whether the column to predict holds something else in the test file than in the train file."""

from collections.abc import Mapping
from math import asin, sqrt
from statistics import NormalDist

import numpy as np

from lambdas.check.findings.catalogue.pair_finding import PairFinding
from lambdas.check.findings.finding import Finding, of_file
from lambdas.check.findings.found import found
from lambdas.check.findings.shift import shift
from lambdas.check.profile.pair_profile import PairProfile
from lambdas.check.profile.row_sample import SampledColumn

_FEWEST_ROWS = 40
# Cohen's h, "small" (Cohen: Statistical Power Analysis for the Behavioral Sciences, 1988): 50% and
# 60%, or 1% and 4%.
_CLEAR = 0.2
# Of so many pairs whose rows were dealt at random, one is told to differ.
_ONE_IN = 1000


def target_shift(pair: PairProfile) -> list[Finding]:
    """The warning, where the test file has true values and both have rows enough."""
    told = _of_numbers(pair) if pair.problem_type == "regression" else _of_classes(pair)
    return of_file(pair.test.file, [told] if told else [])


def class_that_differs(train: Mapping[str, int], test: Mapping[str, int]) -> str | None:
    """The class of ``train`` whose share differs most in ``test``, if that is clear and no chance.

    Shares are compared as angles, whose spread does not depend on them (Anscombe: The
    transformation of Poisson, binomial and negative-binomial data, 1948), with a limit for as many
    comparisons as there are classes (Bonferroni).
    """
    rows, test_rows = sum(train.values()), sum(test.get(name, 0) for name in train)
    if min(rows, test_rows) < _FEWEST_ROWS:
        return None
    by_chance = NormalDist().inv_cdf(1 - 0.5 / _ONE_IN / len(train))
    limit = max(_CLEAR, by_chance * sqrt(1 / rows + 1 / test_rows))
    apart = {
        name: abs(_angle(times, rows) - _angle(test.get(name, 0), test_rows))
        for name, times in train.items()
    }
    most = max(apart, key=lambda name: apart[name])
    return most if apart[most] > limit else None


def _angle(times: int, rows: int) -> float:
    return 2 * asin(sqrt((times + 3 / 8) / (rows + 3 / 4)))


def _of_classes(pair: PairProfile) -> Finding | None:
    train, test = pair.train.columns[pair.target], pair.test.columns.get(pair.target)
    if test is None or not (train.counts_every_value and test.counts_every_value):
        return None
    # One value alone is told as such.
    if test.distinct < 2:
        return None
    in_train, in_test = train.values, test.spellings if train.kind == "text" else test.values
    known = {name: in_test[name] for name in in_train}
    name = class_that_differs(in_train, known)
    if name is None:
        return None
    return found(
        PairFinding.target_shift,
        case="classes",
        column=pair.target,
        sampled=not (pair.train.complete and pair.test.complete),
        train=pair.train.file,
        name=name,
        share=known[name] / sum(known.values()),
        train_share=in_train[name] / in_train.total(),
    )


def _of_numbers(pair: PairProfile) -> Finding | None:
    samples = pair.train.sample, pair.test.sample
    if pair.target not in pair.test.columns or pair.test.columns[pair.target].distinct < 2:
        return None
    train, test = (_known(sample.columns[pair.target]) for sample in samples)
    if train.numbers is None or test.numbers is None:
        return None
    difference = shift(train, test) if len(train.numbers) and len(test.numbers) else None
    if difference is None:
        return None
    told = difference.facts
    return found(
        PairFinding.target_shift,
        case="numbers",
        column=pair.target,
        sampled=not all(sample.is_whole for sample in samples),
        train=pair.train.file,
        most=told["most"],
        share=told["test"],
        train_share=told["train"],
        median=f"{_median(test.numbers):.4g}",
        train_median=f"{_median(train.numbers):.4g}",
    )


def _known(column: SampledColumn) -> SampledColumn:
    return column.at(np.flatnonzero(~column.is_missing))


def _median(numbers: np.typing.NDArray[np.float64]) -> float:
    # Halved, so that no sum is too large.
    return float(2 * np.median(numbers / 2))
