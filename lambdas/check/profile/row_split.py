"""Which rows of a single file are tested, by a rule that gives the same rows every time.

Only rows with a label are tested, and all shares are shares of them: a row without one can't be
scored, so it stays among the rows to learn from, where it is left out.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from lambdas.check.profile.hashing import Hashes, mixed
from lambdas.check.profile.row_keys import NO_CLASS, Codes
from lambdas.check.profile.times import NO_TIME, Times

Rule = Literal["stratified", "random", "time", "group"]
Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]

_SEED = 0
# So many rows are looked at at once, whatever the file's size.
_ROWS_AT_ONCE = 1 << 20
# Of small groups the first ones in their order come within less than one group of the share.
_GROUPS_TRIED = 10_000


@dataclass(frozen=True)
class RowSplit:
    """The rows of a file that are tested, by which ``rule`` and, perhaps, which ``column``.

    ``labelled`` are the rows with a label. ``oldest`` is the oldest time that is tested, as people
    write it, and ``groups`` the number of groups that are learned from and tested, for these rules.
    """

    is_tested: Mask
    rule: Rule
    labelled: int
    column: str = ""
    oldest: str = ""
    groups: tuple[int, int] = (0, 0)

    @property
    def tested(self) -> int:
        """How many rows are tested."""
        return int(np.count_nonzero(self.is_tested))

    @property
    def share(self) -> float:
        """The share of the rows with a label that is tested."""
        return self.tested / self.labelled if self.labelled else 0.0

    @property
    def mask(self) -> bytes:
        """One bit for each row, as numpy.packbits packs them; 1 is a row that is tested."""
        return np.packbits(self.is_tested).tobytes()

    def as_json(self) -> dict[str, Any]:
        """The split for check.json."""
        return {
            "rows": len(self.is_tested),
            "test_rows": self.tested,
            "rule": self.rule,
            "column": self.column,
            "share": round(self.share, 6),
        }


def rows_to_test(labelled: int, share: float) -> int:
    """The number of rows to test with: the share of the rows with a label, but never none of them
    and never all."""
    return min(max(1, round(share * labelled)), max(0, labelled - 1))


def drawn(classes: Codes, tested: Counts) -> Mask:
    """Rows drawn at random: of each class exactly as many as ``tested`` says.

    Each row of a class is as likely as any other, and so is each combination of them (selection
    sampling, some rows at a time; Knuth, The Art of Computer Programming 2, 3.4.2).
    """
    random = np.random.default_rng(_SEED)
    left = tested.copy()
    rows = np.bincount(classes[classes != NO_CLASS], minlength=len(tested)).astype(np.int64)
    is_tested = np.zeros(len(classes), bool)
    for first in range(0, len(classes), _ROWS_AT_ONCE):
        some = classes[first : first + _ROWS_AT_ONCE]
        known = np.flatnonzero(some != NO_CLASS)
        here = np.bincount(some[known], minlength=len(tested)).astype(np.int64)
        met = np.flatnonzero(here)
        taken = np.zeros(len(tested), np.int64)
        taken[met] = _split_of(random, left[met], rows[met] - left[met], here[met])
        left -= taken
        rows -= here
        draws = random.random(len(known))
        # The rows of each class together, in random order; the first ones are taken.
        order = np.lexsort((draws, some[known]))
        begins = np.concatenate([[0], np.cumsum(here)[:-1]])
        ranks = np.arange(len(known)) - np.repeat(begins, here)
        is_tested[first + known[order[ranks < np.repeat(taken, here)]]] = True
    return is_tested


def _split_of(random: np.random.Generator, good: Counts, bad: Counts, rows: Counts) -> Counts:
    """How many of so many rows are tested, where ``good`` rows of all that are left are."""
    found = np.zeros(len(rows), np.int64)
    is_last = good + bad == rows
    found[is_last] = good[is_last]
    # NumPy draws from at most 10⁹ rows.
    found[~is_last] = random.hypergeometric(good[~is_last], bad[~is_last], rows[~is_last])
    return found


def rows_of_each_class(rows: Counts, tested: int) -> Counts:
    """How many rows of each class are tested, ``tested`` together: each class has its share, and
    the largest remainders are rounded up.

    A class of two rows or more keeps one to learn from, and has one tested if there are enough for
    all classes; a class of one row is learned from.
    """
    most = np.maximum(rows - 1, 0)
    least = np.minimum(most, 1)
    if least.sum() > tested:
        least = np.zeros_like(least)
    tested = min(tested, int(most.sum()))
    share = rows * (tested / max(1, int(rows.sum())))
    found: Counts = np.clip(np.floor(share).astype(np.int64), least, most)
    while missing := tested - int(found.sum()):
        step = 1 if missing > 0 else -1
        can_move = found < most if step > 0 else found > least
        order = np.argsort(-step * (share - found), kind="stable")
        movable = order[can_move[order]]
        found[movable[: abs(missing)]] += step
    return found


def newest(times: Times, has_label: Mask, tested: int) -> tuple[Mask, int] | None:
    """The newest rows with a label, and the oldest time among them; rows of one time are never on
    both sides, so their number is as near to ``tested`` as that allows. None where all rows that
    have a time have the same."""
    usable = has_label & (times != NO_TIME)
    known = times[usable]
    if not len(known):
        return None
    known.sort()
    place = len(known) - min(tested, len(known))
    cut = known[min(place, len(known) - 1)]
    first = int(np.searchsorted(known, cut))
    behind = int(np.searchsorted(known, cut, side="right"))
    # All rows of this time, or none of them; never all rows, and never none.
    starts = [start for start in (first, behind) if 0 < start < len(known)]
    if not starts:
        return None
    start = min(starts, key=lambda each: abs(len(known) - each - tested))
    oldest = int(known[start])
    return usable & (times >= oldest), oldest


def whole_groups(groups: Hashes, has_label: Mask, tested: int) -> tuple[Mask, int, int] | None:
    """Rows with a label of some groups, as near to ``tested`` as whole groups allow in a random
    order of them; with the number of groups to learn from and to test with. None where there are
    fewer than two groups."""
    names, rows = np.unique(groups[has_label], return_counts=True)
    if len(names) < 2:
        return None
    order = np.argsort(mixed(names + np.uint64(_SEED)), kind="stable")
    chosen = _groups_to_test(rows[order], tested)
    wanted = np.sort(names[order[chosen]])
    is_tested = np.zeros(len(groups), bool)
    for first in range(0, len(groups), _ROWS_AT_ONCE):
        some = slice(first, first + _ROWS_AT_ONCE)
        places = np.searchsorted(wanted, groups[some]).clip(0, len(wanted) - 1)
        is_tested[some] = (wanted[places] == groups[some]) & has_label[some]
    return is_tested, len(names) - len(wanted), len(wanted)


def _groups_to_test(rows: Counts, tested: int) -> Counts:
    """The places of the groups, of so many rows each, that are tested: one by one, each that brings
    the number nearer to ``tested``."""
    together = np.cumsum(rows)
    first = min(int(np.searchsorted(together, tested, side="right")), len(rows) - 1)
    chosen = list(range(first))
    left = tested - (int(together[first - 1]) if first else 0)
    for place in range(first, min(len(rows), first + _GROUPS_TRIED)):
        if abs(left - int(rows[place])) < abs(left) and len(chosen) < len(rows) - 1:
            chosen.append(place)
            left -= int(rows[place])
    if not chosen:
        chosen = [int(np.argmin(np.abs(rows - tested)))]
    return np.array(chosen, np.int64)
