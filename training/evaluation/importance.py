"""Which columns the model relies on: how much its error grows when one is shuffled."""

import math
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.job.language import spoken, to_speak, translated
from training.model.outcome import Array, Outcome
from training.model.trained_model import Model
from training.model.used_columns import used_columns
from training.scoring.row_losses import RowLosses, row_losses

_SECONDS = 20.0
_SECONDS_TO_MEASURE = 5.0
_MOST_ROWS = 2000
_FEWEST_ROWS = 100
_SHUFFLES = 5
_MOST_FEATURES = 300
_ROWS_AT_ONCE = 50_000
_Z = 1.96
_ERRORS = {
    "log_loss": to_speak("log loss"),
    "mean_absolute_error": to_speak("mean absolute error"),
    "root_mean_squared_error": to_speak("root mean squared error"),
}
_MEDIAN_METRICS = {"mean_absolute_error", "median_absolute_error"}


@dataclass(frozen=True)
class Importance:
    """The permutation importance of each feature, the most important first.

    ``table`` has the columns ``feature``, ``importance`` (by how much ``error`` grows), ``low``,
    ``high`` (95% confidence interval over the test rows) and ``shuffles``. ``rows`` is the number
    of test rows that it was measured on, ``left_out`` of features that there was no time for.
    """

    table: pd.DataFrame
    error: str
    rows: int
    left_out: int

    @property
    def error_in_words(self) -> str:
        """Its name for people."""
        return translated(_ERRORS[self.error])


def importance(model: Model, sample: pd.DataFrame, outcome: Outcome) -> Importance | str:
    """The importance of each column, measured by an error that moves with every probability: a
    share of correct rows hardly moves where there are few rows.

    Args:
        model: the model.
        sample: rows of the test file.
        outcome: what was predicted for them, each with a true value that the model knows.

    Returns:
        The importance, or why there is none.
    """
    if len(sample) < 2:
        return spoken(
            "It is measured on test rows with a true value that the model can predict, and there "
            "are too few."
        )
    error = "log_loss"
    if outcome.is_number:
        is_median = model.metric in _MEDIAN_METRICS
        error = "mean_absolute_error" if is_median else "root_mean_squared_error"
    every = used_columns(model.predictor)
    features = every[:_MOST_FEATURES]
    measured = _Measurement(model, sample, outcome, error, features)
    table = measured.table()
    return Importance(table, error, measured.rows, len(every) - len(table))


class _Measurement:
    """The rows, and what was measured of each feature so far."""

    def __init__(
        self, model: Model, sample: pd.DataFrame, outcome: Outcome, error: str, features: list[str]
    ) -> None:
        # Of so few all is measured, however busy the machine is: the same file has the same report.
        in_all = len(sample) * max(1, len(features)) * _SHUFFLES
        self._end = math.inf if in_all <= _ROWS_AT_ONCE else time.monotonic() + _SECONDS
        self._model, self._error, self._features = model, error, features
        self._random = np.random.default_rng(0)
        self.rows = min(len(sample), self._affordable_rows(sample))
        chosen = np.sort(self._random.permutation(len(sample))[: self.rows])
        self._table, self._outcome = sample.iloc[chosen], outcome.at(chosen)
        self._before = self._lost(self._outcome)

    def table(self) -> pd.DataFrame:
        """Every feature, shuffled at least once and then as often as the time allows."""
        found: dict[str, list[RowLosses]] = {}
        orders: list[Array] = []
        at_once = max(1, _ROWS_AT_ONCE // self.rows)
        for shuffle in range(_SHUFFLES):
            order = self._random.permutation(self.rows)
            orders.append(order)
            for first in range(0, len(self._features), at_once):
                if shuffle and time.monotonic() > self._end:
                    break
                chunk = self._features[first : first + at_once]
                losses = self._losses([self._shuffled(name, order) for name in chunk])
                for name, lost in zip(chunk, losses, strict=True):
                    found.setdefault(name, []).append(lost)
        rows = [self._row(name, lost, orders[: len(lost)]) for name, lost in found.items()]
        return pd.DataFrame(rows).sort_values("importance", ascending=False, ignore_index=True)

    def _affordable_rows(self, sample: pd.DataFrame) -> int:
        """As many rows as leave time for all shuffles of all features."""
        if self._end == math.inf:
            return _MOST_ROWS
        per_row = self._seconds_a_row(sample.head(_FEWEST_ROWS))
        if per_row * _MOST_ROWS < _SECONDS_TO_MEASURE:
            # Of a few rows most of the time is the call's own, and many are predicted in one.
            per_row = self._seconds_a_row(sample.head(_MOST_ROWS))
        affordable = _SECONDS / (per_row * max(1, len(self._features)) * _SHUFFLES)
        return int(np.clip(affordable, _FEWEST_ROWS, _MOST_ROWS))

    def _seconds_a_row(self, rows: pd.DataFrame) -> float:
        started = time.monotonic()
        self._model.prediction(rows)
        return (time.monotonic() - started) / len(rows)

    def _shuffled(self, name: str, order: Array) -> pd.DataFrame:
        shuffled = self._table.copy(deep=False)
        shuffled[name] = self._table[name].iloc[order].set_axis(self._table.index)
        return shuffled

    def _losses(self, tables: list[pd.DataFrame]) -> list[RowLosses]:
        predicted, probabilities = self._model.prediction(pd.concat(tables, ignore_index=True))
        losses = []
        for first in range(0, len(predicted), self.rows):
            part = slice(first, first + self.rows)
            given = None if probabilities is None else probabilities[part]
            truth, labels = self._outcome.truth, self._outcome.labels
            losses.append(self._lost(Outcome(predicted[part], truth, given, labels)))
        return losses

    def _lost(self, outcome: Outcome) -> RowLosses:
        lost = row_losses(self._error, outcome)
        assert lost is not None
        return lost

    def _row(self, name: str, shuffled: list[RowLosses], orders: list[Array]) -> dict[str, object]:
        importance = float(np.mean([lost.score for lost in shuffled])) - self._before.score
        grown = np.array([lost.linear for lost in shuffled]) - self._before.linear
        reach = _Z * math.sqrt(_variance(grown, orders) / self.rows)
        return {
            "feature": name,
            "importance": importance,
            "low": importance - reach,
            "high": importance + reach,
            "shuffles": len(shuffled),
        }


def _variance(grown: Array, orders: list[Array]) -> float:
    """How ``grown`` (shuffles, n), by how much each row's loss grew, varies: its mean varies by an
    n-th of that from test file to test file.

    Each row is in it twice: it loses its own value, and another row is given it, as ``orders`` say.
    What it adds as either is the same in every shuffle, so that more of them do not even it out;
    they only do what is left, which both sums have, and one is taken off.
    """
    lost = grown.mean(axis=0)
    in_turn = zip(grown, orders, strict=True)
    given = np.mean([each[np.argsort(order)] for each, order in in_turn], axis=0)
    counted_twice = float(grown.var(axis=1, ddof=1).mean()) / len(orders)
    return max(float(lost.var(ddof=1)), float((lost + given).var(ddof=1)) - counted_twice)
