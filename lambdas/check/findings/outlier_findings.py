"""Numbers to predict that are so large, or so far from all others, that they decide the scores."""

import operator
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from lambdas.check.findings.catalogue.target_finding import TargetFinding
from lambdas.check.findings.finding import Finding, of_file
from lambdas.check.findings.found import found
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.pair_profile import PairProfile

# Tried with AutoGluon 1.6.3: with numbers above the greatest or below the smallest of 32 bits, its
# models fail or guess.
_GREATEST = float(np.finfo(np.float32).max)
_SMALLEST = float(np.finfo(np.float32).tiny)
# The share of all squared distances that makes a score that of one value.
_DECIDES = 0.9
_RARE = 0.01

Numbers = npt.NDArray[np.float64]


def target_out_of_range(column: ColumnProfile) -> Finding | None:
    """The error for numbers to predict that models can't hold."""
    most = max(column.minimum, column.maximum, key=abs)
    if abs(most) > _GREATEST:
        return _out_of_range(column, "large", most, _GREATEST)
    return _out_of_range(column, "small", most, _SMALLEST) if abs(most) < _SMALLEST else None


def outlier_findings(pair: PairProfile) -> list[Finding]:
    """The findings on such numbers in both files, where a number is predicted; the train file has
    none that are out of range."""
    if pair.problem_type != "regression":
        return []
    findings: list[Finding] = []
    for part in (pair.train, pair.test):
        column = part.columns.get(pair.target)
        if column is None or column.kind != "number":
            continue
        most = max(column.minimum, column.maximum, key=abs)
        if abs(most) > _GREATEST:
            findings += of_file(part.file, [_out_of_range(column, "large", most, _GREATEST)])
        elif outlier := _outlier(part, column):
            findings += of_file(part.file, [outlier])
    return findings


def _out_of_range(column: ColumnProfile, case: str, most: float, limit: float) -> Finding:
    return found(
        TargetFinding.target_out_of_range,
        case=case,
        column=column.name,
        most=f"{most:.15g}",
        limit=f"{limit:.1e}",
    )


def _outlier(part: FileProfile, column: ColumnProfile) -> Finding | None:
    """The warning for the number farthest from the others, if it decides the scores."""
    sampled = part.sample.columns[column.name].numbers
    if sampled is None:
        return None
    numbers = sampled[~np.isnan(sampled)]
    for value in (column.maximum, column.minimum):
        others = numbers[numbers != value]
        rows = max(1, round(column.present * (1 - len(others) / max(1, len(numbers)))))
        if not len(others) or rows > max(1, _RARE * column.present):
            continue
        if _share(value, rows, others, column.present - rows) > _DECIDES:
            low, high = np.sort(others)[[len(others) // 20, -1 - len(others) // 20]]
            return found(
                TargetFinding.target_outlier,
                column=column.name,
                sampled=not part.sample.is_whole,
                value=f"{value:.15g}",
                low=rounded(low, operator.le),
                high=rounded(high, operator.ge),
            )
    return None


def _share(value: float, rows: int, others: Numbers, other_rows: int) -> float:
    """The share of the squared distances from the mean of the others that ``rows`` rows with this
    value have, where the others are a sample of ``other_rows`` rows."""
    # Whatever the unit, so that no square is too large.
    unit = max(abs(value), float(np.abs(others).max()))
    scaled = others / unit
    mean = scaled.mean()
    far = rows * (value / unit - mean) ** 2
    near = other_rows * float(((scaled - mean) ** 2).mean())
    return float(far / (far + near)) if far else 0.0


def rounded(number: float, holds: Callable[[float, float], bool]) -> str:
    """The number with few digits, if that one compares with it as it should."""
    short = f"{number:.4g}"
    return short if holds(float(short), number) else f"{number:.15g}"
