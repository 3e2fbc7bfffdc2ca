"""Which columns the model relies on: what happens to its score when one is shuffled."""

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.model import Model

_SECONDS = 20.0
_MOST_ROWS = 5000
_FEWEST_ROWS = 100
_SHUFFLES = 5
_MOST_FEATURES = 300
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Importance:
    """The permutation importance of each feature, the most important first.

    ``table`` has the columns ``feature``, ``importance`` (by how much the score gets worse),
    ``low``, ``high`` (95% interval over the shuffles), ``p_value`` and ``shuffles``. ``rows`` are
    the test rows that it was measured on; ``left_out`` the features that there was no time for.
    """

    table: pd.DataFrame
    rows: int
    left_out: int


def importance(model: Model, labelled: pd.DataFrame, truth: pd.Series) -> Importance | str:
    """Measured on rows of the test file, which the model has never seen.

    Args:
        model: the model.
        labelled: rows of the test file that have a true value.
        truth: their true values, in the model's terms.

    Returns:
        The importance, or why there is none.
    """
    if len(labelled) < 2:
        return "It is measured on test rows with a true value, and there are too few of them."
    features = list(model.predictor.features())[:_MOST_FEATURES]
    table = model.with_target(labelled, truth)
    rows = _affordable_rows(model, table, len(features))
    try:
        found = model.predictor.feature_importance(
            table,
            features=features,
            subsample_size=rows,
            time_limit=_SECONDS,
            num_shuffle_sets=_SHUFFLES,
            confidence_level=_CONFIDENCE,
            silent=True,
        )
    except (ValueError, AssertionError) as error:
        return f"It could not be measured on these test rows: {error}"
    low, high = (f"p{_CONFIDENCE * 100:.0f}_{end}" for end in ("low", "high"))
    names = {"index": "feature", low: "low", high: "high", "n": "shuffles"}
    told = found.reset_index().rename(columns=names)
    columns = ["feature", "importance", "low", "high", "p_value", "shuffles"]
    left_out = len(model.predictor.features()) - len(features)
    return Importance(told[columns], min(rows, len(table)), left_out)


def _affordable_rows(model: Model, table: pd.DataFrame, features: int) -> int:
    """So many rows that all shuffles of all features fit into the time."""
    some = table.head(_FEWEST_ROWS)
    started = time.monotonic()
    model.prediction(some)
    once = time.monotonic() - started
    per_row = once / len(some)
    affordable = _SECONDS / (per_row * max(1, features) * _SHUFFLES)
    return int(np.clip(affordable, _FEWEST_ROWS, _MOST_ROWS))
