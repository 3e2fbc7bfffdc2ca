"""Rows of the test file that are rows of the train file but for one value.

The columns are dealt into two halves. Rows that differ in one column agree in one of the halves, so
those rows are kept whose hash of a half is among the smallest: both files keep or drop such rows
together, in bounded memory. What is found among the kept ones holds for all rows in proportion.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from lambdas.check.profile.hashing import MISSING_HASH, Hashes
from lambdas.check.profile.row_names import has_name_of_identifier

_MOST_ROWS = 5_000
_MOST_CELLS = 500_000
_FEWEST_ROWS = 100
# More train rows that agree in a half with one test row are no copies of it.
_MOST_ALIKE = 20
_NO_LIMIT = 2**64

Places = npt.NDArray[np.int64]


def rows_to_keep(columns: int) -> int:
    """How many rows of so many columns are worth their memory, for each half."""
    return max(_FEWEST_ROWS, min(_MOST_ROWS, _MOST_CELLS // max(1, columns)))


def dealt(names: Collection[str], apart: Collection[str]) -> dict[str, int]:
    """For each of these columns its half, 0 or 1, the same in both files; 2 for those that are kept
    ``apart`` or are called like an identifier: they differ where everything else is the same."""
    are_apart = {name for name in names if name in apart or has_name_of_identifier(name)}
    others = sorted(set(names) - are_apart)
    halves = {name: place % 2 for place, name in enumerate(others)}
    return halves | dict.fromkeys(are_apart, 2)


@dataclass
class KeptRows:
    """Rows whose hash of one half is below ``limit``: these hashes as ``keys``, the rows' numbers
    in the file, and the hashes of their values, column by column."""

    most: int
    limit: int = _NO_LIMIT
    keys: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))
    rows: Places = field(default_factory=lambda: np.empty(0, np.int64))
    values: dict[str, Hashes] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """The share of the different halves that is kept."""
        return self.limit / _NO_LIMIT

    def add(self, keys: Hashes, first_row: int, columns: Mapping[str, Hashes]) -> None:
        """Takes in the rows of one block."""
        chosen = np.flatnonzero(self._are_kept(keys))
        if not len(chosen):
            return
        every, gone = np.concatenate([self.keys, keys[chosen]]), np.empty(0, np.int64)
        if len(every) > self.most:
            # All rows with one hash are kept or dropped, as they are in the other file.
            self.limit = int(np.partition(every, self.most)[self.most])
            chosen = chosen[self._are_kept(keys[chosen])]
            gone = np.flatnonzero(~self._are_kept(self.keys))
        nothing = np.empty(0, np.uint64)
        self.keys = _exchanged(self.keys, gone, keys[chosen])
        self.rows = _exchanged(self.rows, gone, chosen + first_row)
        for name, hashes in columns.items():
            self.values[name] = _exchanged(self.values.get(name, nothing), gone, hashes[chosen])

    def in_order(self) -> "KeptRows":
        """The same rows in the order in which they stand in the file."""
        order = np.argsort(self.rows)
        values = {name: hashes[order] for name, hashes in self.values.items()}
        return KeptRows(self.most, self.limit, self.keys[order], self.rows[order], values)

    def _are_kept(self, keys: Hashes) -> npt.NDArray[np.bool_]:
        if self.limit == _NO_LIMIT:
            return np.ones(len(keys), bool)
        return keys < np.uint64(self.limit)


def _exchanged(kept: npt.NDArray[Any], gone: Places, new: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """``kept`` with the ``new`` ones instead of those at the places ``gone``; few of many change,
    so it is changed in place where that can be."""
    both = min(len(gone), len(new))
    kept[gone[:both]] = new[:both]
    if both < len(gone):
        return np.delete(kept, gone[both:])
    return np.concatenate([kept, new[both:]]) if both < len(new) else kept


@dataclass
class RowHalves:
    """The kept rows of one file, by either half."""

    first: KeptRows
    second: KeptRows
    seen: int = 0

    @classmethod
    def of(cls, columns: int) -> "RowHalves":
        """Nothing yet, for a file of so many columns."""
        most = rows_to_keep(columns)
        return cls(KeptRows(most), KeptRows(most))

    def add(self, halves: Sequence[Hashes], columns: Mapping[str, Hashes]) -> None:
        """Takes in a block: the hashes of both halves of its rows, and of their values."""
        for kept, keys in zip((self.first, self.second), halves, strict=True):
            kept.add(keys, self.seen, columns)
        self.seen += len(halves[0])


@dataclass(frozen=True)
class NearRows:
    """How many test rows are a train row but for one value, and the rows for each column in which
    they differ; ``exact`` is False where that was counted among some of the rows."""

    rows: int
    differing: Counter[str]
    exact: bool


def near_rows(
    test: RowHalves, train: RowHalves, features: Collection[str], target: str, telling: set[str]
) -> NearRows:
    """The test rows that differ from a train row in one value, or in the target alone.

    Args:
        test: the rows of the test file.
        train: those of the train file.
        features: the columns to compare, of those that both files have.
        target: the column to predict.
        telling: columns whose values hardly come back by chance; the rows must agree in three.
    """
    found: dict[int, str] = {}
    estimate, exact = 0.0, True
    for is_first, (here, there) in enumerate(
        [(test.second, train.second), (test.first, train.first)]
    ):
        near = _near(here.in_order(), there.in_order(), features, target, telling)
        if is_first == 0:
            counted = near
        else:
            # Rows that differ in the target alone are found in both halves.
            counted = {row: column for row, column in near.items() if column != target}
        share = min(here.share, there.share)
        exact = exact and share == 1
        estimate += len(counted.keys() - found.keys()) / share if share else 0
        found |= {row: column for row, column in counted.items() if row not in found}
    return NearRows(round(estimate), Counter(found.values()), exact)


def _near(
    here: KeptRows, there: KeptRows, features: Collection[str], target: str, telling: set[str]
) -> dict[int, str]:
    """For each such row of ``here``, its number and the column in which it differs."""
    ours, theirs = _pairs(here, there)
    compared = [name for name in features if name in here.values and name in there.values]
    if not len(ours) or not compared:
        return {}
    differ = np.zeros(len(ours), np.int64)
    agree = np.zeros(len(ours), np.int64)
    which = np.full(len(ours), -1)
    for place, name in enumerate(compared):
        one = here.values[name][ours] != there.values[name][theirs]
        differ += one
        which[one] = place
        if name in telling:
            agree += ~one & (here.values[name][ours] != MISSING_HASH)
    other = np.zeros(len(ours), bool)
    if target in here.values and target in there.values:
        label = here.values[target][ours]
        other = (label != there.values[target][theirs]) & (label != MISSING_HASH)
    # The same row is told as such.
    same = set(here.rows[ours[(differ == 0) & ~other]].tolist())
    is_near = (agree >= _FEWEST_TELLING) & ((differ == 1) | ((differ == 0) & other))
    names = [*compared, target]
    return {
        int(row): names[place]
        for row, place in zip(here.rows[ours[is_near]], which[is_near], strict=True)
        if int(row) not in same
    }


_FEWEST_TELLING = 3


def _pairs(here: KeptRows, there: KeptRows) -> tuple[Places, Places]:
    """The places of all kept rows of both files that agree in the half; none for those that agree
    with very many."""
    order = np.argsort(there.keys, kind="stable")
    ordered = there.keys[order]
    begins = np.searchsorted(ordered, here.keys, "left")
    counts = np.searchsorted(ordered, here.keys, "right") - begins
    limit = min(here.limit, there.limit)
    counts[counts > _MOST_ALIKE] = 0
    if limit != _NO_LIMIT:
        counts[here.keys >= np.uint64(limit)] = 0
    ours = np.repeat(np.arange(len(here.keys)), counts)
    ends = np.cumsum(counts)
    within = np.arange(len(ours)) - np.repeat(ends - counts, counts)
    return ours, order[np.repeat(begins, counts) + within]
