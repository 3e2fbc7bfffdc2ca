"""How the numbers to predict are spread: few large ones among many small ones, and far ones."""

import operator

import numpy as np
import numpy.typing as npt

from lambdas.check.findings.catalogue.target_finding import TargetFinding
from lambdas.check.findings.finding import Finding, of_file
from lambdas.check.findings.found import found
from lambdas.check.findings.outlier_findings import rounded
from lambdas.check.profile.pair_profile import PairProfile
from lambdas.check.reading.fact import Phrase

_FEWEST_ROWS = 100
# The skewness of a normal distribution is 0, that of an exponential one 2.
_SKEWED = 2.0
_HARDLY_SKEWED = 1.0
# Tukey calls what is 3 interquartile ranges away "far out"; of exponential numbers 0.6% are.
_FAR = 6
_RARE = 0.01

Numbers = npt.NDArray[np.float64]


def spread_findings(pair: PairProfile) -> list[Finding]:
    """The notes on the numbers to predict in the train file."""
    column, sample = pair.train.columns[pair.target], pair.train.sample
    sampled = sample.columns[pair.target].numbers
    if pair.problem_type != "regression" or sampled is None or column.kind != "number":
        return []
    numbers = np.sort(sampled[~np.isnan(sampled)])
    if len(numbers) < _FEWEST_ROWS:
        return []
    findings = []
    is_skewed = column.minimum >= 0 and _is_skewed(numbers)
    if is_skewed:
        findings.append(
            found(
                TargetFinding.skewed_target,
                column=column.name,
                sampled=not sample.is_whole,
                median=rounded(float(numbers[len(numbers) // 2]), operator.ge),
                high=rounded(float(numbers[-1 - len(numbers) // 100]), operator.le),
            )
        )
    elif fences := _fences(numbers):
        low, high = fences
        rows = int(((numbers < low) | (numbers > high)).sum())
        if 0 < rows <= _RARE * len(numbers):
            findings.append(
                found(
                    TargetFinding.far_target_values,
                    column=column.name,
                    sampled=not sample.is_whole,
                    about=None if sample.is_whole else Phrase("estimated"),
                    rows=rows if sample.is_whole else round(rows / len(numbers) * column.present),
                    present=column.present,
                    low=f"{low:.15g}",
                    high=f"{high:.15g}",
                )
            )
    return of_file(pair.train.file, findings)


def _is_skewed(numbers: Numbers) -> bool:
    """Whether numbers that are not negative are spread much more evenly as logarithms."""
    positive = numbers[numbers > 0]
    # With a unit that is smaller than most numbers, zeros may stay zeros.
    unit = positive[len(positive) // 10] if len(positive) else 1.0
    with np.errstate(over="ignore"):
        scaled = numbers / unit
    if not np.isfinite(scaled).all() or scaled.max() > 1e100:
        return False
    return _skewness(scaled) > _SKEWED and abs(_skewness(np.log1p(scaled))) < _HARDLY_SKEWED


def _skewness(numbers: Numbers) -> float:
    apart = numbers - numbers.mean()
    spread = np.sqrt((apart**2).mean())
    return float(((apart / spread) ** 3).mean()) if spread else 0.0


def _fences(numbers: Numbers) -> tuple[float, float] | None:
    """Between which numbers nearly all should be; None where too many are the same."""
    low, high = numbers[len(numbers) // 4], numbers[-1 - len(numbers) // 4]
    with np.errstate(over="ignore"):
        reach = _FAR * (high - low)
        fences = low - reach, high + reach
    if not reach or not np.isfinite(fences).all():
        return None
    return float(f"{fences[0]:.4g}"), float(f"{fences[1]:.4g}")
