"""What decides, of each row of a file, whether it is tested: its class, its time, its group."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lambdas.check.profile.block_profile import BlockProfile
from lambdas.check.profile.column_roles import ColumnRoles
from lambdas.check.profile.hashing import MISSING_HASH, Hashes
from lambdas.check.profile.times import NO_TIME, Times, times_of

# Of a number to predict only whether it is there matters; its values are not kept.
_MOST_CLASSES = 100_000

# So many rows take some 1.5 GB while their split is chosen, of the function's 2 (measured in
# docs/architecture.md, "How the files are checked and read").
MOST_ROWS = 50_000_000

Codes = npt.NDArray[np.int32]
NO_CLASS = -1


@dataclass
class RowKeys:
    """The keys of a file's rows, in the order of the rows: a few bytes for each. Of more than
    ``most_rows`` rows none is kept.

    ``day_first`` says how dates are read that can be read in two ways.
    """

    roles: ColumnRoles
    day_first: bool = False
    most_rows: int = MOST_ROWS
    _rows: int = 0
    _classes: dict[int, int] = field(default_factory=dict)
    _codes: list[Codes] = field(default_factory=list)
    _groups: list[Hashes] = field(default_factory=list)
    _times: list[Times] = field(default_factory=list)
    _are_numbers: list[bool] = field(default_factory=list)

    def add(self, block: BlockProfile) -> None:
        """Takes in the rows of one block."""
        self._rows += block.rows
        if not self.has_every_row:
            self.forget()
            return
        self._codes.append(self._coded(block.labels))
        if group := block.columns.get(self.roles.group):
            self._groups.append(group.hashes)
        if column := block.columns.get(self.roles.time):
            times, are_numbers = times_of(column, day_first=self.day_first)
            self._times.append(times)
            self._are_numbers.append(are_numbers or bool((times == NO_TIME).all()))

    def forget(self) -> None:
        """Drops the keys, which take much memory, once they have been used."""
        self._codes, self._groups, self._times, self._are_numbers = [], [], [], []

    @property
    def has_every_row(self) -> bool:
        """Whether there are no more rows than are kept."""
        return self._rows <= self.most_rows

    @property
    def classes(self) -> Codes | None:
        """The class of each row, counted from 0, ``NO_CLASS`` where it has no label; None where
        there are too many classes to tell apart."""
        return self._all_codes() if len(self._classes) <= _MOST_CLASSES else None

    @property
    def has_label(self) -> npt.NDArray[np.bool_]:
        """Which rows have a label."""
        known: npt.NDArray[np.bool_] = self._all_codes() != NO_CLASS
        return known

    @property
    def groups(self) -> Hashes:
        """The hash of each row's group; rows without one have the same."""
        return np.concatenate([np.empty(0, np.uint64), *self._groups])

    def times(self, *, are_numbers: bool) -> Times:
        """The time of each row; where the column holds dates, a number among them is none."""
        if len(self._times) != 1:
            parts = [
                part if are_numbers or not is_number else np.full(len(part), NO_TIME)
                for part, is_number in zip(self._times, self._are_numbers, strict=True)
            ]
            self._times = [np.concatenate([np.empty(0, np.int64), *parts])]
            self._are_numbers = [are_numbers]
        return self._times[0]

    def _all_codes(self) -> Codes:
        if len(self._codes) != 1:
            self._codes = [np.concatenate([np.empty(0, np.int32), *self._codes])]
        return self._codes[0]

    def _coded(self, labels: Hashes) -> Codes:
        if len(self._classes) > _MOST_CLASSES:
            return np.where(labels == MISSING_HASH, NO_CLASS, 0).astype(np.int32)
        different, places = np.unique(labels, return_inverse=True)
        codes = np.array([self._code(value) for value in different.tolist()], np.int32)
        coded: Codes = codes[places]
        return coded

    def _code(self, label: int) -> int:
        if label == int(MISSING_HASH):
            return NO_CLASS
        return self._classes.setdefault(label, len(self._classes))
