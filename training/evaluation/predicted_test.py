"""One pass over the test file, in batches: predict, write, add up."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from training.evaluation.error_groups import ErrorGroups, WorstGroups
from training.evaluation.prediction_table import prediction_table
from training.job.safe_csv import write_csv
from training.job.tables import row_id_in
from training.model.outcome import Array, Outcome, OutcomeParts
from training.model.trained_model import Model

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
    worst_groups: WorstGroups
    seconds: float
    places: Array | None = None

    def row_number(self, place: int) -> int:
        """The number in the file, counted from 1, of the row at this place in ``outcome``."""
        return 1 + (place if self.places is None else int(self.places[place]))

    @property
    def labelled_sample(self) -> pd.DataFrame:
        """The rows of the sample with a true value that the model can know."""
        outcome = self.outcome.at(self.sample.index.to_numpy())
        known = outcome.has_truth
        if not outcome.is_number:
            known &= outcome.truth < len(outcome.classes)
        return self.sample[known]


def predict_test(
    model: Model, batches: Iterator[pd.DataFrame], check: dict[str, Any], path: Path
) -> PredictedTest:
    """Predicts every row, appending to the file ``path`` as it goes.

    Of a single file, the index of each batch has the places of its rows in the file.

    Raises:
        KnownFailure: a column that the model needs is missing.
    """
    started = time.monotonic()
    model.predictor.persist()  # or the models would be loaded again for each batch
    target = model.predictor.label
    parts = OutcomeParts(model.classes)
    baselines = {baseline.name: OutcomeParts(model.classes) for baseline in model.baselines}
    groups, sample, row_id = ErrorGroups(check), _Sample(), row_id_in(check)
    places: list[Array] = []
    done, has_target = 0, False
    for table in batches:
        has_target = target in table
        truth = table[target] if has_target else None
        parts.add(*model.prediction(table), truth)
        batch = parts.last()
        groups.add(table, batch)
        sample.add(table, done)
        if check.get("split"):
            places.append(table.index.to_numpy(np.int64))
        ids = table.get(row_id)
        rows = table.index if places else pd.RangeIndex(done, done + len(table))
        written = prediction_table(batch, rows, has_target, ids)
        write_csv(written, path, append=done > 0)
        done += len(table)
        if has_target:
            _add_baselines(model, table, truth, baselines)
    outcomes = {name: found.whole() for name, found in baselines.items()} if has_target else {}
    seconds = time.monotonic() - started
    return PredictedTest(
        parts.whole(),
        has_target,
        outcomes,
        sample.rows(),
        groups.worst(),
        seconds,
        np.concatenate(places) if places else None,
    )


def _add_baselines(
    model: Model,
    table: pd.DataFrame,
    truth: "pd.Series[Any] | None",
    baselines: dict[str, OutcomeParts],
) -> None:
    """Adds what the baselines predict, and drops a baseline that can't read these rows."""
    for baseline in model.baselines:
        if baseline.name not in baselines:
            continue
        try:
            predicted = baseline.prediction(table, len(model.classes or []))
        except Exception as error:  # noqa: BLE001 (the model's own is there, and paid for)
            print(f"Not compared with {baseline.name}: {error}")
            del baselines[baseline.name]
            continue
        baselines[baseline.name].add(*predicted, truth)


class _Sample:
    """The rows with the smallest random numbers: every row is as likely as any other."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(0)
        self._kept = pd.DataFrame()
        self._draws = np.empty(0)

    def add(self, table: pd.DataFrame, first_row: int) -> None:
        draws = self._random.random(len(table))
        table = table.set_axis(range(first_row, first_row + len(table)))
        if len(self._draws):
            table = pd.concat([self._kept, table])
            draws = np.concatenate([self._draws, draws])
        if len(draws) > MOST_SAMPLED:
            chosen = np.sort(np.argpartition(draws, MOST_SAMPLED)[:MOST_SAMPLED])
            table, draws = table.iloc[chosen], draws[chosen]
        self._kept, self._draws = table, draws

    def rows(self) -> pd.DataFrame:
        return self._kept
