"""Scores that are the mean of a loss in each row, or the root of such a mean."""

from dataclasses import dataclass

import numpy as np

from training.model.outcome import Array, Outcome

# The probabilities are float32, so anything smaller than this is rounding.
SMALLEST_PROBABILITY = 1e-7


@dataclass(frozen=True)
class RowLosses:
    """The loss of each row (n,), never negative; the score is the mean, or its root."""

    each: Array
    is_root: bool = False

    @property
    def score(self) -> float:
        """The score of all rows."""
        mean = float(self.each.mean())
        return float(np.sqrt(mean)) if self.is_root else mean

    @property
    def linear(self) -> Array:
        """(n,) values whose mean varies like the score when rows are resampled."""
        score = self.score
        return self.each / (2 * score) + score / 2 if self.is_root and score else self.each


def row_losses(metric: str, outcome: Outcome) -> RowLosses | None:
    """The losses behind the score ``metric``; None if it is not such a score for these rows."""
    if not outcome.is_number:
        return _of_probabilities(metric, outcome)
    off = np.abs(outcome.predicted - outcome.truth)
    if metric in {"root_mean_squared_error", "mean_squared_error"}:
        return RowLosses(off**2, metric.startswith("root"))
    if metric == "mean_absolute_error":
        return RowLosses(off)
    if metric == "mean_absolute_percentage_error" and (outcome.truth != 0).all():
        return RowLosses(off / np.abs(outcome.truth))
    return None


def _of_probabilities(metric: str, outcome: Outcome) -> RowLosses | None:
    if outcome.has_unseen:
        return None
    if metric == "brier" and outcome.is_binary:
        return RowLosses((outcome.positive_probability - outcome.is_positive) ** 2)
    if metric != "log_loss":
        return None
    assert outcome.probabilities is not None
    probabilities = outcome.probabilities.astype(float)
    of_truth = probabilities[np.arange(len(outcome)), outcome.truth] / probabilities.sum(axis=1)
    return RowLosses(-np.log(np.clip(of_truth, SMALLEST_PROBABILITY, 1)))
