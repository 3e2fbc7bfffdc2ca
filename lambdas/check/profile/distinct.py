"""How many different values a column has: exact while they are few, estimated beyond.

The estimate keeps the k smallest hashes (Bar-Yossef et al., Counting Distinct Elements in a Data
Stream, 2002); its standard error is about 1/√k, which is 1.6% here.
"""

from dataclasses import dataclass, field

import numpy as np

from lambdas.check.profile.hashing import Hashes

EXACT_UP_TO = 4096
_ALL = 2.0**64


@dataclass
class DistinctValues:
    """The smallest hashes of a column's values, at most ``most``, missing ones left out."""

    most: int = EXACT_UP_TO
    hashes: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))

    @property
    def is_exact(self) -> bool:
        """Whether every value's hash is kept."""
        return len(self.hashes) < self.most

    @property
    def count(self) -> int:
        """How many different values there are."""
        if self.is_exact:
            return len(self.hashes)
        return round((self.most - 1) / (float(self.hashes[-1]) / _ALL))

    @property
    def limit(self) -> np.uint64:
        """Only hashes up to this one can change the count."""
        return np.uint64(2**64 - 1) if self.is_exact else np.uint64(self.hashes[-1])

    def add(self, smallest: Hashes) -> None:
        """Takes in the :func:`smallest_hashes` of more values."""
        if len(smallest):
            self.hashes = _different(np.concatenate([self.hashes, smallest]))[: self.most]


def smallest_hashes(hashes: Hashes, limit: np.uint64) -> Hashes:
    """The different hashes, in order, that may change a count whose ``limit`` this is."""
    return _different(hashes[hashes <= limit])[:EXACT_UP_TO]


def shared_values(one: DistinctValues, other: DistinctValues) -> tuple[int, bool]:
    """How many different values both have, and whether that is exact."""
    limit = min(one.limit, other.limit)
    few, more = (values.hashes[values.hashes <= limit] for values in (one, other))
    common = len(np.intersect1d(few, more, assume_unique=True))
    exact = one.is_exact and other.is_exact
    return common if exact else round(common / (float(limit) / _ALL)), exact


def _different(hashes: Hashes) -> Hashes:
    ordered = np.sort(hashes)
    different: Hashes = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    return different
