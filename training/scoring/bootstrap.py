"""Intervals from resamples of the rows, drawn with replacement."""

from collections.abc import Callable, Iterator

import numpy as np
from scipy import stats

from training.model.outcome import Array

_RESAMPLES = 1000
# Above this many rows the interval is narrow anyway, and each resample takes long.
_MOST_ROWS = 20_000
_RESAMPLES_OF_MANY_ROWS = 300
_RESAMPLES_FOR_AN_ERROR = 200
_FEWEST_DEFINED = 0.9
_JACKKNIFE_GROUPS = 100
_EDGES = np.array([0.025, 0.975])
_CELLS_AT_ONCE = 2_000_000


def interval_of_positive_mean(
    values: Array, random: np.random.Generator
) -> tuple[float, float] | None:
    """The 95% interval of the mean of ``values`` (n,), none of them negative, by the bootstrap-t.

    The distance of each resample is measured in its own standard error, on the scale of the mean's
    logarithm. That suits skewed values such as squared errors, for which percentiles are too narrow
    (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 12). None if nothing
    varies.
    """
    mean, error = float(values.mean()), _standard_error(values)
    if not error > 0:
        return None
    t = []
    for drawn in _drawn(values, random):
        means = np.maximum(drawn.mean(axis=1), 1e-9 * mean)
        relative = np.maximum(_standard_error(drawn), 1e-9 * error) / means
        t.append(np.log(means / mean) / relative)
    low, high = mean * np.exp(-np.quantile(np.concatenate(t), _EDGES[::-1]) * error / mean)
    return float(low), float(high)


def interval_of_score(
    score: Callable[[Array], float | None], rows: int, value: float, random: np.random.Generator
) -> tuple[float, float] | None:
    """The 95% interval of any score.

    Bias-corrected and accelerated (BCa; Efron and Tibshirani, chapter 14). Where there are many
    rows each resample takes ``m`` of ``n``, and its deviation is scaled by √(m/n) (Bickel, Götze
    and van Zwet, Resampling fewer than n observations, 1997); so many rows need no correction.

    Args:
        score: the score of the rows with these numbers, None where it is undefined.
        rows: the number of rows.
        value: the score of all rows.
        random: draws the resamples.

    Returns:
        None where the score is undefined for many of the resamples, or the same in all of them.
    """
    size = min(rows, _MOST_ROWS)
    resamples = _RESAMPLES if rows <= _MOST_ROWS else _RESAMPLES_OF_MANY_ROWS
    drawn = [score(random.integers(0, rows, size)) for _ in range(resamples)]
    found = np.array([one for one in drawn if one is not None])
    if rows < 2 or len(found) < _FEWEST_DEFINED * resamples or np.ptp(found) == 0:
        return None
    if size < rows:
        low, high = value + (np.quantile(found, _EDGES) - value) * np.sqrt(size / rows)
    else:
        low, high = np.quantile(found, _corrected_edges(found, value, score, rows, random))
    return float(low), float(high)


def standard_error_of_score(
    score: Callable[[Array], float | None], rows: int, random: np.random.Generator
) -> float | None:
    """The standard error of such a score, from few resamples: for comparing many models at once.

    None where the score is undefined for many of the resamples, or the same in all of them.
    """
    size = min(rows, _MOST_ROWS)
    drawn = [score(random.integers(0, rows, size)) for _ in range(_RESAMPLES_FOR_AN_ERROR)]
    found = np.array([one for one in drawn if one is not None])
    if rows < 2 or len(found) < _FEWEST_DEFINED * len(drawn) or np.ptp(found) == 0:
        return None
    return float(found.std(ddof=1) * np.sqrt(size / rows))


def _corrected_edges(
    found: Array,
    value: float,
    score: Callable[[Array], float | None],
    rows: int,
    random: np.random.Generator,
) -> Array:
    below = (np.mean(found < value) + np.mean(found <= value)) / 2
    bias = stats.norm.ppf(np.clip(below, 1 / len(found), 1 - 1 / len(found)))
    groups = np.array_split(random.permutation(rows), min(rows, _JACKKNIFE_GROUPS))
    without = [score(np.setdiff1d(np.arange(rows), group)) for group in groups]
    left = np.array([one for one in without if one is not None])
    off = left.mean() - left
    spread = (off**2).sum() ** 1.5
    acceleration = (off**3).sum() / (6 * spread) if spread > 0 else 0.0
    z = bias + stats.norm.ppf(_EDGES)
    edges: Array = stats.norm.cdf(bias + z / np.maximum(1 - acceleration * z, 0.1))
    return edges


def _drawn(values: Array, random: np.random.Generator) -> Iterator[Array]:
    """(some, n) resamples of the values; m of n where there are many, as t does not depend on n."""
    size = min(len(values), _MOST_ROWS)
    resamples = _RESAMPLES if len(values) <= _MOST_ROWS else _RESAMPLES_OF_MANY_ROWS
    at_once = max(1, _CELLS_AT_ONCE // size)
    for first in range(0, resamples, at_once):
        drawn = random.integers(0, len(values), (min(at_once, resamples - first), size))
        yield values[drawn]


def _standard_error(values: Array) -> Array:
    if values.shape[-1] < 2:
        return np.zeros(values.shape[:-1])
    error: Array = values.std(axis=-1, ddof=1) / np.sqrt(values.shape[-1])
    return error
