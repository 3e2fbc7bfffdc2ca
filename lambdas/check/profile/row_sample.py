"""A few thousand rows of a file, chosen evenly, for what takes too long to find in all rows."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lambdas.check.profile.block_profile import BlockProfile
from lambdas.check.profile.column_block import ColumnBlock
from lambdas.check.profile.text_rows import TextRows
from lambdas.check.reading.arrow_arrays import number_array, places_in, text_array, text_scalar

MOST_ROWS = 5_000
_MOST_CELLS = 1_000_000
_FEWEST_ROWS = 100
# A longer text is kept as its beginning and its hash, which tells it from others.
_LONGEST_TEXT = 64
_BEGINNING = 40
_BETWEEN = text_scalar("…")
_NO_CODES, _NO_TEXTS = np.empty(0, np.int64), text_array([])
_MOST_BYTES = number_array(np.array([_LONGEST_TEXT], np.int32))[0]

Content = Any  # numpy's floats, or pyarrow's texts


def rows_to_sample(columns: int) -> int:
    """How many rows of so many columns each are worth their memory."""
    return max(_FEWEST_ROWS, min(MOST_ROWS, _MOST_CELLS // max(1, columns)))


@dataclass(frozen=True)
class SampledColumn:
    """One column of the sample, of shape (rows,).

    A column of numbers has ``numbers``, NaN where one is missing. In any other each row has the
    place of its text among ``texts``, and -1 where it is missing.
    """

    numbers: npt.NDArray[np.float64] | None
    codes: npt.NDArray[np.int64]
    texts: "pa.StringArray"

    @property
    def is_missing(self) -> npt.NDArray[np.bool_]:
        """Which rows have no value."""
        return self.codes < 0 if self.numbers is None else np.isnan(self.numbers)

    def at(self, rows: npt.NDArray[Any]) -> "SampledColumn":
        """The same column with these rows alone."""
        numbers = None if self.numbers is None else self.numbers[rows]
        return SampledColumn(
            numbers, self.codes[rows] if numbers is None else self.codes, self.texts
        )


@dataclass
class RowSample:
    """The rows with the smallest random numbers: every row is as likely as any other."""

    most: int = MOST_ROWS
    _draws: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    _parts: list[dict[str, Content]] = field(default_factory=list)
    _seen: int = 0
    _blocks: int = 0
    # What was read of it last, and after how many rows.
    _read: tuple[int, dict[str, SampledColumn]] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the sample has every row."""
        return self._seen <= self.most

    def add(self, block: BlockProfile) -> None:
        """Draws from the rows of a block. The same file gives the same sample again."""
        draws = np.random.default_rng(self._blocks).random(block.rows)
        self._blocks += 1
        self._seen += block.rows
        chosen = np.flatnonzero(draws < self._limit)
        if len(chosen) > self.most:
            chosen = np.sort(chosen[np.argpartition(draws[chosen], self.most)[: self.most]])
        self._draws = np.concatenate([self._draws, draws[chosen]])
        self._parts.append({name: _kept(c, chosen) for name, c in block.columns.items()})
        if len(self._draws) > 4 * self.most:
            self._prune()

    @property
    def columns(self) -> dict[str, SampledColumn]:
        """The rows, column by column."""
        if self._read is None or self._read[0] != self._seen:
            self._prune()
            parts = self._parts[0] if self._seen else {}
            self._read = self._seen, {name: _sampled(part) for name, part in parts.items()}
        return self._read[1]

    @property
    def _limit(self) -> float:
        return float(self._draws.max()) if len(self._draws) >= self.most else 1.0

    def _prune(self) -> None:
        if not self._parts:
            return
        kept = np.arange(len(self._draws))
        if len(kept) > self.most:
            kept = np.sort(np.argpartition(self._draws, self.most)[: self.most])
        names = list(self._parts[0])
        self._draws = self._draws[kept]
        joined = {name: _joined([part[name] for part in self._parts]) for name in names}
        self._parts = [{name: _taken(content, kept) for name, content in joined.items()}]


def _sampled(content: Content) -> SampledColumn:
    if isinstance(content, np.ndarray):
        return SampledColumn(content, _NO_CODES, _NO_TEXTS)
    encoded = content.dictionary_encode()
    return SampledColumn(None, places_in(encoded.indices).astype(np.int64), encoded.dictionary)


def _kept(column: ColumnBlock, places: npt.NDArray[Any]) -> Content:
    if isinstance(column.content, TextRows):
        content = column.content.take(places)
    else:
        content = column.content[places]
    if column.longest_text <= _LONGEST_TEXT or isinstance(content, np.ndarray):
        return content
    hashes = pc.cast(number_array(column.hashes[places]), pa.string())
    beginnings = pc.utf8_slice_codeunits(content, 0, _BEGINNING)
    short = pc.binary_join_element_wise(beginnings, hashes, _BETWEEN)
    return pc.if_else(pc.greater(pc.binary_length(content), _MOST_BYTES), short, content)


def _taken(content: Content, places: npt.NDArray[Any]) -> Content:
    if len(places) == len(content):
        return content
    return (
        content[places] if isinstance(content, np.ndarray) else content.take(number_array(places))
    )


def _joined(parts: list[Content]) -> Content:
    if all(isinstance(part, np.ndarray) for part in parts):
        return np.concatenate(parts)
    return pa.concat_arrays([_as_texts(part) for part in parts])


def _as_texts(content: Content) -> Content:
    if not isinstance(content, np.ndarray):
        return content
    texts = [None if value != value else f"{value:.15g}" for value in content.tolist()]
    return text_array(texts)
