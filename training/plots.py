"""NAME_eval.png: one picture that shows how good the model is, for every kind of target."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn import metrics as sk

_BLUE, _ORANGE, _GREY = "#2563a8", "#d9702b", "#8a8f98"
# Fonts that know Korean, Chinese and Japanese, by the systems that have them.
_EAST_ASIAN_FONTS = (
    "Noto Sans CJK KR",
    "Noto Sans CJK JP",
    "Noto Sans KR",
    "NanumGothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "UnDotum",
)
_MOST_CURVES = 8
_MOST_CLASSES_WITH_NUMBERS = 12
_MOST_POINTS = 5000
_LONGEST_LABEL = 18


def save_binary_plots(
    path: Path,
    title: str,
    truth: pd.Series,
    probability: pd.Series,
    predicted: pd.Series,
    labels: list[Any],
) -> None:
    """ROC, precision-recall and confusion matrix; ``labels`` is [negative, positive] class."""
    is_true = (truth == labels[1]).to_numpy(dtype=bool)
    figure, axes = _three(title)
    if len(set(is_true)) == 2:
        _roc(axes[0], [(None, is_true, probability.to_numpy())])
        _precision_recall(axes[1], [(None, is_true, probability.to_numpy())])
    else:
        _undefined(axes[0], "ROC curve")
        _undefined(axes[1], "Precision and recall")
    _confusion(axes[2], truth, predicted, labels)
    _save(figure, path)


def save_multiclass_plots(
    path: Path, title: str, truth: pd.Series, probabilities: pd.DataFrame, predicted: pd.Series
) -> None:
    """ROC and precision-recall of each class against the others, and the confusion matrix."""
    by_size = truth.value_counts().index
    curves = [
        (label, (truth == label).to_numpy(dtype=bool), probabilities[label].to_numpy())
        for label in by_size[:_MOST_CURVES]
        if (truth != label).any()
    ]
    figure, axes = _three(title)
    if curves:
        _roc(axes[0], curves)
        _precision_recall(axes[1], curves)
    else:
        _undefined(axes[0], "ROC curves")
        _undefined(axes[1], "Precision and recall")
    _confusion(axes[2], truth, predicted, list(probabilities.columns))
    _save(figure, path)


def save_regression_plots(path: Path, title: str, truth: pd.Series, predicted: pd.Series) -> None:
    """Predicted against true, residuals, and the distribution of the errors."""
    shown = truth.sample(min(len(truth), _MOST_POINTS), random_state=0).index
    y, guess = truth[shown].to_numpy(dtype=float), predicted[shown].to_numpy(dtype=float)
    figure, (against, residual, errors) = _three(title)
    low, high = min(y.min(), guess.min()), max(y.max(), guess.max())
    against.plot([low, high], [low, high], color=_GREY, linestyle="--", linewidth=1)
    against.scatter(y, guess, s=14, alpha=0.6, color=_BLUE, linewidths=0)
    _label(against, "Predicted against true", "true value", "predicted value")
    residual.axhline(0, color=_GREY, linestyle="--", linewidth=1)
    residual.scatter(guess, y - guess, s=14, alpha=0.6, color=_BLUE, linewidths=0)
    _label(residual, "Errors by prediction", "predicted value", "true minus predicted")
    errors.hist((truth - predicted).astype(float), bins="auto", color=_BLUE, alpha=0.85)
    errors.axvline(0, color=_GREY, linestyle="--", linewidth=1)
    _label(errors, "Distribution of the errors", "true minus predicted", "rows")
    _save(figure, path)


def save_prediction_plot(path: Path, title: str, predicted: pd.Series) -> None:
    """What was predicted how often, for a test file without the true values."""
    with _fonts():
        figure = Figure(figsize=(7, 4.5), layout="constrained")
        figure.suptitle(_shown(title, 90), fontweight="bold")
        axes = figure.add_subplot()
    if predicted.dtype.kind in "fiu" and predicted.nunique() > 20:
        axes.hist(predicted, bins="auto", color=_BLUE, alpha=0.85)
        _label(axes, "Distribution of the predictions", "predicted value", "rows")
    else:
        counts = predicted.value_counts().head(20)[::-1]
        with _fonts():
            axes.barh([_shown(label) for label in counts.index], counts.to_numpy(), color=_BLUE)
        _label(axes, "Predicted classes", "rows", "")
    _save(figure, path)


def _three(title: str) -> tuple[Figure, list[Axes]]:
    with _fonts():
        figure = Figure(figsize=(15, 5), layout="constrained")
        figure.suptitle(_shown(title, 110), fontweight="bold")
        return figure, list(figure.subplots(1, 3))


def _roc(axes: Axes, curves: list[tuple[Any, np.ndarray, np.ndarray]]) -> None:
    for number, (label, is_true, probability) in enumerate(curves):
        false_rate, true_rate, _ = sk.roc_curve(is_true, probability)
        area = sk.roc_auc_score(is_true, probability)
        axes.plot(false_rate, true_rate, color=_colour(number), label=_named(label, "AUROC", area))
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle="--", linewidth=1)
    _label(axes, "ROC curve", "false positive rate", "true positive rate")
    _legend(axes, "lower right")


def _precision_recall(axes: Axes, curves: list[tuple[Any, np.ndarray, np.ndarray]]) -> None:
    for number, (label, is_true, probability) in enumerate(curves):
        precision, recall, _ = sk.precision_recall_curve(is_true, probability)
        area = sk.average_precision_score(is_true, probability)
        axes.plot(recall, precision, color=_colour(number), label=_named(label, "AUPRC", area))
        axes.axhline(is_true.mean(), color=_GREY, linestyle=":", linewidth=0.8)
    axes.set_ylim(-0.02, 1.02)
    _label(axes, "Precision and recall", "recall", "precision")
    _legend(axes, "lower left")


def _confusion(axes: Axes, truth: pd.Series, predicted: pd.Series, labels: list[Any]) -> None:
    codes = {label: code for code, label in enumerate(labels)}
    matrix = sk.confusion_matrix(
        truth.map(codes), predicted.map(codes), labels=list(codes.values())
    )
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    if len(labels) <= _MOST_CLASSES_WITH_NUMBERS:
        for (row, column), count in np.ndenumerate(matrix):
            colour = "white" if share[row, column] > 0.5 else "black"
            axes.text(column, row, f"{count:,}", ha="center", va="center", color=colour)
        with _fonts():
            names = [_shown(label) for label in labels]
            slanted = 0 if len(labels) <= 3 else 45
            axes.set_xticks(range(len(labels)), names, rotation=slanted)
            axes.set_yticks(range(len(labels)), names)
    _label(axes, "Confusion matrix", "predicted", "true")


def _undefined(axes: Axes, title: str) -> None:
    axes.text(
        0.5,
        0.5,
        "undefined: the test file\nhas rows of one class only",
        ha="center",
        va="center",
        color=_GREY,
    )
    axes.set_axis_off()
    axes.set_title(title)


def _label(axes: Axes, title: str, x: str, y: str) -> None:
    axes.set_title(title)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.spines[["top", "right"]].set_visible(False)


def _legend(axes: Axes, where: str) -> None:
    with _fonts():
        axes.legend(loc=where, frameon=False, fontsize="small")


def _named(label: Any, name: str, value: float) -> str:
    return f"{name} {value:.3f}" if label is None else f"{_shown(label)}: {name} {value:.3f}"


def _colour(number: int) -> str:
    return (_BLUE, _ORANGE, "#3f9b5f", "#8b5fbf", "#c2436e", "#6f6a2e", "#2d9cb0", "#55606e")[
        number % _MOST_CURVES
    ]


def _shown(label: Any, longest: int = _LONGEST_LABEL) -> str:
    """``label`` short enough to be drawn; a dollar sign would start a formula."""
    text = " ".join(str(label).split())
    text = text if len(text) <= longest else text[: longest - 1] + "…"
    return text.replace("$", r"\$")


def _fonts() -> Any:
    """The settings under which text from the data is made: first the fonts that know its script."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    families = [name for name in _EAST_ASIAN_FONTS if name in installed]
    return mpl.rc_context({"font.family": ["DejaVu Sans", *families[:1]]})


def _save(figure: Figure, path: Path) -> None:
    with _fonts():
        figure.savefig(path, dpi=110)
