"""What is gained by working through the rows in the model's order."""

from dataclasses import dataclass

import numpy as np

from training.model.outcome import Array, Outcome

_SHARES = (0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)


@dataclass(frozen=True)
class Gains:
    """The ``share`` (n) of the rows taken, the best first, and the cumulative ``gain`` (n).

    For two classes the gain is the share of all positive rows that are among them; for more
    classes, the share of them predicted right; for numbers, their share of the sum of the true
    values.
    """

    share: Array
    gain: Array

    def table(self) -> list[tuple[float, float]]:
        """(share of the rows, gain) for a few shares."""
        places = {round(share * len(self.share)) - 1 for share in _SHARES}
        return [
            (float(self.share[place]), float(self.gain[place]))
            for place in sorted(places)
            if place >= 0
        ]


def gains(outcome: Outcome) -> Gains | None:
    """The gains of the model's order; None where they are meaningless.

    Some rows must be worth more than others: be positive, or have a larger number. For numbers, no
    true value may be negative.
    """
    if outcome.is_number:
        return _of_amounts(outcome)
    if outcome.is_binary:
        if outcome.is_positive.all() or not outcome.is_positive.any():
            return None
        found = _cumulative(outcome.is_positive, outcome.positive_probability)
        return Gains(_shares(outcome), found / found[-1])
    assert outcome.probabilities is not None
    right = _cumulative(~outcome.is_wrong, outcome.probabilities.max(axis=1))
    return Gains(_shares(outcome), right / np.arange(1, len(outcome) + 1))


def _of_amounts(outcome: Outcome) -> Gains | None:
    if (outcome.truth < 0).any() or np.ptp(outcome.truth) == 0:
        return None
    total = _cumulative(outcome.truth, outcome.predicted)
    return Gains(_shares(outcome), total / total[-1])


def _shares(outcome: Outcome) -> Array:
    return np.arange(1, len(outcome) + 1) / len(outcome)


def _cumulative(values: Array, rank: Array) -> Array:
    """The sums of ``values`` (n), highest ``rank`` first.

    Rows of the same rank have no order: each counts as much as they do on average, wherever it
    stands in the file.
    """
    _, group, rows = np.unique(-rank, return_inverse=True, return_counts=True)
    mean = np.bincount(group, values) / rows
    sums: Array = np.cumsum(np.repeat(mean, rows))
    return sums
