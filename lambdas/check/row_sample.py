"""A few thousand rows of a file, chosen evenly, for what would be too dear to find in all rows."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from lambdas.check.parsed_block import ParsedBlock

MOST_ROWS = 20_000


@dataclass
class RowSample:
    """The rows with the smallest random numbers: every row is as likely as any other."""

    most: int = MOST_ROWS
    _draws: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    _parts: list[dict[str, npt.NDArray[Any]]] = field(default_factory=list)
    _seen: int = 0
    _blocks: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether the sample has every row."""
        return self._seen <= self.most

    def add(self, block: ParsedBlock) -> None:
        """Draws from the rows of a block. The same file gives the same sample again."""
        draws = np.random.default_rng(self._blocks).random(block.rows)
        self._blocks += 1
        self._seen += block.rows
        chosen = np.flatnonzero(draws < self._limit)
        if len(chosen) > self.most:
            chosen = np.sort(chosen[np.argpartition(draws[chosen], self.most)[: self.most]])
        self._draws = np.concatenate([self._draws, draws[chosen]])
        self._parts.append({name: _taken(c.content, chosen) for name, c in block.columns.items()})
        if len(self._draws) > 4 * self.most:
            self._prune()

    @property
    def table(self) -> pd.DataFrame:
        """The rows. Columns of numbers are float64; in others all values are texts."""
        self._prune()
        return pd.DataFrame(self._parts[0] if self._parts else {})

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
        self._parts = [{n: _joined([part[n] for part in self._parts])[kept] for n in names}]


def _taken(content: Any, places: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if isinstance(content, np.ndarray):
        chosen: npt.NDArray[Any] = content[places]
        return chosen
    texts: npt.NDArray[Any] = content.take(pa.array(places)).to_numpy(zero_copy_only=False)
    return texts


def _joined(parts: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    if any(part.dtype == object for part in parts):
        parts = [_as_texts(part) for part in parts]
    return np.concatenate(parts)


def _as_texts(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if values.dtype == object:
        return values
    texts = [None if value != value else f"{value:.15g}" for value in values.tolist()]
    return np.array(texts, dtype=object)
