"""NAME_test_prediction.csv read back: what was predicted for which rows of the test file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from training.job.safe_csv import safe_text
from training.model.outcome import Array, Outcome, OutcomeParts, written_label
from training.model.prediction_columns import PREDICTION, probability_names

_ROW, _TRUTH = "row", "true"


@dataclass(frozen=True)
class KeptPredictions:
    """The numbers of the rows in the test file (n,), their true values as they are written (n,),
    and what was predicted."""

    rows: Array
    written_truth: Array
    outcome: Outcome

    def is_about_the_rows_of(self, other: "KeptPredictions") -> bool:
        """Whether both are about the same rows with the same true values."""
        return bool(
            np.array_equal(self.rows, other.rows)
            and np.array_equal(self.written_truth, other.written_truth)
        )


def kept_predictions(path: Path, classes: list[Any] | None) -> KeptPredictions | None:
    """What :func:`training.evaluation.prediction_table.prediction_table` has written to ``path``.

    Args:
        path: the file.
        classes: the classes in the order of metrics.json, or in another one; None for numbers.

    Returns:
        None where the file has no true values, or is of other classes.
    """
    wanted = {_ROW, _TRUTH, PREDICTION, *(probability_names(classes or []))}
    header = pd.read_csv(path, encoding="utf-8-sig", nrows=0, dtype=str)
    if not wanted <= set(header.columns):
        return None
    texts = [_TRUTH] if classes is None else [_TRUTH, PREDICTION]
    table = pd.read_csv(
        path,
        encoding="utf-8-sig",
        usecols=list(wanted),
        dtype=dict.fromkeys(texts, str),
        keep_default_na=False,
        float_precision="round_trip",
    )
    truth = table[_TRUTH].to_numpy(object)
    outcome = _numbers(table) if classes is None else _of_classes(table, classes)
    return KeptPredictions(table[_ROW].to_numpy(np.int64), truth, outcome) if outcome else None


def _numbers(table: pd.DataFrame) -> Outcome:
    parts = OutcomeParts(None)
    # Python's own float() gives the very number that was written; pandas' to_numeric does not.
    truth = table[_TRUTH].replace("", "nan").to_numpy(object).astype(float)
    parts.add(table[PREDICTION].to_numpy(float), None, pd.Series(truth))
    return parts.whole()


def _of_classes(table: pd.DataFrame, classes: list[Any]) -> Outcome | None:
    # As the file has them, so that what is written there is found again.
    names = [safe_text(written_label(label)) for label in classes]
    predicted = pd.Index(names).get_indexer(pd.Index(table[PREDICTION]))
    if (predicted < 0).any():
        return None
    parts = OutcomeParts(names)
    probabilities = table[probability_names(classes)].to_numpy(np.float32)
    parts.add(predicted, probabilities, table[_TRUTH].where(table[_TRUTH] != ""))
    return parts.whole()
