"""NAME_test_prediction.csv: what is predicted for each row of the test file."""

from typing import Any

import pandas as pd

from training.model.outcome import Outcome
from training.model.prediction_columns import (
    PREDICTION,
    objects,
    prediction_columns,
    probability_names,
)

# What the columns are called beside the one that identifies rows.
_OWN = {"row", "true", PREDICTION}


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
        is_taken = name in {*_OWN, *probability_names(outcome.labels)}
        table[f"row id {name}" if is_taken else name] = row_ids.to_numpy()
    if has_target:
        table["true"] = _true_values(outcome)
    predicted = prediction_columns(outcome.predicted, outcome.probabilities, outcome.labels)
    return table.assign(**predicted)


def _true_values(outcome: Outcome) -> Any:
    """The true values, as labels where there are classes; -1, the last place, is none."""
    return outcome.truth if outcome.is_number else objects([*outcome.labels, None])[outcome.truth]
