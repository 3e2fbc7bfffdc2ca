"""NAME_test_prediction.csv: what is predicted for each row of the test file."""

from typing import Any

import numpy as np
import pandas as pd

from training.model.outcome import Outcome


def prediction_table(outcome: Outcome, rows_before: int, has_target: bool) -> pd.DataFrame:
    """One line for each row of the test file, in its order, counted from 1.

    Columns: ``row``, ``true`` where the file has the target, ``prediction``, and
    ``probability of CLASS`` for each class.
    """
    table = pd.DataFrame({"row": range(rows_before + 1, rows_before + len(outcome) + 1)})
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
