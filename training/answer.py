"""Answers what a model predicts for single rows, for as long as somebody asks.

A line on stdin is a JSON object, and its answer a line on stdout. The first one names the model:
``archive``, ``sha256`` (the digest of the model that the training made) and ``language``; it is
answered with the columns that it has ``used``. Each of the others has ``rows``, each with the
``text`` of a file of one row and the ``check`` of it, and ``instead``: for each of these a
``column`` of the first row that is to have another ``value``. It is answered with the ``names`` of
the result's columns and with ``answers``, the texts of each row and then of each replacement. What
can't be answered is ``failed``, with the reason. The end of stdin is the end of the program.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from training.job.ending import end_at_once
from training.job.failure import KnownFailure
from training.job.language import ENGLISH, spoken_in
from training.job.safe_csv import cells
from training.job.tables import as_whole_numbers
from training.model.outcome import plain_label
from training.model.prediction_columns import objects, prediction_columns
from training.model.trained_model import Model, model_in
from training.model.used_columns import used_columns
from training.prediction.new_rows import NewRows

Said = dict[str, Any]


@dataclass(frozen=True)
class Answerer:
    """A model that is loaded."""

    model: Model

    def answer(self, asked: Said) -> Said:
        """What is predicted for the rows, and for the first of them with each replacement.

        Raises:
            KnownFailure: a row can't be read, or lacks a column that the model needs.
        """
        rows = [self._table(row) for row in asked["rows"]]
        table = pd.concat([*rows, with_each(rows[0], asked["instead"])], ignore_index=True)
        labels = [plain_label(label) for label in self.model.classes or []]
        columns = prediction_columns(*self.model.prediction(table), labels)
        texts = [cells(pd.Series(values)).to_pylist() for values in columns.values()]
        return {"names": list(columns), "answers": list(zip(*texts, strict=True))}

    def _table(self, row: Said) -> pd.DataFrame:
        """The row as a prediction of its file reads it."""
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "row.csv").write_text(row["text"], encoding="utf-8", newline="")
            file = NewRows.of(Path(folder), row["check"], self.model.predictor.features())
            return pd.concat([batch.table for batch in file.batches()], ignore_index=True)


def with_each(row: pd.DataFrame, instead: list[Said]) -> pd.DataFrame:
    """As many copies of the one ``row`` as there are replacements, each with one of them."""
    columns = {}
    for name in row:
        values = [row[name].iloc[0]] * len(instead)
        for place, one in enumerate(instead):
            if one["column"] == name:
                values[place] = one["value"]
        is_text = row[name].dtype == object
        columns[name] = objects(values) if is_text else as_whole_numbers(np.array(values, float))
    return pd.DataFrame(columns)


def main() -> None:
    """Answers line by line."""
    # What the libraries print is no answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lines = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - it is stdin
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        told = json.loads(lines.readline() or "{}")
        loaded: list[Answerer] = []

        def load(asked: Said) -> Said:
            model = model_in(Path(asked["archive"]), Path(folder), asked["sha256"])
            model.keep_in_memory()
            loaded.append(Answerer(model))
            return {"used": used_columns(model.predictor)}

        _tell(answers, _answered(load, told))
        for line in lines if loaded else ():
            _tell(answers, _answered(loaded[0].answer, json.loads(line)))
    end_at_once()


def _answered(answer: Callable[[Said], Said], asked: Said) -> Said:
    with spoken_in(asked.get("language", ENGLISH)):
        try:
            return answer(asked)
        except KnownFailure as reason:
            return {"failed": str(reason)}
        except Exception as error:  # noqa: BLE001 - whoever asks is told, and may ask again
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            return {"failed": f"{type(error).__name__}: {error}"}


def _tell(answers: IO[str], told: Said) -> None:
    answers.write(json.dumps(told, ensure_ascii=False) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
