"""Plots of a prediction of classes; each draws into the axes that it is given."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from sklearn import metrics as sk

from training.job.language import spoken
from training.model.outcome import Array, Outcome
from training.plots.canvas import INK, MUTED, SERIES, Canvas
from training.plots.class_curves import ClassCurves, thinned

_MOST_CLASSES_WITH_NUMBERS = 12


def draw_roc(axes: Axes, outcome: Outcome, curves: list[ClassCurves], canvas: Canvas) -> None:
    """ROC curve of the positive class, or of each class against the others."""
    for number, curve in enumerate(curves):
        told = _told(outcome, curve, canvas, "AUROC", curve.auroc)
        axes.plot(*curve.roc, color=SERIES[number], label=told)
    axes.plot([0, 1], [0, 1], color=MUTED, linestyle="--", linewidth=1)
    rates = spoken("false positive rate"), spoken("true positive rate")
    _name_axes(axes, spoken("ROC curve"), *rates)
    _name_curves(axes, outcome, curves, "lower right")


def draw_precision_recall(
    axes: Axes, outcome: Outcome, curves: list[ClassCurves], canvas: Canvas
) -> None:
    """Precision against recall of the positive class, or of each class against the others."""
    for number, curve in enumerate(curves):
        told = _told(outcome, curve, canvas, "AUPRC", curve.auprc)
        axes.plot(*curve.precision_recall, color=SERIES[number], label=told)
        if outcome.is_binary:
            axes.axhline(curve.share, color=MUTED, linestyle=":", linewidth=0.8)
    axes.set_ylim(-0.02, 1.02)
    _name_axes(axes, spoken("Precision and recall"), spoken("recall"), spoken("precision"))
    _name_curves(axes, outcome, curves, "lower left")


def draw_confusion(axes: Axes, outcome: Outcome, canvas: Canvas) -> None:
    """How many rows of each true class were predicted as each class."""
    labels = outcome.labels
    matrix = sk.confusion_matrix(outcome.truth, outcome.predicted, labels=range(len(labels)))
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    axes.grid(visible=False)
    if len(labels) <= _MOST_CLASSES_WITH_NUMBERS:
        for (row, column), count in np.ndenumerate(matrix):
            colour = "white" if share[row, column] > 0.5 else INK
            axes.text(column, row, f"{count:,}", ha="center", va="center", color=colour)
        names = canvas.class_names(labels)
        axes.set_xticks(range(len(labels)), names, rotation=0 if len(labels) <= 3 else 45)
        axes.set_yticks(range(len(labels)), names)
    axes.set_title(spoken("Confusion matrix"))
    axes.set_xlabel(spoken("predicted"))
    axes.set_ylabel(spoken("true"))


def draw_probabilities(axes: Axes, outcome: Outcome, canvas: Canvas, threshold: float) -> None:
    """The distribution of the positive class's probability, for each true class."""
    edges = np.linspace(0, 1, 26)
    negative, positive = canvas.class_names(outcome.classes)
    actual = {
        spoken("actual {name}", name=positive): outcome.is_positive,
        spoken("actual {name}", name=negative): outcome.is_negative,
    }
    if outcome.has_unseen:
        actual[spoken("another class")] = outcome.truth >= len(outcome.classes)
    for number, (label, rows) in enumerate(actual.items()):
        values = np.histogram(outcome.positive_probability[rows], edges)[0]
        axes.stairs(values, edges, fill=True, alpha=0.45, color=SERIES[number], label=label)
    axes.axvline(threshold, color=INK, linestyle="--", linewidth=1)
    axes.set_xlabel(spoken("probability of {name}", name=positive))
    axes.set_ylabel(spoken("rows"))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(actual))


def draw_calibration(axes: Axes, table: pd.DataFrame, x: str, y: str) -> None:
    """Observed against predicted, with each bin's interval (training/scoring/calibration.py)."""
    axes.plot([0, 1], [0, 1], color=MUTED, linestyle="--", linewidth=1)
    reach = [table["observed"] - table["low"], table["high"] - table["observed"]]
    axes.errorbar(
        table["predicted"], table["observed"], yerr=np.clip(reach, 0, None), color=SERIES[0],
        marker="o", markersize=4, linewidth=1.2, elinewidth=0.8,
    )  # fmt: skip
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def draw_gain(axes: Axes, share: Array, gain: Array, x: str, y: str, diagonal: bool) -> None:
    """Cumulative gain by share of the rows (training/scoring/gains.py)."""
    if diagonal:
        axes.plot([0, 1], [0, 1], color=MUTED, linestyle="--", linewidth=1)
    axes.plot(*thinned(share, gain), color=SERIES[0])
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def draw_class_counts(axes: Axes, outcome: Outcome, canvas: Canvas, most: int = 20) -> None:
    """How often each class was predicted."""
    counts = pd.Series(outcome.predicted).value_counts().head(most)[::-1]
    every = canvas.class_names(outcome.labels)
    names = [every[place] for place in counts.index]
    axes.barh(range(len(names)), counts.to_numpy(), color=SERIES[0])
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel(spoken("rows"))


def _name_axes(axes: Axes, title: str, x: str, y: str) -> None:
    axes.set_title(title)
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def _name_curves(axes: Axes, outcome: Outcome, curves: list[ClassCurves], where: str) -> None:
    if curves:
        axes.legend(loc=where)
        return
    why = spoken("undefined: the test file\nhas rows of only one class")
    if outcome.has_unseen:
        why = spoken("undefined: some rows have\na class that the model does not know")
    axes.text(0.5, 0.5, why, ha="center", va="center", color=MUTED)


def _told(outcome: Outcome, curve: ClassCurves, canvas: Canvas, score: str, value: float) -> str:
    if outcome.is_binary:
        return f"{score} {value:.3f}"
    return f"{canvas.class_names(outcome.classes)[curve.place]}: {value:.3f}"
