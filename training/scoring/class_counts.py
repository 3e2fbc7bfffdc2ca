"""Scores that look at predicted classes alone: functions of how often each was taken for which."""

from collections.abc import Callable

import numpy as np

from training.model.outcome import Array, Outcome

_DRAWS = 1000
_MOST_LABELS = 40
_EDGES = (0.025, 0.975)


def _divided(part: Array, whole: Array) -> Array:
    """0 where there is nothing to divide by, as scikit-learn counts it in a mean."""
    return np.divide(part, whole, out=np.zeros(np.broadcast(part, whole).shape), where=whole > 0)


def _right(counts: Array) -> Array:
    diagonal: Array = np.diagonal(counts, axis1=-2, axis2=-1)
    return diagonal


def _recalls(counts: Array) -> Array:
    return _divided(_right(counts), counts.sum(-1))


def _precisions(counts: Array) -> Array:
    return _divided(_right(counts), counts.sum(-2))


def _f1s(counts: Array) -> Array:
    return _divided(2 * _right(counts), counts.sum(-1) + counts.sum(-2))


def _mean_of(each: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Over the classes that are true or predicted somewhere."""
    return lambda counts: _divided(
        each(counts).sum(-1), ((counts.sum(-1) + counts.sum(-2)) > 0).sum(-1)
    )


def _accuracy(counts: Array) -> Array:
    return _divided(_right(counts).sum(-1), counts.sum((-2, -1)))


def _balanced_accuracy(counts: Array) -> Array:
    return _divided(_recalls(counts).sum(-1), (counts.sum(-1) > 0).sum(-1))


def _f1_weighted(counts: Array) -> Array:
    return _divided((_f1s(counts) * counts.sum(-1)).sum(-1), counts.sum((-2, -1)))


def _mcc(counts: Array) -> Array:
    shares = counts / counts.sum((-2, -1), keepdims=True)
    true, predicted = shares.sum(-1), shares.sum(-2)
    spread = np.sqrt((1 - (true**2).sum(-1)) * (1 - (predicted**2).sum(-1)))
    return _divided(_right(shares).sum(-1) - (true * predicted).sum(-1), spread)


_OF_POSITIVE: dict[str, Callable[[Array], Array]] = {
    "f1": lambda counts: _f1s(counts)[..., 1],
    "precision": lambda counts: _precisions(counts)[..., 1],
    "recall": lambda counts: _recalls(counts)[..., 1],
    "specificity": lambda counts: _recalls(counts)[..., 0],
}
_OF_ALL: dict[str, Callable[[Array], Array]] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "f1_macro": _mean_of(_f1s),
    "f1_weighted": _f1_weighted,
    "precision_macro": _mean_of(_precisions),
    "recall_macro": _mean_of(_recalls),
    "mcc": _mcc,
}


def score_of_counts(metric: str, outcome: Outcome) -> Callable[[Array], Array] | None:
    """The score as a function of counts (..., true, predicted); None if it is no such score, or if
    there are too many classes to draw so many tables of counts."""
    if outcome.is_number or len(outcome.labels) > _MOST_LABELS:
        return None
    return _OF_ALL.get(metric) or (_OF_POSITIVE.get(metric) if outcome.is_binary else None)


def interval_of_counts(
    score: Callable[[Array], Array], outcome: Outcome, random: np.random.Generator
) -> tuple[float, float]:
    """The 95% interval of ``score`` over what the classes' true shares may be.

    Resampled rows never show a mistake that the test rows happen not to have, so a score of 1
    would have no width. So the classes share half a row that is right and half a row that is wrong
    beyond what was seen, as in Jeffreys' interval of a share (Brown, Cai and DasGupta, 2001).
    """
    size = len(outcome.labels)
    counts = _counts(size, outcome.truth, outcome.predicted)
    seen = counts.sum(1) > 0
    more = 0.5 / max(1, int(seen.sum()))
    prior = np.full((size, size), more / max(1, size - 1))
    np.fill_diagonal(prior, more)
    prior[~seen] = 0
    shares = random.standard_gamma(counts + prior, (_DRAWS, size, size))
    low, high = np.quantile(score(shares), _EDGES)
    return float(low), float(high)


def resampled_differences(
    score: Callable[[Array], Array], one: Outcome, other: Outcome, random: np.random.Generator
) -> Array:
    """``score`` of ``one`` minus that of ``other`` in resamples of their rows, which are the same.

    Rows of which both models say the same are alike, so it is enough to draw how many of each kind
    there are, whatever their number.
    """
    size = len(one.labels)
    kinds, rows = np.unique(
        (one.truth * size + one.predicted) * size + other.predicted, return_counts=True
    )
    truth, said, other_said = kinds // size**2, kinds // size % size, kinds % size
    drawn = random.multinomial(len(one), rows / rows.sum(), _DRAWS)
    both = []
    for predicted in (said, other_said):
        cells = np.eye(size * size)[truth * size + predicted]
        both.append(score((drawn @ cells).reshape(_DRAWS, size, size)))
    difference: Array = both[0] - both[1]
    return difference


def _counts(size: int, truth: Array, predicted: Array) -> Array:
    return np.bincount(truth * size + predicted, minlength=size * size).reshape(size, size)
