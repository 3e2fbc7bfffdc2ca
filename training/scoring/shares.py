"""Scores that are a share of some rows, and their intervals."""

from dataclasses import dataclass

import numpy as np

from training.model.outcome import Array, Outcome

_Z = 1.96


@dataclass(frozen=True)
class Share:
    """``hits`` of ``rows``."""

    hits: int
    rows: int


def share_of(metric: str, outcome: Outcome) -> Share | None:
    """The share that the score ``metric`` is; None where it is none, or a share of no rows."""
    if outcome.is_number:
        return None
    if metric in {"accuracy", "f1_micro", "precision_micro", "recall_micro"}:
        return Share(int((~outcome.is_wrong).sum()), len(outcome))
    if not outcome.is_binary:
        return None
    predicted, positive = outcome.predicted == 1, outcome.is_positive
    counted = {
        "precision": (positive, predicted),
        "recall": (predicted, positive),
        "specificity": (~predicted, outcome.is_negative),
        "f1": (predicted & positive, predicted | positive),
    }
    if metric not in counted:
        return None
    hits, rows = counted[metric]
    return Share(int((hits & rows).sum()), int(rows.sum())) if rows.any() else None


def share_interval(metric: str, share: Share) -> tuple[float, float]:
    """The 95% confidence interval of the score ``metric``, which is made of ``share``.

    F1 is 2J / (1 + J), where J is the share of true positives among the rows that are positive or
    predicted positive. It rises with J, so its interval is that of J, converted to F1.
    """
    low, high = (float(end) for end in wilson(share.hits / share.rows, share.rows))
    return (2 * low / (1 + low), 2 * high / (1 + high)) if metric == "f1" else (low, high)


def wilson(share: Array | float, rows: Array | int) -> tuple[Array, Array]:
    """Wilson's 95% score interval of a share: it stays within 0 and 1 and has a width even at both
    ends (Brown, Cai and DasGupta, Interval estimation for a binomial proportion, 2001)."""
    share, rows = np.asarray(share, float), np.asarray(rows, float)
    middle = (share + _Z**2 / (2 * rows)) / (1 + _Z**2 / rows)
    spread = np.sqrt(share * (1 - share) / rows + _Z**2 / (4 * rows**2))
    reach = _Z / (1 + _Z**2 / rows) * spread
    return np.clip(middle - reach, 0, None), np.clip(middle + reach, None, 1)
