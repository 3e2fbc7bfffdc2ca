"""Which columns the model relies on: how much its error grows when one is shuffled."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.job.language import spoken, to_speak, translated
from training.model.outcome import Array, Outcome
from training.model.trained_model import Model
from training.model.used_columns import used_columns
from training.scoring.row_losses import RowLosses, row_losses

# Who trains for a minute does not wait for it as long as who trains for an hour. Twice the time
# makes the intervals a third narrower.
_SHARE_OF_TRAINING = 0.05
_LEAST_SECONDS, _MOST_SECONDS = 3.0, 20.0
_FEWEST_ROWS = 100
# Another row tells more than one more shuffle of the same rows: 5,000 rows that are shuffled once
# have a narrower interval than 2,000 that are shuffled five times.
_MOST_ROWS = 5000
# Five made the intervals 4 to 5% narrower (median of the columns of breast cancer, diabetes, wine).
_MOST_SHUFFLES = 3
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
    """The rows, and what is measured of each feature. ``rows`` is how many there was time for."""

    def __init__(
        self, model: Model, sample: pd.DataFrame, outcome: Outcome, error: str, features: list[str]
    ) -> None:
        self._model, self._error, self._features = model, error, features
        self._random = np.random.default_rng(0)
        chosen = self._random.permutation(len(sample))[:_MOST_ROWS]
        self._table, self._outcome = sample.iloc[chosen], outcome.at(chosen)
        self._shuffles = min(_MOST_SHUFFLES, math.ceil(_MOST_ROWS / len(chosen)))
        self._started = time.monotonic()
        # Of so few all is measured, however busy the machine is: the same file has the same report.
        in_all = len(chosen) * len(features) * self._shuffles
        self._end = math.inf if in_all <= _ROWS_AT_ONCE else self._started + _seconds_for(model)
        self.rows = 0

    def table(self) -> pd.DataFrame:
        """Every feature, shuffled once, and then up to as often as planned while there is time."""
        found, order = self._first_shuffle()
        orders = [order]
        for _ in range(1, self._shuffles):
            orders.append(self._random.permutation(self.rows))
            for chunk in self._chunks(self.rows):
                if time.monotonic() > self._end:
                    break
                for name, lost in self._losses(chunk, slice(self.rows), orders[-1]):
                    found[name].append(lost)
        before = self._lost(self._outcome.at(np.arange(self.rows)))
        rows = [_row(name, before, lost, orders[: len(lost)]) for name, lost in found.items()]
        return pd.DataFrame(rows).sort_values("importance", ascending=False, ignore_index=True)

    def _first_shuffle(self) -> tuple[dict[str, list[RowLosses]], Array]:
        """Of each feature, on as many rows as there is time for: a few, then as many more as those
        tell. Each part is shuffled by itself; the order is that of all."""
        lost: dict[str, list[RowLosses]] = {name: [] for name in self._features}
        orders: list[Array] = []
        while more := self._more_rows():
            part = slice(self.rows, self.rows + more)
            orders.append(part.start + self._random.permutation(more))
            for chunk in self._chunks(more):
                for name, of_part in self._losses(chunk, part, orders[-1]):
                    lost[name].append(of_part)
            self.rows += more
        return {name: [_joined(parts)] for name, parts in lost.items()}, np.concatenate(orders)

    def _more_rows(self) -> int:
        """How many more rows there are, and time to predict with each feature shuffled."""
        left = len(self._table) - self.rows
        if self._end == math.inf:
            return left
        more = _FEWEST_ROWS
        if self.rows:
            now = time.monotonic()
            more = int(self.rows * (self._end - now) / (now - self._started))
            if more < _FEWEST_ROWS:
                return 0
        # A few that remained would hardly be shuffled among themselves.
        return left if left - more < _FEWEST_ROWS else more

    def _chunks(self, rows: int) -> Iterator[list[str]]:
        """The features, as many as are predicted at once."""
        at_once = max(1, _ROWS_AT_ONCE // rows)
        for first in range(0, len(self._features), at_once):
            yield self._features[first : first + at_once]

    def _losses(
        self, features: list[str], part: slice, order: Array
    ) -> Iterator[tuple[str, RowLosses]]:
        """Those of a part of the rows, with one feature after the other in another ``order``."""
        rows = self._table.iloc[part]
        tables = [self._shuffled(rows, name, order) for name in features]
        predicted, probabilities = self._model.prediction(pd.concat(tables, ignore_index=True))
        truth, labels = self._outcome.truth[part], self._outcome.labels
        for place, name in enumerate(features):
            one = slice(place * len(rows), (place + 1) * len(rows))
            given = None if probabilities is None else probabilities[one]
            yield name, self._lost(Outcome(predicted[one], truth, given, labels))

    def _shuffled(self, rows: pd.DataFrame, name: str, order: Array) -> pd.DataFrame:
        shuffled = rows.copy(deep=False)
        shuffled[name] = self._table[name].iloc[order].set_axis(rows.index)
        return shuffled

    def _lost(self, outcome: Outcome) -> RowLosses:
        lost = row_losses(self._error, outcome)
        assert lost is not None
        return lost


def _seconds_for(model: Model) -> float:
    share = _SHARE_OF_TRAINING * float(model.record["time_limit_seconds"])
    return min(max(share, _LEAST_SECONDS), _MOST_SECONDS)


def _joined(parts: list[RowLosses]) -> RowLosses:
    return RowLosses(np.concatenate([part.each for part in parts]), parts[0].is_root)


def _row(
    name: str, before: RowLosses, shuffled: list[RowLosses], orders: list[Array]
) -> dict[str, object]:
    importance = float(np.mean([lost.score for lost in shuffled])) - before.score
    grown = np.array([lost.linear for lost in shuffled]) - before.linear
    reach = _Z * math.sqrt(_variance(grown, orders) / len(before.each))
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
