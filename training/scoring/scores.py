"""The scores of a prediction, by scikit-learn, under the names that AutoGluon uses."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import stats
from sklearn import metrics as sk

from training.job.language import spoken, to_speak, translated
from training.model.outcome import Array, Outcome
from training.scoring.class_counts import counted

Scores = dict[str, float | None]
ScoreFunctions = dict[str, Callable[[Outcome], Any]]

PLAIN_NAMES = {
    "accuracy": to_speak("Accuracy: share of rows predicted right"),
    "balanced_accuracy": to_speak("Balanced accuracy: the same, with every class counting equally"),
    "f1": to_speak("F1: balance of precision and recall"),
    "f1_macro": to_speak("F1, mean over the classes"),
    "f1_micro": to_speak("F1 over all classes together"),
    "f1_weighted": to_speak("F1, mean over the classes by their size"),
    "precision": to_speak("Precision: share of the predicted positives that are right"),
    "precision_macro": to_speak("Precision, mean over the classes"),
    "recall": to_speak("Recall: share of the actual positives that are found"),
    "recall_macro": to_speak("Recall, mean over the classes"),
    "specificity": to_speak(
        "Specificity: share of the actual negatives that are predicted negative"
    ),
    "mcc": to_speak("Matthews correlation: 1 is perfect, 0 is chance"),
    "roc_auc": to_speak("AUROC: chance that a positive row ranks above a negative one"),
    "average_precision": to_speak("AUPRC: precision, averaged over all levels of recall"),
    "roc_auc_ovo_macro": to_speak("AUROC, mean over all pairs of classes"),
    "roc_auc_ovr_macro": to_speak("AUROC, mean over each class against the others"),
    "log_loss": to_speak("Log loss of the probabilities (lower is better)"),
    "brier": to_speak("Brier score: mean squared error of the probabilities (lower is better)"),
    "root_mean_squared_error": to_speak("Root mean squared error (lower is better)"),
    "mean_squared_error": to_speak("Mean squared error (lower is better)"),
    "mean_absolute_error": to_speak("Mean absolute error (lower is better)"),
    "median_absolute_error": to_speak("Median absolute error (lower is better)"),
    "mean_absolute_percentage_error": to_speak(
        "Mean absolute error as a share of the true value (lower is better)"
    ),
    "r2": to_speak("R2: share of the variance that is explained"),
    "pearsonr": to_speak("Pearson correlation of predicted and true values"),
    "spearmanr": to_speak("Spearman correlation: how well the order is predicted"),
}
LOWER_IS_BETTER = {
    *("log_loss", "brier", "root_mean_squared_error", "mean_squared_error"),
    *("mean_absolute_error", "median_absolute_error", "mean_absolute_percentage_error"),
    *("symmetric_mean_absolute_percentage_error", "root_mean_squared_logarithmic_error"),
}


UNSEEN = to_speak("some rows have a class that the model does not know.")


class Undefined(Exception):
    """A score that has no value for these rows; the text says why."""


@dataclass
class ScoreTable:
    """Scores by name, None where undefined, with notes on them."""

    scores: Scores = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def score_table(outcome: Outcome, functions: ScoreFunctions) -> ScoreTable:
    """The scores that ``functions`` give; all rows of ``outcome`` have a true value."""
    found = ScoreTable()
    reasons: dict[str, list[str]] = {}
    for name, score in functions.items():
        try:
            found.scores[name] = value_of(score, outcome)
        except Undefined as undefined:
            found.scores[name] = None
            reasons.setdefault(str(undefined), []).append(name)
    found.notes = [
        spoken(
            "{names} {count:is|are} undefined for these test rows: {reason}",
            names=", ".join(names),
            count=len(names),
            reason=reason,
        )
        for reason, names in reasons.items()
    ]
    return found


def value_of(score: Callable[[Outcome], Any], outcome: Outcome) -> float:
    """The value of one score.

    Raises:
        Undefined: it has none for these rows.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = float(score(outcome))
        except (ValueError, AssertionError) as error:
            raise Undefined(f"{str(error).rstrip('.')}.") from error
    if np.isinf(value):
        raise Undefined(spoken("the value is too large to write."))
    if np.isnan(value):
        raise Undefined(
            spoken("there is nothing to divide by (no such rows or no such predictions).")
        )
    return value


def score_functions(outcome: Outcome) -> ScoreFunctions:
    """The scores that make sense for this target."""
    if outcome.is_number:
        return _FOR_NUMBERS
    return _FOR_TWO_CLASSES if outcome.is_binary else _FOR_MORE_CLASSES


def _both_classes(outcome: Outcome) -> tuple[Any, Any]:
    """Which rows are positive, and the probability of it."""
    _require_known(outcome)
    is_positive = outcome.is_positive
    if is_positive.all() or not is_positive.any():
        raise Undefined(spoken("the test file has rows of only one class."))
    return is_positive, outcome.positive_probability


def _known(outcome: Outcome) -> tuple[Any, Any]:
    """True classes and probabilities, if every class has a probability."""
    _require_known(outcome)
    assert outcome.probabilities is not None
    probabilities = outcome.probabilities.astype(float)
    return outcome.truth, probabilities / probabilities.sum(axis=1, keepdims=True)


def _require_known(outcome: Outcome) -> None:
    if outcome.has_unseen:
        raise Undefined(translated(UNSEEN))


def _every_class(outcome: Outcome) -> tuple[Any, Any]:
    truth, probabilities = _known(outcome)
    if len(np.unique(truth)) < len(outcome.classes):
        raise Undefined(spoken("some classes have no row in the test file."))
    return truth, probabilities


def _mcc(outcome: Outcome) -> float:
    if len(np.unique(outcome.truth)) < 2:
        raise Undefined(spoken("the test file has rows of only one class."))
    return _of_classes(sk.matthews_corrcoef)(outcome)


def _log_loss(outcome: Outcome) -> float:
    truth, probabilities = _known(outcome)
    return float(sk.log_loss(truth, probabilities, labels=range(len(outcome.classes))))


def _auroc(how: str) -> Callable[[Outcome], float]:
    def score(outcome: Outcome) -> float:
        truth, probabilities = _every_class(outcome)
        return float(sk.roc_auc_score(truth, probabilities, multi_class=how, average="macro"))

    return score


def _of_classes(function: Callable[..., Any], **options: Any) -> Callable[[Outcome], float]:
    def score(outcome: Outcome) -> float:
        truth, predicted, rows = _kinds(outcome)
        return float(function(truth, predicted, sample_weight=rows, **options))

    return score


def _of_positive(function: Callable[..., Any]) -> Callable[[Outcome], float]:
    def score(outcome: Outcome) -> float:
        truth, predicted, rows = _kinds(outcome)
        found = function(truth == 1, predicted == 1, sample_weight=rows, zero_division=np.nan)
        return float(found)

    return score


def _kinds(outcome: Outcome) -> tuple[Array, Array, Array | None]:
    """The true and the predicted class of each kind of row, and how many rows are of it: of so many
    rows with that weight, a score is the same as of all of them, and takes no time."""
    size = len(outcome.labels)
    if size**2 > len(outcome):
        return outcome.truth, outcome.predicted, None
    places, rows = counted(outcome.truth * size + outcome.predicted, size**2)
    return places // size, places % size, rows


def _specificity(outcome: Outcome) -> float:
    """A row of a class that the model does not know is no negative one."""
    predicted = outcome.predicted[outcome.is_negative]
    return float(np.mean(predicted == 0)) if len(predicted) else float("nan")


def _brier(outcome: Outcome) -> float:
    _require_known(outcome)
    return float(np.mean((outcome.positive_probability - outcome.is_positive) ** 2))


def _of_numbers(function: Callable[..., Any]) -> Callable[[Outcome], float]:
    return lambda outcome: function(outcome.truth, outcome.predicted)


def _of_several(function: Callable[..., Any]) -> Callable[[Outcome], float]:
    def score(outcome: Outcome) -> float:
        if len(outcome) < 2:
            raise Undefined(spoken("it needs more than one row."))
        if np.ptp(outcome.truth) == 0:
            raise Undefined(spoken("all true values are the same."))
        return float(function(outcome.truth, outcome.predicted))

    return score


def _correlation(function: Callable[..., Any]) -> Callable[[Outcome], float]:
    def of_varied(truth: Array, predicted: Array) -> Any:
        if np.ptp(predicted) == 0:
            raise Undefined(spoken("all predictions are the same."))
        return function(truth, predicted)

    return _of_several(of_varied)


def _percentage_error(outcome: Outcome) -> float:
    if (outcome.truth == 0).any():
        raise Undefined(spoken("a true value is zero."))
    return float(sk.mean_absolute_percentage_error(outcome.truth, outcome.predicted))


_FOR_TWO_CLASSES: ScoreFunctions = {
    "accuracy": _of_classes(sk.accuracy_score),
    "balanced_accuracy": _of_classes(sk.balanced_accuracy_score),
    "f1": _of_positive(sk.f1_score),
    "precision": _of_positive(sk.precision_score),
    "recall": _of_positive(sk.recall_score),
    "specificity": _specificity,
    "mcc": _mcc,
    "roc_auc": lambda outcome: sk.roc_auc_score(*_both_classes(outcome)),
    "average_precision": lambda outcome: sk.average_precision_score(*_both_classes(outcome)),
    "log_loss": _log_loss,
    "brier": _brier,
}
_FOR_MORE_CLASSES: ScoreFunctions = {
    "accuracy": _of_classes(sk.accuracy_score),
    "balanced_accuracy": _of_classes(sk.balanced_accuracy_score),
    "f1_macro": _of_classes(sk.f1_score, average="macro"),
    "f1_weighted": _of_classes(sk.f1_score, average="weighted"),
    "precision_macro": _of_classes(sk.precision_score, average="macro", zero_division=0),
    "recall_macro": _of_classes(sk.recall_score, average="macro", zero_division=0),
    "mcc": _mcc,
    "roc_auc_ovo_macro": _auroc("ovo"),
    "roc_auc_ovr_macro": _auroc("ovr"),
    "log_loss": _log_loss,
}
_FOR_NUMBERS: ScoreFunctions = {
    "root_mean_squared_error": _of_numbers(sk.root_mean_squared_error),
    "mean_absolute_error": _of_numbers(sk.mean_absolute_error),
    "median_absolute_error": _of_numbers(sk.median_absolute_error),
    "mean_absolute_percentage_error": _percentage_error,
    "r2": _of_several(sk.r2_score),
    "pearsonr": _correlation(lambda truth, guess: np.corrcoef(truth, guess)[0, 1]),
    "spearmanr": _correlation(lambda truth, guess: stats.spearmanr(truth, guess).statistic),
}
