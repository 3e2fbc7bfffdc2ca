"""Plots of a prediction of numbers; each draws into the axes that it is given."""

import numpy as np
from matplotlib.axes import Axes

from training.job.language import spoken
from training.model.outcome import Array, Outcome
from training.plots.canvas import MUTED, SERIES

_MOST_POINTS = 1500
_MOST_BINS = 40


def draw_against(axes: Axes, outcome: Outcome) -> None:
    """Predicted against true."""
    truth, predicted = _some(outcome)
    ends = [min(truth.min(), predicted.min()), max(truth.max(), predicted.max())]
    axes.plot(ends, ends, color=MUTED, linestyle="--", linewidth=1)
    axes.scatter(truth, predicted, s=13, alpha=0.65, color=SERIES[0], linewidths=0)
    axes.set_title(spoken("Predicted against true"))
    axes.set_xlabel(spoken("true value"))
    axes.set_ylabel(spoken("predicted value"))


def draw_residuals(axes: Axes, outcome: Outcome) -> None:
    """Errors by prediction."""
    truth, predicted = _some(outcome)
    axes.axhline(0, color=MUTED, linestyle="--", linewidth=1)
    axes.scatter(predicted, truth - predicted, s=13, alpha=0.65, color=SERIES[0], linewidths=0)
    axes.set_title(spoken("Errors by prediction"))
    axes.set_xlabel(spoken("predicted value"))
    axes.set_ylabel(spoken("true minus predicted"))


def draw_errors(axes: Axes, outcome: Outcome) -> None:
    """Distribution of the errors."""
    _histogram(axes, outcome.truth - outcome.predicted)
    axes.axvline(0, color=MUTED, linestyle="--", linewidth=1)
    axes.set_title(spoken("Distribution of the errors"))
    axes.set_xlabel(spoken("true minus predicted"))
    axes.set_ylabel(spoken("rows"))


def draw_predictions(axes: Axes, outcome: Outcome) -> None:
    """Distribution of the predictions, for a test file without true values."""
    _histogram(axes, outcome.predicted)
    axes.set_xlabel(spoken("predicted value"))
    axes.set_ylabel(spoken("rows"))


def _histogram(axes: Axes, values: Array) -> None:
    bins = min(_MOST_BINS, max(5, round(np.sqrt(len(values)))))
    counts, edges = np.histogram(values, bins)
    axes.stairs(counts, edges, fill=True, alpha=0.8, color=SERIES[0])


def _some(outcome: Outcome) -> tuple[Array, Array]:
    """True and predicted values, of no more rows than can be told apart."""
    rows = np.arange(len(outcome))
    if len(rows) > _MOST_POINTS:
        rows = np.random.default_rng(0).choice(rows, _MOST_POINTS, replace=False)
    return outcome.truth[rows], outcome.predicted[rows]
