"""What was predicted for many rows, added up batch by batch in little memory."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from training.model.outcome import Array, written_label

UNCERTAIN_BELOW = 0.6
QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
_BINS = 24


@dataclass
class ClassCounts:
    """How many rows got each of ``labels``; ``uncertain`` are those in which no class has a
    probability of ``UNCERTAIN_BELOW`` or more."""

    labels: list[Any]
    counts: Array = field(init=False)
    uncertain: int = 0

    def __post_init__(self) -> None:
        self.counts = np.zeros(len(self.labels), np.int64)

    def add(self, predicted: Array, probabilities: Array | None) -> None:
        """Adds a batch: places in ``labels`` (n), and probabilities (n, classes)."""
        assert probabilities is not None
        self.counts += np.bincount(predicted, minlength=len(self.labels))
        self.uncertain += int((probabilities.max(axis=1, initial=0) < UNCERTAIN_BELOW).sum())

    def as_json(self) -> dict[str, int]:
        """The rows of each class by its name, the most frequent first."""
        order = np.argsort(-self.counts, kind="stable")
        return {written_label(self.labels[place]): int(self.counts[place]) for place in order}


@dataclass
class NumberSpread:
    """The values that were predicted: eight bytes a row."""

    _values: list[Array] = field(default_factory=list)

    def add(self, predicted: Array, _: Array | None) -> None:
        """Adds a batch of values (n)."""
        self._values.append(predicted)

    @property
    def values(self) -> Array:
        """All values (n), float64."""
        return np.concatenate([np.empty(0), *self._values])

    def quantiles(self) -> dict[float, float]:
        """The values below which such a share of all lies; empty without any row."""
        values = self.values
        if not len(values):
            return {}
        found = np.quantile(values, QUANTILES)
        return {share: float(value) for share, value in zip(QUANTILES, found, strict=True)}

    def outside(self, low: float, high: float) -> int:
        """How many values lie outside these two."""
        values = self.values
        return int(((values < low) | (values > high)).sum())

    def histogram(self) -> tuple[Array, Array]:
        """The rows in each of some equal parts of the range, and where these begin and end."""
        rows, edges = np.histogram(self.values, _BINS)
        return rows, edges

    def as_json(self) -> dict[str, float]:
        """The mean and the quantiles."""
        values = self.values
        if not len(values):
            return {}
        names = ("min", *(f"q{share * 100:g}" for share in QUANTILES[1:-1]), "max")
        told = dict(zip(names, self.quantiles().values(), strict=True))
        return {"mean": float(values.mean()), "std": float(values.std()), **told}
