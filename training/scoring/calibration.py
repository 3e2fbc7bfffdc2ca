"""Whether the predicted probabilities match how often they come true."""

import numpy as np
import pandas as pd

from training.job.language import spoken, translated
from training.model.outcome import Array, Outcome
from training.scoring.scores import UNSEEN
from training.scoring.shares import wilson

_MOST_BINS = 10
_ROWS_A_BIN = 20


def why_not_calibrated(outcome: Outcome) -> str | None:
    """Why the probabilities can't be judged by these rows, which have true values; None where they
    can."""
    if outcome.has_unseen:
        return translated(UNSEEN)
    if len(outcome.known_truth) < 2:
        return spoken("all rows have the same class.")
    return None


def calibration_table(outcome: Outcome) -> pd.DataFrame:
    """Predicted and observed probabilities, in bins with about the same number of rows.

    For two classes it is the probability of the positive class; for more, that of the predicted
    class. Columns: ``predicted`` (mean probability), ``observed`` (share of rows for which it came
    true), ``low`` and ``high`` (Wilson's 95% interval of that share), ``rows``.
    """
    predicted, is_true = _claims(outcome)
    bins = min(_MOST_BINS, max(2, len(predicted) // _ROWS_A_BIN))
    edges = np.unique(np.quantile(predicted, np.linspace(0, 1, bins + 1)[1:-1]))
    places = np.searchsorted(edges, predicted, side="left")
    table = (
        pd.DataFrame({"predicted": predicted, "observed": is_true.astype(float), "rows": 1})
        .groupby(places)
        .agg({"predicted": "mean", "observed": "mean", "rows": "sum"})
        .reset_index(drop=True)
    )
    table["low"], table["high"] = wilson(table["observed"].to_numpy(), table["rows"].to_numpy())
    return table


def calibration_error(table: pd.DataFrame) -> float:
    """By how much the probabilities are off on average (expected calibration error)."""
    return float(np.average((table["predicted"] - table["observed"]).abs(), weights=table["rows"]))


def _claims(outcome: Outcome) -> tuple[Array, Array]:
    """The probabilities, and whether they came true."""
    if outcome.is_binary:
        return outcome.positive_probability, outcome.is_positive
    assert outcome.probabilities is not None
    likeliest = outcome.probabilities.argmax(axis=1)
    predicted = outcome.probabilities[np.arange(len(likeliest)), likeliest].astype(float)
    return predicted, likeliest == outcome.truth
