"""The scores of a prediction, by scikit-learn, under the names that AutoGluon uses."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn import metrics as sk

Scores = dict[str, float | None]

PLAIN_NAMES = {
    "accuracy": "Accuracy: share of rows predicted right",
    "balanced_accuracy": "Balanced accuracy: the same, every class counting alike",
    "f1": "F1: balance of precision and recall",
    "f1_macro": "F1, mean over the classes",
    "f1_weighted": "F1, mean over the classes by their size",
    "precision": "Precision: share of the found that is right",
    "recall": "Recall: share of the right that is found",
    "mcc": "Matthews correlation: 1 is perfect, 0 is chance",
    "roc_auc": "AUROC: chance that a positive row ranks above a negative one",
    "average_precision": "AUPRC (average precision)",
    "roc_auc_ovo_macro": "AUROC, mean over all pairs of classes",
    "roc_auc_ovr_macro": "AUROC, mean over each class against the others",
    "log_loss": "Log loss of the probabilities (lower is better)",
    "root_mean_squared_error": "Root mean squared error (lower is better)",
    "mean_absolute_error": "Mean absolute error (lower is better)",
    "median_absolute_error": "Median absolute error (lower is better)",
    "r2": "R2: share of the variance that is explained",
    "pearsonr": "Pearson correlation of predicted and true",
}


@dataclass
class Evaluation:
    """Scores by name, None where undefined, and what has to be said about them."""

    scores: Scores = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, score: Callable[[], Any]) -> None:
        """Adds a score, or None and a note where these rows leave it undefined."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                value = float(score())
            except ValueError:
                value = float("nan")
        self.scores[name] = value if np.isfinite(value) else None
        if self.scores[name] is None:
            self.notes.append(f"{name} is undefined for these test rows.")


def binary_scores(
    truth: pd.Series, predicted: pd.Series, positive_probability: pd.Series, positive: Any
) -> Evaluation:
    """Scores for two classes; all arguments but ``positive``, the positive class, are (n,)."""
    is_true = (truth == positive).to_numpy(dtype=bool)
    is_predicted = (predicted == positive).to_numpy(dtype=bool)
    probability = positive_probability.to_numpy(dtype=float)
    evaluation = Evaluation()
    both = len(set(is_true)) == 2
    for name, score in {
        "accuracy": lambda: sk.accuracy_score(is_true, is_predicted),
        "balanced_accuracy": lambda: sk.balanced_accuracy_score(is_true, is_predicted),
        "f1": lambda: sk.f1_score(is_true, is_predicted, zero_division=np.nan),
        "precision": lambda: sk.precision_score(is_true, is_predicted, zero_division=np.nan),
        "recall": lambda: sk.recall_score(is_true, is_predicted, zero_division=np.nan),
        "mcc": lambda: sk.matthews_corrcoef(is_true, is_predicted) if both else np.nan,
        "roc_auc": lambda: sk.roc_auc_score(is_true, probability) if both else np.nan,
        "average_precision": lambda: (
            sk.average_precision_score(is_true, probability) if is_true.any() else np.nan
        ),
        "log_loss": lambda: sk.log_loss(is_true, probability, labels=[False, True]),
    }.items():
        evaluation.add(name, score)
    return evaluation


def multiclass_scores(
    truth: pd.Series, predicted: pd.Series, probabilities: pd.DataFrame
) -> Evaluation:
    """Scores for several classes; ``probabilities`` is (n, classes), its columns the classes."""
    classes = list(probabilities.columns)
    codes = {label: code for code, label in enumerate(classes)}
    y, guess = truth.map(codes).to_numpy(), predicted.map(codes).to_numpy()
    matrix = probabilities.to_numpy(dtype=float)
    every = list(range(len(classes)))
    present = len(set(y)) == len(classes)
    evaluation = Evaluation()

    def auroc(how: str) -> float:
        if not present:
            return float("nan")
        return float(sk.roc_auc_score(y, matrix, multi_class=how, average="macro", labels=every))

    for name, score in {
        "accuracy": lambda: sk.accuracy_score(y, guess),
        "balanced_accuracy": lambda: sk.balanced_accuracy_score(y, guess),
        "f1_macro": lambda: sk.f1_score(y, guess, average="macro"),
        "f1_weighted": lambda: sk.f1_score(y, guess, average="weighted"),
        "mcc": lambda: sk.matthews_corrcoef(y, guess),
        "roc_auc_ovo_macro": lambda: auroc("ovo"),
        "roc_auc_ovr_macro": lambda: auroc("ovr"),
        "log_loss": lambda: sk.log_loss(y, matrix, labels=every),
    }.items():
        evaluation.add(name, score)
    return evaluation


def regression_scores(truth: pd.Series, predicted: pd.Series) -> Evaluation:
    """Scores for a number; both arguments are (n,), in the target's own unit."""
    y, guess = truth.to_numpy(dtype=float), predicted.to_numpy(dtype=float)
    several = len(y) > 1
    evaluation = Evaluation()
    for name, score in {
        "root_mean_squared_error": lambda: sk.root_mean_squared_error(y, guess),
        "mean_absolute_error": lambda: sk.mean_absolute_error(y, guess),
        "median_absolute_error": lambda: sk.median_absolute_error(y, guess),
        "r2": lambda: sk.r2_score(y, guess) if several else np.nan,
        "pearsonr": lambda: np.corrcoef(y, guess)[0, 1] if several else np.nan,
    }.items():
        evaluation.add(name, score)
    return evaluation
