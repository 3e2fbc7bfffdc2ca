"""Which rows a model was trained on, as hashes, to find them again in a later test file.

A model that has seen a row predicts it better than one that has not. So two models are compared
only on rows that are new to both (training/evaluation/champion.py).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from training.model.files import KNOWN_ROWS
from training.model.outcome import Array

# 8 bytes each, which hardly get smaller in the archive.
_MOST = 2_000_000
_ALL = 2**64 - 1
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no bit is lost


@dataclass(frozen=True)
class KnownRows:
    """The hashes (n, sorted) of the rows' values in these ``columns``, of all hashes up to
    ``up_to``: of many rows there is a sample, and of every other row nothing is known."""

    columns: list[str]
    hashes: Array
    up_to: int

    def are_new(self, table: pd.DataFrame) -> Array:
        """Which rows of the ``table`` are surely not among these, (n,)."""
        found = _hashes(table, self.columns)
        if not len(self.hashes):
            return found <= np.uint64(self.up_to)
        at = np.searchsorted(self.hashes, found).clip(max=len(self.hashes) - 1)
        is_new: Array = (self.hashes[at] != found) & (found <= np.uint64(self.up_to))
        return is_new

    def save(self, folder: Path) -> None:
        """Writes them into the model's folder."""
        np.savez(
            folder / KNOWN_ROWS,
            columns=np.array(self.columns, str),
            hashes=self.hashes,
            up_to=np.uint64(self.up_to),
        )

    @classmethod
    def saved_in(cls, folder: Path) -> Self | None:
        """Those of the model in ``folder``; None if training code of one's own kept none."""
        if not (folder / KNOWN_ROWS).exists():
            return None
        with np.load(folder / KNOWN_ROWS) as kept:
            return cls(kept["columns"].tolist(), kept["hashes"], int(kept["up_to"]))


def known_rows(table: pd.DataFrame, most: int = _MOST) -> KnownRows:
    """The rows of the ``table`` that it has once.

    Where the same values come again and again, as in a table of few categories, another file has
    them as well without sharing its rows.
    """
    columns = [str(name) for name in table.columns]
    different, times = np.unique(_hashes(table, columns), return_counts=True)
    once = different[times == 1]
    if len(once) <= most:
        return KnownRows(columns, once, _ALL)
    return KnownRows(columns, once[:most], int(once[most - 1]))


def _hashes(table: pd.DataFrame, columns: list[str]) -> Array:
    """(n,) hashes, column by column, so that no second table is in memory."""
    hashes = np.zeros(len(table), np.uint64)
    for name in columns:
        hashes = hashes * _FACTOR + pd.util.hash_array(_values(table[name]))
    return hashes


def _values(column: "pd.Series[Any]") -> Array:
    """The column's values; numbers are the same that are whole in one batch and not in another."""
    if not is_numeric_dtype(column):
        return column.to_numpy(object)
    values = column.to_numpy(float) + 0.0  # -0.0 is 0.0
    return np.where(np.isnan(values), np.nan, values)
