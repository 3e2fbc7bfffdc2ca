"""Whether the probabilities can be taken at their word."""

import numpy as np
import pandas as pd

from training.model.outcome import Array, Outcome
from training.scoring.shares import wilson

_MOST_BINS = 10
_ROWS_A_BIN = 20


def calibration_table(outcome: Outcome) -> pd.DataFrame:
    """What the model said beside what was seen, in bins of about equally many rows.

    For two classes it is the probability of the positive class; for more, that of the predicted
    one. Columns: ``said`` (mean probability), ``seen`` (share of rows for which it was true),
    ``low`` and ``high`` (Wilson's 95% interval of it), ``rows``.
    """
    said, is_true = _claims(outcome)
    bins = min(_MOST_BINS, max(2, len(said) // _ROWS_A_BIN))
    edges = np.unique(np.quantile(said, np.linspace(0, 1, bins + 1)[1:-1]))
    places = np.searchsorted(edges, said, side="left")
    table = (
        pd.DataFrame({"said": said, "seen": is_true.astype(float), "rows": 1})
        .groupby(places)
        .agg({"said": "mean", "seen": "mean", "rows": "sum"})
        .reset_index(drop=True)
    )
    table["low"], table["high"] = wilson(table["seen"].to_numpy(), table["rows"].to_numpy())
    return table


def calibration_error(table: pd.DataFrame) -> float:
    """By how much the probabilities are off on average (expected calibration error)."""
    return float(np.average((table["said"] - table["seen"]).abs(), weights=table["rows"]))


def _claims(outcome: Outcome) -> tuple[Array, Array]:
    if outcome.is_binary:
        return outcome.positive_probability, outcome.is_positive
    assert outcome.probabilities is not None
    surest = outcome.probabilities.argmax(axis=1)
    said = outcome.probabilities[np.arange(len(surest)), surest].astype(float)
    return said, surest == outcome.truth
