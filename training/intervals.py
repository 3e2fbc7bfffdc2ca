"""How sure a score is: what other test rows of the same kind would have given."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.outcome import Outcome
from training.scores import Undefined, value_of

_RESAMPLES = 1000
# Above this many rows the interval is narrow anyway, and each resample would take long.
_MOST_ROWS = 20_000
_RESAMPLES_OF_MANY_ROWS = 300
_CONFIDENCE = 0.95
_FEWEST_DEFINED = 0.9


@dataclass(frozen=True)
class Interval:
    """Where a score lies with ``confidence``, from so many resamples."""

    low: float
    high: float
    confidence: float
    resamples: int


def interval(
    outcome: Outcome, score: Callable[[Outcome], Any], value: float, seed: int = 0
) -> Interval | None:
    """The bootstrap interval of ``score``, whose value on all rows is ``value``.

    The percentile method: the score of many samples of the rows, drawn with replacement (Efron and
    Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13). Of many rows each sample takes
    ``m`` of ``n``, and what it is off is narrowed by √(m/n) (Bickel, Götze and van Zwet, Resampling
    fewer than n observations, 1997). None where the score is undefined for many of the samples.
    """
    rows = len(outcome)
    size = min(rows, _MOST_ROWS)
    resamples = _RESAMPLES if rows <= _MOST_ROWS else _RESAMPLES_OF_MANY_ROWS
    random = np.random.default_rng(seed)
    found = []
    for _ in range(resamples):
        try:
            found.append(value_of(score, outcome.at(random.integers(0, rows, size))))
        except Undefined:
            continue
    if rows < 2 or len(found) < _FEWEST_DEFINED * resamples:
        return None
    edges = [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2]
    off = (np.quantile(found, edges) - value) * np.sqrt(size / rows)
    return Interval(value + off[0], value + off[1], _CONFIDENCE, len(found))
