"""The curves of classes, computed once for however many plots they are drawn in."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn import metrics as sk

from training.model.outcome import Array, Outcome

_MOST_CURVES = 8
_MOST_POINTS = 400


@dataclass(frozen=True)
class ClassCurves:
    """One class against all others: its place among the classes, its share of the rows, and as many
    points (x, y) of each curve as can be seen, with the area below the curve."""

    place: int
    share: float
    roc: tuple[Array, Array]
    auroc: float
    precision_recall: tuple[Array, Array]
    auprc: float


def class_curves(outcome: Outcome) -> list[ClassCurves]:
    """The curves of the positive one of two classes, or of each of the most frequent ones.

    A class that all rows have, or none, has no curve; nor has any where some rows have a class that
    the model does not know, or where numbers are predicted.
    """
    if outcome.is_number or outcome.has_unseen:
        return []
    places = [1]
    if not outcome.is_binary:
        places = pd.Series(outcome.truth).value_counts().index[:_MOST_CURVES].tolist()
    are_true = {place: outcome.truth == place for place in places}
    return [
        _curves(outcome, place, is_true)
        for place, is_true in are_true.items()
        if is_true.any() and not is_true.all()
    ]


def thinned(x: Array, y: Array) -> tuple[Array, Array]:
    """As many points of a curve, with both ends, as can be seen."""
    kept = np.unique(np.linspace(0, len(x) - 1, min(len(x), _MOST_POINTS)).astype(int))
    return x[kept], y[kept]


def _curves(outcome: Outcome, place: int, is_true: Array) -> ClassCurves:
    assert outcome.probabilities is not None
    probability = outcome.probabilities[:, place].astype(float)
    # Each curve sorts the rows, which takes no time if they are in order.
    order = np.argsort(probability, kind="stable")
    is_true, probability = is_true[order], probability[order]
    false_rate, true_rate, _ = sk.roc_curve(is_true, probability)
    precision, recall, _ = sk.precision_recall_curve(is_true, probability)
    return ClassCurves(
        place=place,
        share=float(is_true.mean()),
        roc=thinned(false_rate, true_rate),
        auroc=float(sk.auc(false_rate, true_rate)),
        precision_recall=thinned(recall, precision),
        auprc=float(sk.average_precision_score(is_true, probability)),
    )
