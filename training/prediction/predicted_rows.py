"""One pass over new rows, batch by batch: read, predict, write, add up."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from training.job.csv_text import csv_text
from training.job.safe_csv import cells, heading, safe_texts
from training.job.tables import BLOCK_BYTES
from training.model.outcome import Outcome, OutcomeParts, plain_label
from training.model.prediction_columns import PREDICTION, prediction_columns, probability_names
from training.model.trained_model import Model
from training.prediction.distribution import ClassCounts, NumberSpread
from training.prediction.new_rows import PART, NewRows


@dataclass(frozen=True)
class PredictedRows:
    """What is known about new rows once they are predicted.

    ``scored`` are those with a true value, None where the file has no column of them. ``added`` are
    the names of the columns that were added to the file's own, and ``seconds`` is how long reading,
    predicting and writing took.
    """

    rows: int
    distribution: ClassCounts | NumberSpread
    scored: Outcome | None
    added: list[str]
    seconds: float


def predict_rows(model: Model, folder: Path, check: dict[str, Any], path: Path) -> PredictedRows:
    """Predicts every row of the one file in ``folder``, and writes the result to ``path``.

    The result has the file's own columns with their texts as they are, then ``prediction`` and
    ``probability of CLASS``, in UTF-8 with commas, safe to open in a spreadsheet.

    Raises:
        KnownFailure: the file can't be read, has other rows than those that were checked, or lacks
            a column that the model needs.
    """
    started = time.monotonic()
    if check[PART]["text_bytes"] > BLOCK_BYTES:
        model.keep_in_memory()
    target = model.predictor.label
    labels = [plain_label(label) for label in model.classes or []]
    counted: ClassCounts | NumberSpread = ClassCounts(labels) if labels else NumberSpread()
    truth = OutcomeParts(model.classes)
    file = NewRows.of(folder, check, {*model.predictor.features(), target})
    added = distinct_names([PREDICTION, *probability_names(labels)], file.names)
    # The check says whether the column's values can be compared with predictions.
    is_labelled = check.get("has_target", True)
    rows, has_target = 0, False
    with path.open("wb") as written:
        written.write(heading([*file.names, *added]))
        for batch in filter(len, file.batches()):
            predicted, probabilities = model.prediction(batch.table)
            columns = prediction_columns(predicted, probabilities, labels)
            made = [cells(pd.Series(values)) for values in columns.values()]
            written.write(csv_text([safe_texts(texts) for texts in [*batch.texts, *made]]))
            counted.add(predicted, probabilities)
            rows += len(batch)
            if target in batch.table and is_labelled:
                has_target = True
                known = batch.table[target].notna().to_numpy()
                kept = None if probabilities is None else probabilities[known]
                truth.add(predicted[known], kept, batch.table[target][known])
    scored = truth.whole().scored() if has_target else None
    return PredictedRows(rows, counted, scored, added, time.monotonic() - started)


def distinct_names(names: list[str], taken: Collection[str]) -> list[str]:
    """The names, those that are taken with a number behind them."""
    free: list[str] = []
    for name in names:
        used = {*taken, *free}
        numbered = (f"{name} ({number})" for number in range(2, len(used) + 3))
        free.append(name if name not in used else next(n for n in numbered if n not in used))
    return free
