"""How many different values a column has: exact while they are few, estimated beyond.

The estimate keeps the k smallest hashes (Bar-Yossef et al., Counting Distinct Elements in a Data
Stream, 2002); its standard error is about 1/√k, which is 1.6% here.
"""

from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from lambdas.check.profile.hashing import Hashes
from lambdas.check.profile.ordered import different, each_once

EXACT_UP_TO = 4096
_ALL = 2.0**64
# Of so many times more hashes than may be kept a few too many are sorted.
_MARGIN = 1.25
_EVERY_HASH = np.uint64(2**64 - 1)
_SLOTS_A_VALUE = 2
# A sieve that lacks but a share of 1/_FEW is quicker than to make a new one.
_FEW = 16


@dataclass(frozen=True)
class Sieve:
    """Holds back the hashes that can't change a column's number of different values: those above
    ``limit``, and those that are counted.

    A counted hash stands in ``counted`` at the place that its last bits tell, unless another one
    does. To look there is quicker than to sort all rows of a block, most of which come back in the
    next one.
    """

    limit: np.uint64 = _EVERY_HASH
    counted: Hashes | None = None

    @classmethod
    def of(cls, limit: np.uint64, hashes: Hashes) -> Self:
        """The sieve once these are counted."""
        slots = 2 << (_SLOTS_A_VALUE * len(hashes)).bit_length()
        counted = np.zeros(slots, np.uint64)
        # Not a hash of the first place, which would otherwise seem to have 0.
        counted[0] = 1
        counted[hashes & np.uint64(slots - 1)] = hashes
        return cls(limit, counted)

    def fresh(self, hashes: Hashes) -> Hashes:
        """Those of ``hashes`` that may change the number, each once and in order."""
        if self.limit != _EVERY_HASH:
            hashes = hashes[hashes <= self.limit]
        if self.counted is not None and len(hashes):
            places = hashes & np.uint64(len(self.counted) - 1)
            hashes = hashes[self.counted[places.view(np.int64)] != hashes]
        return _smallest(hashes)


@dataclass
class DistinctValues:
    """The smallest hashes of a column's values, at most ``most``, missing ones left out."""

    most: int = EXACT_UP_TO
    hashes: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))
    _sieve: Sieve = field(default_factory=Sieve)
    _added: int = 0

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
        return _EVERY_HASH if self.is_exact else np.uint64(self.hashes[-1])

    @property
    def sieve(self) -> Sieve:
        """What holds back values that need not be added, or nearly all of these."""
        if self._added > len(self.hashes) // _FEW:
            self._sieve, self._added = Sieve.of(self.limit, self.hashes), 0
        elif self._sieve.limit != self.limit:
            self._sieve = replace(self._sieve, limit=self.limit)
        return self._sieve

    def add(self, fresh: Hashes) -> None:
        """Takes in the hashes of more values, each once and in order, as a :class:`Sieve` lets them
        through."""
        if not len(fresh):
            return
        # Of two runs that are in order the stable way makes one.
        both = np.concatenate([self.hashes, fresh])
        both.sort(kind="stable")
        every = each_once(both)
        self._added += len(every) - len(self.hashes)
        self.hashes = every[: self.most]


def shared_values(one: DistinctValues, other: DistinctValues) -> tuple[int, bool]:
    """How many different values both have, and whether that is exact."""
    limit = min(one.limit, other.limit)
    few, more = (values.hashes[values.hashes <= limit] for values in (one, other))
    common = len(np.intersect1d(few, more, assume_unique=True))
    exact = one.is_exact and other.is_exact
    return common if exact else round(common / (float(limit) / _ALL)), exact


def _smallest(hashes: Hashes) -> Hashes:
    """The smallest of the hashes, each once and in order; as many as may be kept."""
    wanted = _MARGIN * EXACT_UP_TO
    if len(hashes) > 2 * wanted:
        # To sort all of them takes longer, and of many values each is mostly another: so many of
        # them are below this share of all hashes.
        limit = np.uint64(_ALL * wanted / len(hashes))
        some = different(hashes[hashes <= limit])
        if len(some) >= EXACT_UP_TO:
            return some[:EXACT_UP_TO]
    return different(hashes)[:EXACT_UP_TO]
