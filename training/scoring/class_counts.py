"""Scores of predicted classes: functions of the confusion matrix, or of many at once."""

from collections.abc import Callable

import numpy as np

from training.model.outcome import Array, Outcome

_DRAWS = 1000
_MOST_LABELS = 40
_EDGES = (0.025, 0.975)


def counted(places: Array, end: int) -> tuple[Array, Array]:
    """The different ``places``, of 0 to below ``end``, in order, and how often each is there."""
    if end > len(places):
        different, times = np.unique(places, return_counts=True)
        return different, times
    times = np.bincount(places, minlength=end)
    different = np.flatnonzero(times)
    return different, times[different]


def _divided(part: Array, whole: Array) -> Array:
    """0 where there is nothing to divide by, as in scikit-learn's means."""
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
    """The mean over the classes that have a true or a predicted row."""
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
    """The score as a function of counts (..., true, predicted); None if it is not such a score, or
    if there are too many classes to draw so many matrices."""
    if outcome.is_number or len(outcome.labels) > _MOST_LABELS:
        return None
    return _OF_ALL.get(metric) or (_OF_POSITIVE.get(metric) if outcome.is_binary else None)


def interval_of_counts(
    score: Callable[[Array], Array], outcome: Outcome, random: np.random.Generator
) -> tuple[float, float]:
    """The 95% interval of ``score`` over what the true shares may be.

    Resampled rows never have a mistake that the test rows happen not to have, so the interval of a
    score of 1 would have no width. So half a right row and half a wrong one, spread over the
    classes, are added to the counts, as in Jeffreys' interval of a share (Brown, Cai and DasGupta,
    2001).
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
    """``score`` of ``one`` minus that of ``other``, in resamples of the rows that both predicted.

    Rows with the same truth and the same two predictions are interchangeable, so only the number of
    rows of each kind is drawn, however many rows there are.
    """
    size = len(one.labels)
    kinds, rows = counted((one.truth * size + one.predicted) * size + other.predicted, size**3)
    truth, predicted, other_predicted = kinds // size**2, kinds // size % size, kinds % size
    drawn = random.multinomial(len(one), rows / rows.sum(), _DRAWS)
    both = []
    for classes in (predicted, other_predicted):
        cells = np.eye(size * size)[truth * size + classes]
        both.append(score((drawn @ cells).reshape(_DRAWS, size, size)))
    difference: Array = both[0] - both[1]
    return difference


def _counts(size: int, truth: Array, predicted: Array) -> Array:
    return np.bincount(truth * size + predicted, minlength=size * size).reshape(size, size)
