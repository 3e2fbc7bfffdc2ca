"""The hashes of a file's rows, from which equal rows are found.

Up to a limit every row is kept. Beyond it the rows whose hash is below a threshold are: equal rows
are kept or dropped together, so what is found among the kept ones holds for all of them in
proportion.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from lambdas.check.profile.hashing import MISSING_HASH, Hashes
from lambdas.check.profile.ordered import different

MOST_KEPT = 8_000_000
_PLACES_A_ROW = 4
# The last bits tell a part of the rows, and only low hashes may be kept.
_MIDDLE = np.uint64(20)
_MOST_CODES = 256
# So many are compared at once that they stay near the processor.
_ROWS_A_PART = 32_768
_MOST_BITS_OF_A_PART = 8
_ROWS_A_PIECE = 65_536
_NO_HASHES = np.empty(0, np.uint64)


@dataclass
class _LabelCodes:
    """Short codes for the hashes of labels, as long as there are few different ones."""

    different: Hashes = field(default_factory=lambda: _NO_HASHES)
    are_few: bool = True
    _order: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def coded(self, labels: Hashes) -> npt.NDArray[Any]:
        """A code for each label; the hashes themselves once there are too many."""
        if not len(self.different):
            self._know(labels[:1])
        if not self.are_few or not len(labels):
            return labels
        codes = self._codes(labels)
        is_new = self.different[codes] != labels
        if is_new.any():
            self._know(different(labels[is_new]))
            if not self.are_few:
                return labels
            codes = self._codes(labels)
        return codes.astype(np.uint8)

    def hashes(self, coded: npt.NDArray[Any]) -> Hashes:
        """The hashes for which :meth:`coded` gave these."""
        hashes: Hashes = coded if coded.dtype == np.uint64 else self.different[coded]
        return hashes

    def _know(self, new: Hashes) -> None:
        self.different = np.concatenate([self.different, new])
        self.are_few = len(self.different) <= _MOST_CODES
        self._order = np.argsort(self.different)

    def _codes(self, labels: Hashes) -> npt.NDArray[np.int64]:
        places = np.searchsorted(self.different, labels, sorter=self._order)
        codes: npt.NDArray[np.int64] = self._order[np.minimum(places, len(self._order) - 1)]
        return codes


@dataclass
class RowHashes:
    """Hashes of the features and of the label of each row, in the order in which they came; of
    ``rows`` rows so many are ``kept``.

    They stand in one array as long as ``most``: what is not written yet takes no memory, and what
    is dropped leaves no gaps in it.
    """

    most: int = MOST_KEPT
    threshold: int = 2**64
    rows: int = 0
    kept: int = 0
    _features: Hashes = field(default_factory=lambda: _NO_HASHES)
    _labels: npt.NDArray[Any] = field(default_factory=lambda: np.empty(0, np.uint8))
    _codes: _LabelCodes = field(default_factory=_LabelCodes)
    # Where each part of a piece ends, once they are sorted by it.
    _ends: list[npt.NDArray[np.int64]] = field(default_factory=list)

    @property
    def is_exact(self) -> bool:
        """Whether every row is kept."""
        return self.threshold == 2**64

    @property
    def share(self) -> float:
        """The share of different rows that is kept."""
        return self.threshold / 2**64

    def add(self, features: Hashes, labels: Hashes) -> None:
        """Takes in the rows of one block."""
        self.rows += len(features)
        features, labels = self._below_threshold(features, labels)
        while self.kept + len(features) > self.most:
            self.threshold //= 2
            self._drop()
            features, labels = self._below_threshold(features, labels)
        self._append(features, labels)

    @property
    def blocks(self) -> Iterator[tuple[Hashes, Hashes]]:
        """The hashes of the features and of the labels, some rows at a time: all of them at once
        take much memory."""
        for piece in self._pieces:
            yield self._features[piece], self._codes.hashes(self._labels[piece])

    @property
    def features(self) -> Hashes:
        """The hash of each kept row's features."""
        return self._features[: self.kept]

    @property
    def labels(self) -> Hashes:
        """The hash of each kept row's label."""
        return self._codes.hashes(self._labels[: self.kept])

    def below(self, threshold: int) -> "RowHashes":
        """Those of the kept rows that a lower threshold would have kept, too."""
        if threshold == self.threshold:
            return self
        found = RowHashes(self.most, threshold, self.rows)
        for features, labels in self.blocks:
            found._append(*found._below_threshold(features, labels))
        return found

    def sort_by_part(self, parts: int) -> None:
        """Puts the rows in the order of their parts, piece by piece; the last bits of the features
        tell the part, so rows with the same ones are in the same part."""
        last_bits = np.uint64(parts - 1)
        self._ends = []
        for piece in self._pieces:
            part = (self._features[piece] & last_bits).astype(np.uint8)
            order = np.argsort(part, kind="stable")
            self._features[piece] = self._features[piece][order]
            self._labels[piece] = self._labels[piece][order]
            self._ends.append(piece.start + np.cumsum(np.bincount(part, minlength=parts)))

    def features_of(self, part: int) -> Hashes:
        """The hash of the features of each row of a part, once the rows are sorted by it."""
        return np.concatenate([_NO_HASHES, *(self._features[rows] for rows in self._rows_of(part))])

    def labels_of(self, part: int) -> Hashes:
        """The hash of the label of each row of a part, once the rows are sorted by it."""
        labels = (self._codes.hashes(self._labels[rows]) for rows in self._rows_of(part))
        return np.concatenate([_NO_HASHES, *labels])

    def _rows_of(self, part: int) -> Iterator[slice]:
        for piece, ends in zip(self._pieces, self._ends, strict=True):
            yield slice(ends[part - 1] if part else piece.start, ends[part])

    @property
    def _pieces(self) -> Iterator[slice]:
        for start in range(0, self.kept, _ROWS_A_PIECE):
            yield slice(start, min(start + _ROWS_A_PIECE, self.kept))

    def _below_threshold(self, features: Hashes, labels: Hashes) -> tuple[Hashes, Hashes]:
        if self.is_exact:
            return features, labels
        kept = features < np.uint64(self.threshold)
        return features[kept], labels[kept]

    def _drop(self) -> None:
        """Drops the rows that are not below the threshold any more."""
        end = 0
        for piece in self._pieces:
            kept = self._features[piece] < np.uint64(self.threshold)
            begin, end = end, end + int(np.count_nonzero(kept))
            self._features[begin:end] = self._features[piece][kept]
            self._labels[begin:end] = self._labels[piece][kept]
        self.kept = end

    def _append(self, features: Hashes, labels: Hashes) -> None:
        if not len(features):
            return
        coded = self._codes.coded(labels)
        if not len(self._features):
            self._features = np.empty(self.most, np.uint64)
            self._labels = np.empty(self.most, coded.dtype)
        if coded.dtype != self._labels.dtype:
            hashes = np.empty(self.most, np.uint64)
            for piece in self._pieces:
                hashes[piece] = self._codes.hashes(self._labels[piece])
            self._labels = hashes
        begin, self.kept = self.kept, self.kept + len(features)
        self._features[begin : self.kept] = features
        self._labels[begin : self.kept] = coded


@dataclass(frozen=True)
class Repetition:
    """Rows that say the same. ``exact`` is False where they were counted in a sample of rows."""

    duplicates: int
    conflicts: int
    exact: bool


def repetition(rows: RowHashes) -> Repetition:
    """How many rows repeat an earlier one, and how many have features that another row has with
    another label."""
    features, labels = _repeated(rows)
    order = np.lexsort((labels, labels == MISSING_HASH, features))
    features, labels = features[order], labels[order]
    same_features = features[1:] == features[:-1]
    same_rows = same_features & (labels[1:] == labels[:-1])
    group = np.concatenate([[0], np.cumsum(~same_features)]) if len(features) else np.empty(0, int)
    # Rows without a label contradict nobody.
    known = labels != MISSING_HASH
    torn = different(group[1:][same_features & ~same_rows & known[1:] & known[:-1]])
    return Repetition(
        round(int(same_rows.sum()) / rows.share),
        round(int((np.isin(group, torn) & known).sum()) / rows.share),
        rows.is_exact,
    )


def _repeated(rows: RowHashes) -> tuple[Hashes, Hashes]:
    """The features that more than one row has, with the label of each of these rows."""
    features, labels = [_NO_HASHES], [_NO_HASHES]
    parts = 1 << min(_MOST_BITS_OF_A_PART, (rows.kept // _ROWS_A_PART).bit_length())
    rows.sort_by_part(parts)
    for part in range(parts):
        some = rows.features_of(part)
        ordered = np.sort(_perhaps_repeated(some))
        repeated = ordered[1:][ordered[1:] == ordered[:-1]]
        if len(repeated):
            among = np.isin(some, repeated)
            features.append(some[among])
            labels.append(rows.labels_of(part)[among])
    return np.concatenate(features), np.concatenate(labels)


def _perhaps_repeated(hashes: Hashes) -> Hashes:
    """The hashes of which others have the same bits in the middle, which are a quarter of those
    that are there only once: to sort all of them takes several times as long."""
    places = 1 << (_PLACES_A_ROW * len(hashes)).bit_length()
    place = ((hashes >> _MIDDLE) & np.uint64(places - 1)).view(np.int64)
    last, numbers = np.empty(places, np.int32), np.arange(len(hashes), dtype=np.int32)
    last[place] = numbers
    is_shared = np.zeros(places, bool)
    is_shared[place[last[place] != numbers]] = True
    some: Hashes = hashes[is_shared[place]]
    return some
