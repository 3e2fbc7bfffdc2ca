"""One pass over the test file, in batches: predict, write, add up."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from training.evaluation.baseline_outcomes import baseline_outcomes
from training.evaluation.error_groups import ErrorGroups, WorstGroups
from training.evaluation.prediction_table import prediction_table
from training.job.safe_csv import write_csv
from training.job.second_process import SecondProcess
from training.job.tables import row_id_in
from training.model.outcome import Array, Outcome, OutcomeParts
from training.model.trained_model import Model, Prediction

MOST_SAMPLED = 10_000


@dataclass(frozen=True)
class PredictedTest:
    """What is known about the test rows once they are predicted.

    ``baselines`` has the outcome of each baseline by its name. ``sample`` has rows as they are in
    the file, all of them or ``MOST_SAMPLED`` drawn at random; its index is their place in
    ``outcome``. ``seconds`` is how long reading, predicting and writing took. ``places`` are those
    of the rows in the file, None where the file has no other rows.
    """

    outcome: Outcome
    has_target: bool
    baselines: dict[str, Outcome]
    sample: pd.DataFrame
    by_model: dict[str, Outcome]
    worst_groups: WorstGroups
    seconds: float
    places: Array | None = None

    def row_number(self, place: int) -> int:
        """The number in the file, counted from 1, of the row at this place in ``outcome``."""
        return 1 + (place if self.places is None else int(self.places[place]))

    @property
    def labelled_sample(self) -> pd.DataFrame:
        """The rows of the sample with a true value that the model can know."""
        return self.sample[self._is_labelled]

    @property
    def labelled_by_model(self) -> dict[str, Outcome]:
        """``by_model`` for the same rows."""
        return {name: outcome.at(self._is_labelled) for name, outcome in self.by_model.items()}

    @property
    def _is_labelled(self) -> Array:
        outcome = self.outcome.at(self.sample.index.to_numpy())
        known = outcome.has_truth
        return known if outcome.is_number else known & (outcome.truth < len(outcome.classes))


def predict_test(
    model: Model,
    read: Callable[[], Iterator[pd.DataFrame]],
    check: dict[str, Any],
    path: Path,
    second: SecondProcess,
) -> PredictedTest:
    """Predicts every row, appending to the file ``path`` as it goes.

    Args:
        model: the trained model.
        read: gives the batches of the test file; of a single file, the index of each has the places
            of its rows in the file.
        check: what the check found.
        path: the file to write.
        second: has the baselines predict the same rows.

    Raises:
        KnownFailure: a column that the model needs is missing.
    """
    started = time.monotonic()
    model.keep_in_memory()
    target = model.predictor.label
    baselines = second.begin(baseline_outcomes, model.baselines, model.classes, target, read)
    parts = OutcomeParts(model.classes)
    groups, sample, row_id = ErrorGroups(check), _Sample(), row_id_in(check)
    places: list[Array] = []
    best = model.predictor.model_best
    done, has_target = 0, False
    for table in read():
        has_target = target in table
        truth = table[target] if has_target else None
        predictions = model.predictions(table, [best])
        parts.add(*predictions[best], truth)
        batch = parts.last()
        groups.add(table, batch)
        sample.add(table, predictions, done)
        if check.get("split"):
            places.append(table.index.to_numpy(np.int64))
        ids = table.get(row_id)
        rows = table.index if places else pd.RangeIndex(done, done + len(table))
        written = prediction_table(batch, rows, has_target, ids)
        write_csv(written, path, append=done > 0)
        done += len(table)
    seconds = time.monotonic() - started
    outcome = parts.whole()
    return PredictedTest(
        outcome,
        has_target,
        baselines(),
        sample.rows,
        sample.by_model(outcome),
        groups.worst(),
        seconds,
        np.concatenate(places) if places else None,
    )


class _Sample:
    """The rows with the smallest random numbers: every row is as likely as any other."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(0)
        self._draws = np.empty(0)
        self._predictions: dict[str, Prediction] = {}
        self.rows = pd.DataFrame()

    def add(self, table: pd.DataFrame, predictions: dict[str, Prediction], first_row: int) -> None:
        """Takes in a batch, and what each model predicts for it."""
        draws = self._random.random(len(table))
        table = table.set_axis(range(first_row, first_row + len(table)))
        if len(self._draws):
            table = pd.concat([self.rows, table])
            draws = np.concatenate([self._draws, draws])
            predictions = {
                name: _joined(self._predictions[name], added) for name, added in predictions.items()
            }
        if len(draws) > MOST_SAMPLED:
            chosen = np.sort(np.argpartition(draws, MOST_SAMPLED)[:MOST_SAMPLED])
            table, draws = table.iloc[chosen], draws[chosen]
            predictions = {name: _at(chosen, each) for name, each in predictions.items()}
        self.rows, self._draws, self._predictions = table, draws, predictions

    def by_model(self, outcome: Outcome) -> dict[str, Outcome]:
        """The outcome of its rows for each model, whose true values are in that of all rows."""
        truth = outcome.truth[self.rows.index.to_numpy(int)]
        return {
            name: Outcome(predicted, truth, probabilities, outcome.labels)
            for name, (predicted, probabilities) in self._predictions.items()
        }


def _joined(first: Prediction, second: Prediction) -> Prediction:
    predicted = np.concatenate([first[0], second[0]])
    if first[1] is None or second[1] is None:
        return predicted, None
    return predicted, np.concatenate([first[1], second[1]])


def _at(rows: Array, prediction: Prediction) -> Prediction:
    predicted, probabilities = prediction
    return predicted[rows], None if probabilities is None else probabilities[rows]
