"""What the columns with a part of their own tell of two files: groups and row ids that stand in
both, and test rows that are not newer than what is learned from."""

from dataclasses import dataclass, field

import numpy as np

from lambdas.check.profile.block_profile import BlockProfile
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.column_roles import ColumnRoles
from lambdas.check.profile.hashing import MISSING_HASH, Hashes
from lambdas.check.profile.overlap import Overlap
from lambdas.check.profile.row_hashes import MOST_KEPT, RowHashes
from lambdas.check.profile.times import NO_TIME, Times, as_written, times_of


@dataclass(frozen=True)
class SharedValues:
    """Values of a column of the test file that the train file has, too: in how many ``rows`` of
    ``every_row`` that has one, and how many different ``values`` of ``every_value``."""

    rows: int
    every_row: int
    values: int
    every_value: int
    is_exact: bool


@dataclass(frozen=True)
class OlderRows:
    """How many test rows of those whose time is ``known`` are not newer than the newest row that is
    learned from, whose time is written as people do."""

    rows: int
    known: int
    newest: str
    is_exact: bool


@dataclass
class SharedColumn:
    """One column of both files: the test file's values, and then which of them are in train."""

    column: str
    _tested: RowHashes = field(default_factory=RowHashes)
    _overlap: Overlap | None = None

    def add_tested(self, block: BlockProfile) -> None:
        """Takes in a block of the test file."""
        if column := block.columns.get(self.column):
            hashes = column.hashes[column.hashes != MISSING_HASH]
            self._tested.add(hashes, np.zeros(len(hashes), np.uint64))

    def look_up(self, block: BlockProfile) -> None:
        """Looks for the rows of a block of the train file, once the test file is read."""
        if self._overlap is None:
            self._overlap = Overlap(self._tested, with_label=False)
            self._tested = RowHashes()
        if column := block.columns.get(self.column):
            hashes: Hashes = column.hashes[column.hashes != MISSING_HASH]
            self._overlap.look_up(hashes, np.zeros(len(hashes), np.uint64))

    def shared(self) -> SharedValues | None:
        """What is in both; None where one of them does not have the column."""
        overlap = self._overlap
        if overlap is None or not overlap.every_row:
            return None
        return SharedValues(
            overlap.rows, overlap.every_row, *overlap.different_rows, overlap.is_exact
        )


@dataclass
class TimeOrder:
    """The times of the test file's rows, and the newest one that is learned from.

    Whether the day comes first is only known at the end, so both readings are kept where they
    differ; of very many rows, every second, fourth, … is.
    """

    column: str
    most: int = MOST_KEPT
    _tested: list[tuple[Times, Times, bool]] = field(default_factory=list)
    _rows: int = 0
    _step: int = 1
    _newest: dict[tuple[bool, bool], int] = field(default_factory=dict)

    def add_tested(self, block: BlockProfile) -> None:
        """Takes in a block of the test file."""
        if self.column not in block.columns:
            return
        month_first, day_first, are_numbers = self._times(block)
        self._tested.append((month_first[:: self._step], day_first[:: self._step], are_numbers))
        self._rows += len(self._tested[-1][0])
        if self._rows > self.most:
            self._step *= 2
            self._tested = [(one[::2], other[::2], kind) for one, other, kind in self._tested]
            self._rows = sum(len(one) for one, _, _ in self._tested)

    def look_up(self, block: BlockProfile) -> None:
        """Takes in a block of the train file."""
        if self.column not in block.columns:
            return
        month_first, day_first, are_numbers = self._times(block)
        has_label = block.labels != MISSING_HASH
        for is_day_first, times in ((False, month_first), (True, day_first)):
            newest = int(times[has_label].max(initial=NO_TIME))
            key = (are_numbers, is_day_first)
            self._newest[key] = max(newest, self._newest.get(key, NO_TIME))

    def older(self, train: ColumnProfile, test: ColumnProfile) -> OlderRows | None:
        """The test rows that are not newer; None where the times can't be compared."""
        are_numbers = train.kind == "number"
        if are_numbers != (test.kind == "number"):
            return None
        is_day_first = comes_day_first(train) or comes_day_first(test)
        newest = self._newest.get((are_numbers, is_day_first), NO_TIME)
        known = older = 0
        for month_first, day_first, kind in self._tested:
            times = day_first if is_day_first else month_first
            usable = times[times != NO_TIME] if kind == are_numbers else times[:0]
            known += len(usable)
            older += int(np.count_nonzero(usable <= newest))
        if newest == NO_TIME or not known:
            return None
        written = as_written(newest, is_number=are_numbers)
        return OlderRows(older * self._step, known * self._step, written, self._step == 1)

    def _times(self, block: BlockProfile) -> tuple[Times, Times, bool]:
        column = block.columns[self.column]
        month_first, are_numbers = times_of(column, day_first=False)
        day_first = month_first
        if column.dates.rows["either"] or column.dates.rows["short"]:
            day_first, _ = times_of(column, day_first=True)
        return month_first, day_first, are_numbers


@dataclass
class SharedRoles:
    """All that these columns tell of two files."""

    group: SharedColumn | None
    row_id: SharedColumn | None
    time: TimeOrder | None

    @classmethod
    def of(cls, roles: ColumnRoles) -> "SharedRoles":
        """Nothing yet, of the columns that are named."""
        return cls(
            SharedColumn(roles.group) if roles.group else None,
            SharedColumn(roles.row_id) if roles.row_id else None,
            TimeOrder(roles.time) if roles.time else None,
        )

    def add_tested(self, block: BlockProfile) -> None:
        """Takes in a block of the test file."""
        for column in (self.group, self.row_id, self.time):
            if column:
                column.add_tested(block)

    def look_up(self, block: BlockProfile) -> None:
        """Takes in a block of the train file, once the test file is read."""
        for column in (self.group, self.row_id, self.time):
            if column:
                column.look_up(block)


def comes_day_first(column: ColumnProfile | None) -> bool:
    """Whether a column of dates has some with the day first, and none with the month first."""
    rows = column.dates.rows if column else {}
    return bool(rows.get("day_first")) and not rows.get("month_first")
