"""Numbers that are none: infinite ones, and codes such as -999 for a missing value."""

import numpy as np
import numpy.typing as npt

from lambdas.check.findings.catalogue.feature_finding import FeatureFinding
from lambdas.check.findings.finding import Finding, of_file
from lambdas.check.findings.found import found
from lambdas.check.findings.reading_findings import words_in_rows
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.pair_profile import PairProfile
from lambdas.check.profile.row_names import is_identifier
from lambdas.check.reading.fact import Phrase

_MOST_CODES = 4
# A number that stands there once or twice is an amount, if a strange one.
_FEWEST_ROWS = 3
_FEWEST_OTHER_ROWS = 10
_FEWEST_OTHERS = 3
# What speaks for a code among numbers that are never negative otherwise.
_FEWEST_OTHERS_BESIDE = 5
_GAPS_AWAY = 3
_TIMES_AS_OFTEN = 3
_FEWEST_OFTEN = 10

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


def number_findings(pair: PairProfile) -> list[Finding]:
    """The findings on such numbers: infinite ones in both files, codes in the train file."""
    findings: list[Finding] = []
    names = [*pair.features, pair.target] if pair.problem_type == "regression" else pair.features
    for part in (pair.train, pair.test):
        columns = [part.columns[name] for name in names if name in part.columns]
        told = [_infinite(column) for column in columns if column.infinite]
        findings += of_file(part.file, told)
    codes = [_codes(pair.train, pair.train.columns[name]) for name in names]
    return findings + of_file(pair.train.file, [code for code in codes if code])


def _infinite(column: ColumnProfile) -> Finding:
    words = column.infinite
    return found(
        FeatureFinding.infinite_values,
        column=column.name,
        words=words_in_rows(words),
        count=len(words),
    )


def _codes(part: FileProfile, column: ColumnProfile) -> Finding | None:
    """The warning for numbers in the column that seem to be codes."""
    likely = column.kind == "number" and (_is_code(column.minimum) or _is_code(column.maximum))
    if not likely or is_identifier(column):
        return None
    sampled = part.sample.columns[column.name].numbers
    if sampled is None:
        return None
    numbers = sampled[~np.isnan(sampled)]
    values, counts = np.unique(numbers, return_counts=True)
    codes, others = missing_codes(values, counts)
    if not codes:
        return None
    told = [
        Phrase("in_rows", code=f"{code:.15g}", rows=rows)
        if part.sample.is_whole
        else Phrase("in_share", code=f"{code:.15g}", share=rows / len(sampled))
        for code, rows in codes.items()
    ]
    return found(
        FeatureFinding.missing_codes,
        column=column.name,
        sampled=not part.sample.is_whole,
        codes=told,
        low=f"{others[0]:.15g}",
        high=f"{others[-1]:.15g}",
    )


def missing_codes(values: Numbers, counts: Counts) -> tuple[dict[float, int], Numbers]:
    """The codes among the different ``values``, which are in order, with their rows; and the
    others. Only the smallest and the greatest numbers may be codes, from outside to inside."""
    codes: dict[float, int] = {}
    while len(codes) < _MOST_CODES and len(values) > _FEWEST_OTHERS:
        for place in (0, len(values) - 1):
            kept = np.delete(np.arange(len(values)), place)
            if _seems_a_code(values[place], counts[place], values[kept], counts[kept]):
                codes[float(values[place])] = int(counts[place])
                values, counts = values[kept], counts[kept]
                break
        else:
            break
    return codes, values


def _is_code(number: float) -> bool:
    """Whether the number is written with nines alone, such as 99 or -9999, or is -1."""
    if number == -1:
        return True
    if not 9 <= abs(number) < 1e15 or number != np.floor(number):
        return False
    return set(f"{abs(number):.0f}") == {"9"} and (number < 0 or number > 9)


def _seems_a_code(number: float, rows: int, others: Numbers, other_rows: Counts) -> bool:
    if not _is_code(number) or rows < _FEWEST_ROWS or other_rows.sum() < _FEWEST_OTHER_ROWS:
        return False
    # Small enough for the difference of any two.
    least, most, half = others[0] / 2, others[-1] / 2, number / 2
    gap = max(least - half, half - most)
    if gap > most - least:
        return True
    if number > 0 or least < 0 or len(others) < _FEWEST_OTHERS_BESIDE:
        return False
    steps = np.diff(others[: max(_FEWEST_OTHERS_BESIDE, len(others) // 2)] / 2)
    is_often = rows >= _FEWEST_OFTEN and rows > _TIMES_AS_OFTEN * other_rows[:3].max()
    return bool(gap > _GAPS_AWAY * steps.max() or is_often)
