"""Whether a model is better than another on the same rows, worse, or neither clearly.

Both models predicted the same test rows, so they are compared row by row: rows that are hard or
easy for both make no difference.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from training.model.outcome import Array, Outcome
from training.scoring.bootstrap import standard_error_of_score
from training.scoring.class_counts import resampled_differences, score_of_counts
from training.scoring.row_losses import row_losses
from training.scoring.scores import LOWER_IS_BETTER, Undefined, value_of

Verdict = Literal["better", "no clear difference", "worse"]

# On fewer rows even a model that wins all of them wins by chance in more than 5% of the cases
# (the sign test: 2 · ½⁵ = 6%).
_FEWEST_DIFFERENT_ROWS = 6
CONFIDENCE = 0.95
_SEED = 0


@dataclass(frozen=True)
class Comparison:
    """How much better a model is than another, with a confidence interval where there is one, and
    the verdict. A positive difference favours the model, whatever the score."""

    verdict: Verdict
    difference: float
    low: float | None
    high: float | None


def comparison(
    one: Outcome,
    other: Outcome,
    metric: str,
    score: Callable[[Outcome], Any],
    values: tuple[float, float],
    confidence: float = CONFIDENCE,
) -> Comparison:
    """How ``one`` compares with ``other``.

    It is better or worse only if the paired interval of the difference does not include 0. Equal
    models are called different in 0 to 7% of simulated tests of 50 to 200 rows
    (tests/training/test_intervals.py).

    Args:
        one: the model's predictions, for rows with a true value.
        other: the other model's predictions for the same rows.
        metric: the score's name.
        score: the score as a function of rows.
        values: both scores.
        confidence: the interval's.
    """
    difference = _sign(metric) * (values[0] - values[1])
    ends = _ends(one, other, metric, score, difference, 1 - confidence)
    if ends is None:
        return Comparison("no clear difference", difference, None, None)
    low, high = min(ends[0], difference), max(ends[1], difference)
    verdict: Verdict = "better" if low > 0 else "worse" if high < 0 else "no clear difference"
    return Comparison(verdict, difference, low, high)


def _ends(
    one: Outcome,
    other: Outcome,
    metric: str,
    score: Callable[[Outcome], Any],
    difference: float,
    chance: float,
) -> tuple[float, float] | None:
    random = np.random.default_rng(_SEED)
    if metric == "accuracy" and not one.is_number:
        return _accuracy_difference(one, other, chance)
    if of_counts := score_of_counts(metric, one):
        if (one.predicted != other.predicted).sum() < _FEWEST_DIFFERENT_ROWS:
            return None
        drawn = resampled_differences(of_counts, one, other, random)
        low, high = np.quantile(drawn, [chance / 2, 1 - chance / 2])
        return float(low), float(high)
    losses, other_losses = row_losses(metric, one), row_losses(metric, other)
    if losses and other_losses:
        return _mean_difference(other_losses.linear - losses.linear, chance)

    def of_rows(rows: Array) -> float | None:
        try:
            return _sign(metric) * (value_of(score, one.at(rows)) - value_of(score, other.at(rows)))
        except Undefined:
            return None

    error = standard_error_of_score(of_rows, len(one), random)
    if not error:
        return None
    reach = float(stats.norm.isf(chance / 2)) * error
    return difference - reach, difference + reach


def _sign(metric: str) -> int:
    return -1 if metric in LOWER_IS_BETTER else 1


def _accuracy_difference(one: Outcome, other: Outcome, chance: float) -> tuple[float, float] | None:
    """From the rows on which exactly one of the two is right, as in McNemar's exact test: the
    Clopper-Pearson interval of the share that ``one`` gets right."""
    won = int((~one.is_wrong & other.is_wrong).sum())
    lost = int((one.is_wrong & ~other.is_wrong).sum())
    if not won + lost:
        return None
    share = stats.binomtest(won, won + lost).proportion_ci(1 - chance, "exact")
    low, high = ((2 * end - 1) * (won + lost) / len(one) for end in (share.low, share.high))
    return float(low), float(high)


def _mean_difference(each: Array, chance: float) -> tuple[float, float] | None:
    """Student's interval, which is conservative where a few rows differ by a lot: there the
    bootstrap would call equal models different in 8 to 12% of the cases."""
    error = float(stats.sem(each))
    if not error > 0:
        return None
    low, high = stats.t.interval(1 - chance, len(each) - 1, float(each.mean()), error)
    return float(low), float(high)
