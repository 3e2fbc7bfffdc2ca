"""NAME_test_prediction.csv: what is predicted for each row of the test file."""

from typing import Any

import numpy as np
import pandas as pd

from training.model.outcome import Outcome

# What the columns are called beside the one that identifies rows.
_OWN = {"row", "true", "prediction"}


def prediction_table(
    outcome: Outcome, rows: pd.Index, has_target: bool, row_ids: "pd.Series[Any] | None" = None
) -> pd.DataFrame:
    """One line for each row that is tested, in the order of the file.

    Columns: ``row``, the row's number in the file, counted from 1; the column that identifies rows,
    if there is one, under its own name; ``true`` where the file has the target; ``prediction``; and
    ``probability of CLASS`` for each class.

    Args:
        outcome: what is predicted.
        rows: the place of each row in the file, counted from 0.
        has_target: whether the file has the target.
        row_ids: what identifies each row, if anything does.
    """
    table = pd.DataFrame({"row": rows.to_numpy() + 1})
    if row_ids is not None:
        name = str(row_ids.name)
        is_taken = name in _OWN or name in {f"probability of {label}" for label in outcome.labels}
        table[f"row id {name}" if is_taken else name] = row_ids.to_numpy()
    if has_target:
        table["true"] = _labels(outcome, outcome.truth)
    table["prediction"] = _labels(outcome, outcome.predicted)
    if outcome.probabilities is not None:
        for place, label in enumerate(outcome.classes):
            table[f"probability of {label}"] = outcome.probabilities[:, place]
    return table


def _labels(outcome: Outcome, values: Any) -> Any:
    """The values, or the labels at these places; -1, the last one, is none."""
    if outcome.is_number:
        return values
    labels = np.empty(len(outcome.labels) + 1, object)
    labels[:-1] = outcome.labels
    return labels[values]
