"""Rows of the train file whose label is perhaps wrong.

The method is that of confident learning (Northcutt, Jiang, Chuang: Confident Learning: Estimating
Uncertainty in Dataset Labels, Journal of Artificial Intelligence Research 70, 2021), as the library
cleanlab has it, which AWS's AutoGluon container does not contain. Each row is predicted by models
that have not learned from it. A class's threshold is the mean probability of that class among the
rows that have it as their label. A row whose probability of another class reaches that class's
threshold is suspected, unless its own label is still the likeliest.

Two things are added. Probabilities are calibrated first, by one temperature (Guo et al.: On
Calibration of Modern Neural Networks, 2017), for boosted trees that stop early are too cautious.
And the other class must be likely in itself: where hardly anything tells the classes apart, nearly
half of the rows would reach a threshold.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from autogluon.tabular import TabularPredictor

from training.model.outcome import Array

_MOST_SHOWN = 20
_FEWEST_ROWS = 50
# Of a class with fewer labels, the threshold is chance.
_FEWEST_OF_A_CLASS = 10
_CLEARLY_LIKELIER = 0.8
_TEMPERATURES = np.geomspace(0.05, 20, 121)
_SMALLEST = 1e-9

Probabilities = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SuspectedLabel:
    """One row: its number in the train file, counted from 1, its label, and the class that is
    likelier, with its probability."""

    row: int
    label: Any
    likelier: Any
    probability: float


@dataclass(frozen=True)
class SuspectedLabels:
    """The ``shown`` rows, the most suspicious first, of all that are suspected among ``rows``."""

    rows: int
    suspected: int
    shown: list[SuspectedLabel]

    def as_json(self) -> dict[str, Any]:
        """What the record of the training holds."""
        return asdict(self)


def suspected_labels(predictor: TabularPredictor, labels: pd.Series) -> SuspectedLabels | None:
    """The rows whose label is perhaps wrong; None where that can't be told: a number is predicted,
    or too few rows were held out from the models.

    Args:
        predictor: the fitted models.
        labels: the labels of the rows that they have learned from, by the rows' places.
    """
    if predictor.problem_type not in ("binary", "multiclass"):
        return None
    held_out = _held_out(predictor, labels.index)
    if held_out is None or len(held_out) < _FEWEST_ROWS:
        return None
    classes = list(held_out.columns)
    given = pd.Index(classes).get_indexer(pd.Index(labels.loc[held_out.index]))
    known = given >= 0
    places, given = held_out.index.to_numpy()[known], given[known]
    probabilities = calibrated(held_out.to_numpy(float)[known], given)
    likelier = likelier_classes(probabilities, given)
    suspected = np.flatnonzero(likelier >= 0)
    order = suspected[np.argsort(probabilities[suspected, given[suspected]], kind="stable")]
    shown = [
        SuspectedLabel(
            row=int(places[row]) + 1,
            label=_plain(classes[given[row]]),
            likelier=_plain(classes[likelier[row]]),
            probability=round(float(probabilities[row, likelier[row]]), 4),
        )
        for row in order[:_MOST_SHOWN]
    ]
    return SuspectedLabels(len(given), len(suspected), shown)


def calibrated(probabilities: Probabilities, given: Array) -> Probabilities:
    """The probabilities, of shape (rows, classes), made bolder or more cautious, so that they fit
    the labels ``given``; which class is the likelier one stays as it is."""
    logarithms = np.log(np.maximum(probabilities, _SMALLEST))
    own = np.arange(len(given)), given

    def at(temperature: float) -> Probabilities:
        scaled = logarithms / temperature
        powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        shares: Probabilities = powers / powers.sum(axis=1, keepdims=True)
        return shares

    return min(map(at, _TEMPERATURES), key=lambda found: -np.log(found[own] + _SMALLEST).mean())


def likelier_classes(
    probabilities: Probabilities, given: Array, clearly: float = _CLEARLY_LIKELIER
) -> Array:
    """For each row the class that it has more likely than its label, -1 where there is none.

    Args:
        probabilities: of each class, of shape (rows, classes).
        given: the place of each row's label among the classes.
        clearly: the probability that such a class has at least.
    """
    rows, classes = probabilities.shape
    counts = np.bincount(given, minlength=classes)
    own = probabilities[np.arange(rows), given]
    means = np.bincount(given, own, classes) / np.maximum(counts, 1)
    thresholds = np.where(counts >= _FEWEST_OF_A_CLASS, np.maximum(means, clearly), np.inf)
    reached = np.where(probabilities >= thresholds, probabilities, -1.0)
    best = reached.argmax(axis=1)
    is_likelier = (reached.max(axis=1) > own) & (best != given)
    return np.where(is_likelier, best, -1)


def _held_out(predictor: TabularPredictor, places: "pd.Index[Any]") -> pd.DataFrame | None:
    """The probabilities by models that have not learned from the row, by the rows' places: of all
    rows after cross-validation, otherwise of the validation rows."""
    found: pd.DataFrame
    # AutoGluon tells these nowhere else.
    trainer, best = predictor._trainer, predictor.model_best  # noqa: SLF001
    # A refitted model has learned from the validation rows, too.
    model = trainer.get_model_attribute(best, "refit_full_parent", default=None) or best
    try:
        if trainer.bagged_mode and not trainer.has_val:
            found = predictor.predict_proba_oof(model)
        else:
            found = predictor.predict_proba_multi(data=None, models=[model])[model]
    except (AssertionError, ValueError):
        # AutoGluon has none for this model.
        return None
    # Rows that AutoGluon has doubled or made up are none of the file's.
    return found[~found.index.duplicated() & found.index.isin(places)]


def _plain(label: Any) -> Any:
    """The label as JSON has it."""
    return label.item() if isinstance(label, np.generic) else label
