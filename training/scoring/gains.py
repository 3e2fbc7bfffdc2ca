"""What is gained by working through the rows in the order in which the model puts them."""

from dataclasses import dataclass

import numpy as np

from training.model.outcome import Array, Outcome

_SHARES = (0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)


@dataclass(frozen=True)
class Gains:
    """``share`` (n) of the rows, the best first, and what they hold.

    For two classes ``found`` (n) is the share of all positive rows among them; for more classes
    the share predicted right among them; for numbers the share of the sum of the true values.
    """

    share: Array
    found: Array

    def table(self) -> list[tuple[float, float]]:
        """(share of the rows, what they hold) for a few shares."""
        places = {round(share * len(self.share)) - 1 for share in _SHARES}
        return [
            (float(self.share[place]), float(self.found[place]))
            for place in sorted(places)
            if place >= 0
        ]


def gains(outcome: Outcome) -> Gains | None:
    """The gains of the model's order; None where they have no meaning.

    For numbers they need true values that are never negative and not all zero.
    """
    share = np.arange(1, len(outcome) + 1) / len(outcome)
    if outcome.is_number:
        return _of_amounts(outcome, share)
    if outcome.is_binary:
        if not outcome.is_positive.any():
            return None
        first = np.argsort(-outcome.positive_probability, kind="stable")
        held = np.cumsum(outcome.is_positive[first])
        return Gains(share, held / held[-1])
    assert outcome.probabilities is not None
    surest = np.argsort(-outcome.probabilities.max(axis=1), kind="stable")
    right = np.cumsum(~outcome.is_wrong[surest])
    return Gains(share, right / np.arange(1, len(outcome) + 1))


def _of_amounts(outcome: Outcome, share: Array) -> Gains | None:
    if (outcome.truth < 0).any() or not outcome.truth.any():
        return None
    held = np.cumsum(outcome.truth[np.argsort(-outcome.predicted, kind="stable")])
    return Gains(share, held / held[-1])
