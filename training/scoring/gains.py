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

    For numbers, no true value may be negative, nor all of them zero.
    """
    share = np.arange(1, len(outcome) + 1) / len(outcome)
    if outcome.is_number:
        return _of_amounts(outcome, share)
    if outcome.is_binary:
        if not outcome.is_positive.any():
            return None
        first = np.argsort(-outcome.positive_probability, kind="stable")
        found = np.cumsum(outcome.is_positive[first])
        return Gains(share, found / found[-1])
    assert outcome.probabilities is not None
    by_confidence = np.argsort(-outcome.probabilities.max(axis=1), kind="stable")
    right = np.cumsum(~outcome.is_wrong[by_confidence])
    return Gains(share, right / np.arange(1, len(outcome) + 1))


def _of_amounts(outcome: Outcome, share: Array) -> Gains | None:
    if (outcome.truth < 0).any() or not outcome.truth.any():
        return None
    total = np.cumsum(outcome.truth[np.argsort(-outcome.predicted, kind="stable")])
    return Gains(share, total / total[-1])
