"""Where the model is worst: the errors of groups of test rows, counted exactly, batch by batch."""

import itertools
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from training.job.language import spoken
from training.job.tables import unlearned_in
from training.model.outcome import Array, Outcome

_MOST_COLUMNS = 200
_MOST_VALUES = 30
_MOST_NUMBERS_AS_VALUES = 8
_QUARTERS = (0.25, 0.5, 0.75)
_FEWEST_ROWS = 20
_SMALLEST_SHARE = 0.01
_CHANCE = 0.05


@dataclass(frozen=True)
class Group:
    """Rows with something in common, and their ``error``: the share predicted wrong, for numbers
    the mean absolute error."""

    column: str
    value: str
    rows: int
    error: float


@dataclass(frozen=True)
class WorstGroups:
    """The groups that are worse by more than chance, the worst first, out of ``compared``; with
    the ``error`` of all rows."""

    groups: list[Group]
    compared: int
    fewest_rows: int
    error: float


class ErrorGroups:
    """Adds up the errors by the values of each column, and by quarters of the numbers.

    The quarters are those of the first batch, so that nothing has to be kept.
    """

    def __init__(self, check: dict[str, Any]) -> None:
        others = unlearned_in(check) | {check["target"]}
        columns = [c for c in check["train"]["columns"] if c["name"] not in others]
        self._by_value = [c["name"] for c in columns if _is_by_value(c)][:_MOST_COLUMNS]
        self._by_quarter = [
            c["name"] for c in columns if c["kind"] == "number" and not _is_by_value(c)
        ][:_MOST_COLUMNS]
        self._edges: dict[str, Array] = {}
        self._rows: dict[tuple[str, str], int] = defaultdict(int)
        self._errors: dict[tuple[str, str], float] = defaultdict(float)
        self._all = np.zeros(3)
        self._is_number = False

    def add(self, table: pd.DataFrame, outcome: Outcome) -> None:
        """Takes in a batch: its columns, and what was predicted for the same rows."""
        known = outcome.has_truth
        if not known.any():
            return
        if not known.all():
            table, outcome = table[known], outcome.at(known)
        self._is_number = outcome.is_number
        error = np.abs(outcome.predicted - outcome.truth) if outcome.is_number else outcome.is_wrong
        error = error.astype(float)
        self._all += [len(error), error.sum(), (error**2).sum()]
        for column in self._by_value:
            if column in table:
                codes, values = pd.factorize(table[column], use_na_sentinel=False)
                self._add(column, codes, [_shown(value) for value in values], error)
        for column in self._by_quarter:
            if column in table:
                codes, ranges = self._quarters(column, table[column].to_numpy(float))
                self._add(column, codes, ranges, error)

    def worst(self, most: int = 10) -> WorstGroups:
        """The groups whose error is too large to be chance among so many groups (Bonferroni's
        correction), the least likely first."""
        rows, total, _ = self._all
        if not rows:
            return WorstGroups([], 0, _FEWEST_ROWS, float("nan"))
        fewest = max(_FEWEST_ROWS, int(np.ceil(_SMALLEST_SHARE * rows)))
        compared = {key: n for key, n in self._rows.items() if fewest <= n < rows}
        chance = {key: self._chance(n, self._errors[key]) for key, n in compared.items()}
        worse = [key for key, found in chance.items() if found < _CHANCE / len(compared)]
        groups = [
            Group(*key, self._rows[key], self._errors[key] / self._rows[key])
            for key in sorted(worse, key=lambda key: chance[key])
        ]
        return WorstGroups(groups[:most], len(compared), fewest, total / rows)

    def _chance(self, rows: int, error: float) -> float:
        """How often as many rows, drawn at random, would have an error at least as large: exact
        for wrong rows, which are few, and by the normal distribution for numbers."""
        every, total, squares = self._all
        if self._is_number:
            mean = total / every
            spread = np.sqrt(max(squares / every - mean**2, 0.0) / rows)
            return float(stats.norm.sf(error / rows, mean, spread)) if spread else 1.0
        return float(stats.hypergeom.sf(error - 1, every, total, rows))

    def _add(self, column: str, codes: Array, values: Any, error: Array) -> None:
        rows = np.bincount(codes, minlength=len(values))
        errors = np.bincount(codes, error, minlength=len(values))
        for value, count, wrong in zip(values, rows.tolist(), errors.tolist(), strict=True):
            self._rows[column, value] += count
            self._errors[column, value] += wrong

    def _quarters(self, column: str, numbers: Array) -> tuple[Array, list[str]]:
        present = numbers[~np.isnan(numbers)]
        if column not in self._edges and len(present):
            self._edges[column] = np.unique(np.quantile(present, _QUARTERS))
        edges = self._edges.get(column, np.empty(0))
        # The number of edges below each: for so few, quicker than a search.
        codes = np.zeros(len(numbers), np.int64)
        for edge in edges:
            codes += numbers > edge
        codes[np.isnan(numbers)] = len(edges) + 1
        return codes, [*_ranges(edges), _shown(None)]


def _is_by_value(column: dict[str, Any]) -> bool:
    most = _MOST_NUMBERS_AS_VALUES if column["kind"] == "number" else _MOST_VALUES
    return bool(1 < column["distinct"] <= most)


def _ranges(edges: Array) -> list[str]:
    if not len(edges):
        return [spoken("any")]
    written = [f"{edge:,.4g}" for edge in edges]
    between = [
        spoken("{low} to {high}", low=low, high=high) for low, high in itertools.pairwise(written)
    ]
    first, last = spoken("up to {high}", high=written[0]), spoken("above {low}", low=written[-1])
    return [first, *between, last]


def _shown(value: Any) -> str:
    if value is None or value != value:
        return spoken("missing")
    return f"{value:g}" if isinstance(value, int | float) else str(value)
