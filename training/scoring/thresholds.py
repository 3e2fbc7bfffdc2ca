"""How other thresholds would have done on the test rows."""

from dataclasses import dataclass

import numpy as np

from training.model.outcome import Array, Outcome

_SHOWN = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True)
class ThresholdRow:
    """One threshold: a row is predicted positive if its probability is above it.

    ``predicted_positive`` rows are, ``right`` of them correctly; ``missed`` positive rows are not.
    Precision and recall are None where they are undefined.
    """

    threshold: float
    is_the_models: bool
    predicted_positive: int
    right: int
    missed: int

    @property
    def precision(self) -> float | None:
        """The share of the predicted positives that are right."""
        return self.right / self.predicted_positive if self.predicted_positive else None

    @property
    def recall(self) -> float | None:
        """The share of the positive rows that are found."""
        positive = self.right + self.missed
        return self.right / positive if positive else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both."""
        either = self.predicted_positive + self.right + self.missed
        return 2 * self.right / either if either else None


def threshold_table(outcome: Outcome, own: float) -> list[ThresholdRow]:
    """Rows for common thresholds and for the model's ``own``, the lowest first."""
    probability = outcome.positive_probability
    common = [t for t in _SHOWN if not np.isclose(t, own)]
    rows = [_row(t, probability > t, outcome) for t in common]
    # From the model's own predictions, so that rounding can't make a difference.
    rows.append(_row(own, outcome.predicted == 1, outcome, is_the_models=True))
    return sorted(rows, key=lambda row: row.threshold)


def _row(
    threshold: float, is_predicted: Array, outcome: Outcome, *, is_the_models: bool = False
) -> ThresholdRow:
    right = int((is_predicted & outcome.is_positive).sum())
    missed = int(outcome.is_positive.sum()) - right
    return ThresholdRow(threshold, is_the_models, int(is_predicted.sum()), right, missed)
