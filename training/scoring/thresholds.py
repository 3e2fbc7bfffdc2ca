"""What other thresholds would have done on the test rows."""

from dataclasses import dataclass

import numpy as np

from training.model.outcome import Array, Outcome

_SHOWN = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True)
class ThresholdRow:
    """One threshold: a row counts as positive when its probability is above it.

    ``found`` rows are called positive, ``right`` of them truly are, ``missed`` positive ones are
    not among them. Precision and recall are None where they are undefined.
    """

    threshold: float
    is_the_models: bool
    found: int
    right: int
    missed: int

    @property
    def precision(self) -> float | None:
        """Which share of the found is right."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Which share of the positive rows is found."""
        positive = self.right + self.missed
        return self.right / positive if positive else None

    @property
    def f1(self) -> float | None:
        """The balance of both."""
        either = self.found + self.right + self.missed
        return 2 * self.right / either if either else None


def threshold_table(outcome: Outcome, own: float) -> list[ThresholdRow]:
    """Rows for usual thresholds and for the model's ``own``, the lowest first."""
    probability = outcome.positive_probability
    rows = [_row(t, False, probability > t, outcome) for t in _SHOWN if not np.isclose(t, own)]
    # What the model itself said, so that rounding can't tell a different story.
    rows.append(_row(own, True, outcome.predicted == 1, outcome))
    return sorted(rows, key=lambda row: row.threshold)


def _row(threshold: float, is_the_models: bool, is_found: Array, outcome: Outcome) -> ThresholdRow:
    right = int((is_found & outcome.is_positive).sum())
    missed = int(outcome.is_positive.sum()) - right
    return ThresholdRow(threshold, is_the_models, int(is_found.sum()), right, missed)
