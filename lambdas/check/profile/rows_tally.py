"""What is counted of new rows beside the spread of the training: every row, block by block."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lambdas.check.profile.block_profile import BlockProfile
from lambdas.check.profile.column_block import ColumnBlock
from lambdas.check.profile.kept_text import kept_text
from lambdas.check.profile.spread import NumberSpread
from lambdas.check.profile.text_rows import TextRows
from lambdas.check.profile.trained_file import TrainedFile

_EXAMPLES = 3


@dataclass(frozen=True)
class NoNumber:
    """A text where the training had numbers, and the row that has it first, counted from 1 below
    the names."""

    text: str
    row: int


@dataclass
class NumberTally:
    """How many of the new numbers are below each number of a spread, equal to it, or between two of
    them; and the first texts that are no numbers."""

    values: npt.NDArray[np.float64]
    _cells: npt.NDArray[np.int64]
    no_numbers: list[NoNumber] = field(default_factory=list)

    @classmethod
    def of(cls, spread: NumberSpread | None) -> "NumberTally":
        """Nothing yet."""
        values = np.array(spread.values if spread else [])
        return cls(values, np.zeros(2 * len(values) + 1, np.int64))

    @property
    def rows(self) -> int:
        """The rows that have a number."""
        return int(self._cells.sum())

    @property
    def below(self) -> npt.NDArray[np.int64]:
        """For each number of the spread, the rows with a smaller one."""
        return np.cumsum(self._cells)[:-1:2]

    @property
    def at_most(self) -> npt.NDArray[np.int64]:
        """For each number of the spread, the rows with one that is at most as large."""
        return np.cumsum(self._cells)[1::2]

    def add(self, column: ColumnBlock, rows_before: int) -> None:
        """Takes in what a block has, before which there are so many rows."""
        content = column.content
        if isinstance(content, TextRows):
            numbers = np.full(len(content.different), np.nan)
            if column.as_numbers is not None:
                numbers = column.as_numbers
            self._add_numbers(numbers, content.times)
            self._add_examples(content, np.isnan(numbers), rows_before)
        else:
            self._add_numbers(content, None)

    def _add_numbers(
        self, numbers: npt.NDArray[np.float64], times: npt.NDArray[np.int64] | None
    ) -> None:
        known = ~np.isnan(numbers)
        if not known.all():
            numbers, times = numbers[known], times if times is None else times[known]
        places = np.searchsorted(self.values, numbers, "left")
        places += np.searchsorted(self.values, numbers, "right")
        cells = np.bincount(places, times, len(self._cells))
        self._cells += cells.round().astype(np.int64)

    def _add_examples(
        self, content: TextRows, is_text: npt.NDArray[np.bool_], rows_before: int
    ) -> None:
        known = {one.text for one in self.no_numbers}
        for place in np.flatnonzero(is_text & (content.times > 0)).tolist():
            if len(self.no_numbers) == _EXAMPLES:
                return
            text = kept_text(content.different[place].as_py())
            if text not in known:
                known.add(text)
                row = rows_before + int(np.argmax(content.places == place)) + 1
                self.no_numbers.append(NoNumber(text, row))


@dataclass
class RowsTally:
    """The tallies of all columns that were numbers in the training."""

    columns: Mapping[str, NumberTally]
    _rows: int = 0

    @classmethod
    def of(cls, trained: TrainedFile) -> "RowsTally":
        """Nothing yet."""
        numbers = {n: c for n, c in trained.columns.items() if c.kind == "number"}
        return cls(
            {n: NumberTally.of(c.spread.numbers if c.spread else None) for n, c in numbers.items()}
        )

    def add(self, block: BlockProfile) -> None:
        """Takes in the next block."""
        for name, tally in self.columns.items():
            if column := block.columns.get(name):
                tally.add(column, self._rows)
        self._rows += block.rows
