"""The hashes of a file's rows, from which equal rows are found.

Up to a limit every row is kept. Beyond it the rows whose hash is below a threshold are: equal rows
are kept or dropped together, so what is found among the kept ones holds for all of them in
proportion.
"""

from dataclasses import dataclass, field

import numpy as np

from lambdas.check.profile.hashing import MISSING_HASH, Hashes

MOST_KEPT = 8_000_000


@dataclass
class RowHashes:
    """Hashes of the features and of the label of each row, in the order in which they came."""

    most: int = MOST_KEPT
    threshold: int = 2**64
    rows: int = 0
    _features: list[Hashes] = field(default_factory=list)
    _labels: list[Hashes] = field(default_factory=list)
    _kept: int = 0

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
        self._keep(features, labels)
        while self._kept > self.most:
            self.threshold //= 2
            every_feature, every_label = self.features, self.labels
            self._features, self._labels, self._kept = [], [], 0
            self._keep(every_feature, every_label)

    def are_those_of(self, other: "RowHashes") -> bool:
        """Whether both have the same rows, each as often, in whatever order they came."""
        if (self.rows, self.threshold) != (other.rows, other.threshold):
            return False
        here, there = (_row_hashes(rows.features, rows.labels) for rows in (self, other))
        return np.array_equal(np.sort(here), np.sort(there))

    @property
    def features(self) -> Hashes:
        """The hash of each kept row's features."""
        return np.concatenate([np.empty(0, np.uint64), *self._features])

    @property
    def labels(self) -> Hashes:
        """The hash of each kept row's label."""
        return np.concatenate([np.empty(0, np.uint64), *self._labels])

    def below(self, threshold: int) -> "RowHashes":
        """Those of the kept rows that a lower threshold would have kept, too."""
        if threshold == self.threshold:
            return self
        found = RowHashes(self.most, threshold, self.rows)
        found._keep(self.features, self.labels)
        return found

    def _keep(self, features: Hashes, labels: Hashes) -> None:
        if not self.is_exact:
            kept = features < np.uint64(self.threshold)
            features, labels = features[kept], labels[kept]
        self._features.append(features)
        self._labels.append(labels)
        self._kept += len(features)


@dataclass(frozen=True)
class Repetition:
    """Rows that say the same. ``exact`` is False where they were counted in a sample of rows."""

    duplicates: int
    conflicts: int
    exact: bool


def repetition(rows: RowHashes) -> Repetition:
    """How many rows repeat an earlier one, and how many have features that another row has with
    another label."""
    features, labels = rows.features, rows.labels
    repeated = _repeated(features)
    among = np.isin(features, repeated) if len(repeated) else np.zeros(len(features), bool)
    features, labels = features[among], labels[among]
    order = np.lexsort((labels, labels == MISSING_HASH, features))
    features, labels = features[order], labels[order]
    same_features = features[1:] == features[:-1]
    same_rows = same_features & (labels[1:] == labels[:-1])
    group = np.concatenate([[0], np.cumsum(~same_features)]) if len(features) else np.empty(0, int)
    # Rows without a label contradict nobody.
    known = labels != MISSING_HASH
    torn = np.unique(group[1:][same_features & ~same_rows & known[1:] & known[:-1]])
    return Repetition(
        round(int(same_rows.sum()) / rows.share),
        round(int((np.isin(group, torn) & known).sum()) / rows.share),
        rows.is_exact,
    )


def _repeated(features: Hashes) -> Hashes:
    ordered = np.sort(features)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


class Overlap:
    """Which rows of the test file are also in the train file."""

    def __init__(self, test: RowHashes, with_label: bool) -> None:
        self._with_label = with_label
        self._share = test.share
        self.is_exact = test.is_exact
        hashes = self._row_hashes(test.features, test.labels)
        self._rows, self._times = np.unique(hashes, return_counts=True)
        self._found = np.zeros(len(self._rows), bool)

    def look_up(self, features: Hashes, labels: Hashes) -> None:
        """Marks the test rows that are among these rows of the train file."""
        if not len(self._rows):
            return
        hashes = self._row_hashes(features, labels)
        places = np.searchsorted(self._rows, hashes)
        places[places == len(self._rows)] = 0
        self._found[places[self._rows[places] == hashes]] = True

    @property
    def rows(self) -> int:
        """How many rows of the test file are in the train file, too."""
        return round(int(self._times[self._found].sum()) / self._share)

    @property
    def different_rows(self) -> tuple[int, int]:
        """How many different rows of the test file are in the train file, too, and how many there
        are."""
        return round(int(self._found.sum()) / self._share), round(len(self._rows) / self._share)

    @property
    def is_whole(self) -> bool:
        """Whether every row of the test file is in the train file, too."""
        return bool(self._found.all())

    def _row_hashes(self, features: Hashes, labels: Hashes) -> Hashes:
        return _row_hashes(features, labels) if self._with_label else features


def _row_hashes(features: Hashes, labels: Hashes) -> Hashes:
    return features + labels * np.uint64(3)
