"""Predictions for the test rows and their true values, in as little memory as possible."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[Any]

_NO_VALUE = -1


@dataclass(frozen=True)
class Outcome:
    """``n`` rows: their predictions and, where they are known, their true values.

    For classes ``predicted`` (n) and ``truth`` (n) are places in ``labels``: first the ``classes``
    of the model in its own order (the second of two is the positive one), then those that only the
    test file has. A missing true value is -1. ``probabilities`` is
    (n, classes). For numbers ``labels`` is empty, ``predicted`` and ``truth`` are the values, NaN
    where missing, and ``probabilities`` is None.
    """

    predicted: Array
    truth: Array
    probabilities: Array | None
    labels: list[Any]

    def __len__(self) -> int:
        return len(self.predicted)

    @property
    def is_number(self) -> bool:
        """Whether a number is predicted."""
        return self.probabilities is None

    @property
    def is_binary(self) -> bool:
        """Whether there are two classes."""
        return len(self.classes) == 2

    @property
    def classes(self) -> list[Any]:
        """The classes that the model knows."""
        return [] if self.probabilities is None else self.labels[: self.probabilities.shape[1]]

    @property
    def unseen(self) -> list[Any]:
        """The classes that only the test file has."""
        return self.labels[len(self.classes) :]

    @property
    def has_unseen(self) -> bool:
        """Whether some of these rows have a class that the model does not know."""
        return not self.is_number and bool((self.truth >= len(self.classes)).any())

    @property
    def known_truth(self) -> list[int]:
        """The classes, of those that the model knows, that these rows truly have, as places."""
        places = np.unique(self.truth)
        return [int(place) for place in places if 0 <= place < len(self.classes)]

    @property
    def has_truth(self) -> Array:
        """Which rows have a true value, (n,)."""
        return ~np.isnan(self.truth) if self.is_number else self.truth != _NO_VALUE

    @property
    def is_wrong(self) -> Array:
        """Which rows were predicted wrong, (n,); only for classes."""
        wrong: Array = self.predicted != self.truth
        return wrong

    @property
    def positive_probability(self) -> Array:
        """The probability of the positive class, (n,); only for two classes."""
        assert self.probabilities is not None
        positive: Array = self.probabilities[:, 1].astype(float)
        return positive

    @property
    def is_positive(self) -> Array:
        """Which rows are actually positive, (n,); only for two classes."""
        positive: Array = self.truth == 1
        return positive

    @property
    def is_negative(self) -> Array:
        """Which rows are actually of the other class that the model knows, (n,)."""
        negative: Array = self.truth == 0
        return negative

    def at(self, rows: Array) -> "Outcome":
        """Only these ``rows``, given by number or by a mask."""
        kept = None if self.probabilities is None else self.probabilities[rows]
        return Outcome(self.predicted[rows], self.truth[rows], kept, self.labels)

    def scored(self) -> "Outcome":
        """The rows with a true value."""
        return self.at(self.has_truth)


@dataclass
class OutcomeParts:
    """An :class:`Outcome` that grows batch by batch."""

    classes: list[Any] | None
    _labels: dict[str, int] = field(default_factory=dict)
    _shown: list[Any] = field(default_factory=list)
    _predicted: list[Array] = field(default_factory=list)
    _truth: list[Array] = field(default_factory=list)
    _probabilities: list[Array] = field(default_factory=list)

    def __post_init__(self) -> None:
        for label in self.classes or []:
            self._place(label)

    def add(self, predicted: Array, probabilities: Array | None, truth: pd.Series | None) -> None:
        """Adds a batch.

        Args:
            predicted: (n,) values, or places in ``classes``.
            probabilities: (n, classes), or None for numbers.
            truth: (n,) the target column of the test file as it was read, or None.
        """
        if probabilities is None:
            self._predicted.append(predicted.astype(float))
            values = np.nan if truth is None else pd.to_numeric(truth, errors="coerce")
            self._truth.append(np.broadcast_to(np.asarray(values, float), predicted.shape))
            return
        self._predicted.append(predicted.astype(np.int32))
        self._probabilities.append(probabilities.astype(np.float32))
        self._truth.append(
            np.full(len(predicted), _NO_VALUE, np.int32) if truth is None else self._places(truth)
        )

    def last(self) -> Outcome:
        """The batch that was added last."""
        return self._joined(slice(-1, None))

    def whole(self) -> Outcome:
        """All batches."""
        return self._joined(slice(None))

    def _joined(self, which: slice) -> Outcome:
        kept = self._probabilities[which]
        return Outcome(
            np.concatenate(self._predicted[which]),
            np.concatenate(self._truth[which]),
            np.concatenate(kept) if kept else None,
            list(self._shown),
        )

    def _places(self, truth: pd.Series) -> Array:
        """A label is a class if it is written the same: a file with a missing label has 1.0 where
        the train file has 1."""
        codes, different = pd.factorize(truth)
        places = np.array([*map(self._place, different), _NO_VALUE], np.int32)
        found: Array = places[codes]
        return found

    def _place(self, label: Any) -> int:
        written = written_label(label)
        if written not in self._labels:
            self._labels[written] = len(self._labels)
            self._shown.append(plain_label(label))
        return self._labels[written]


def plain_label(label: Any) -> Any:
    """The class as people write it, as Python's own number or text: a whole number has a point only
    because another number of its column is not whole, or is missing."""
    label = label.item() if isinstance(label, np.generic) else label
    return int(label) if isinstance(label, float) and label.is_integer() else label


def written_label(label: Any) -> str:
    """The same as text."""
    return str(plain_label(label))
