"""The report as one HTML file that needs no other file, no network and no script."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn import metrics as sk

from training.evaluation.evaluation import Evaluation
from training.evaluation.importance import Importance
from training.evaluation.predicted_test import MOST_SAMPLED
from training.model.class_names import class_names
from training.model.outcome import Outcome
from training.model.used_columns import dropped_columns, used_columns
from training.report.comparison_line import comparison_in_words
from training.report.data_profile import data_profile
from training.report.drawing import ReportFigures
from training.report.examples import examples
from training.report.headline import bars, headline, result_warnings, standing
from training.report.rendered import compile_page, rendered
from training.report.untrained_models import failure_in_words
from training.scoring.calibration import (
    calibration_error,
    calibration_table,
    why_not_calibrated,
)
from training.scoring.gains import gains
from training.scoring.scores import LOWER_IS_BETTER
from training.scoring.thresholds import threshold_table

_PAGE = "page.html"
_MOST_CLASSES_IN_MATRIX = 12
_MOST_CLASSES = 40
_MOST_CONFUSIONS = 12
_MOST_FEATURES = 40
_LONGEST_IN_MATRIX, _LONGEST_IN_TABLE = 24, 60


def report_page(found: Evaluation, drawn: Callable[[], ReportFigures]) -> str:
    """The HTML of the report.

    Args:
        found: what it reports.
        drawn: waits for the plots; what needs none of them is done before.
    """
    compile_page(_PAGE)
    content = _content(found)
    return rendered(_PAGE, content | _figures(drawn()))


def _figures(drawn: ReportFigures) -> dict[str, Any]:
    return {
        "figures": drawn.of_results.results,
        "calibration": drawn.of_results.calibration,
        "gain": drawn.of_results.gain,
        "importance_svg": drawn.importance,
    }


def _content(found: Evaluation) -> dict[str, Any]:
    scored, record = found.scored, found.model.record
    has_scores = len(scored) > 0
    of_classes = has_scores and not scored.is_number
    uncalibrated = why_not_calibrated(scored) if of_classes else None
    calibration = calibration_table(scored) if of_classes and not uncalibrated else None
    found_gains = gains(scored) if has_scores else None
    return {
        "found": found,
        "subject": found.name,
        "target": found.model.predictor.label,
        "predictions": f"{found.name}_test_prediction.csv",
        "record": record,
        "classes_in_words": class_names(scored.labels),
        "headline": headline(found),
        "standing": standing(found),
        "against": comparison_in_words(found),
        "bars": bars(found) if has_scores else [],
        "warnings": result_warnings(found),
        "metric": found.model.metric,
        "lower_is_better": found.model.metric in LOWER_IS_BETTER,
        "uncalibrated": uncalibrated,
        "calibration_error": None if calibration is None else calibration_error(calibration),
        "gain_rows": found_gains.table() if found_gains else [],
        "thresholds": _thresholds(found) if of_classes and scored.is_binary else [],
        "confusion": _confusion(scored) if of_classes else None,
        "confusions": _confusions(scored) if of_classes else [],
        "classes": _classes(scored) if of_classes and not scored.is_binary else [],
        "board": found.board.to_dict("records"),
        "importance": found.importance if isinstance(found.importance, Importance) else None,
        "importance_rows": _importance_rows(found),
        "failures": [failure_in_words(failure) for failure in record["model_failures"]],
        "dropped": dropped_columns(found.model.predictor),
        "used": len(used_columns(found.model.predictor)),
        "groups": found.test.worst_groups,
        "examples": examples(found),
        "suspected": _suspected(record),
        "is_sampled": len(found.test.outcome) > MOST_SAMPLED,
        "profile": data_profile(found.check),
    }


def _suspected(record: dict[str, Any]) -> dict[str, Any] | None:
    """The labels of the train file that are worth a look, if there are any. A model that was
    trained before they were looked for has none."""
    suspected: dict[str, Any] | None = record.get("suspected_labels")
    return suspected if suspected and suspected["shown"] else None


def _thresholds(found: Evaluation) -> list[Any]:
    return threshold_table(found.scored, float(found.model.predictor.decision_threshold))


def _confusion(scored: Outcome) -> list[tuple[str, list[tuple[int, float]]]] | None:
    """For each true class the rows predicted as each class, and their share; None for many."""
    if len(scored.labels) > _MOST_CLASSES_IN_MATRIX:
        return None
    matrix = _matrix(scored)
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    return [
        (name, list(zip(rows.tolist(), share.tolist(), strict=True)))
        for name, rows, share in zip(
            class_names(scored.labels, _LONGEST_IN_MATRIX), matrix, shares, strict=True
        )
    ]


def _confusions(scored: Outcome) -> list[tuple[str, str, int]]:
    """The most frequent mistakes: true class, predicted class, rows. Only for many classes."""
    if len(scored.labels) <= _MOST_CLASSES_IN_MATRIX:
        return []
    names, wrong = class_names(scored.labels, _LONGEST_IN_TABLE), scored.at(scored.is_wrong)
    pairs = pd.DataFrame({"true": wrong.truth, "predicted": wrong.predicted}).value_counts()
    return [
        (names[true], names[predicted], int(rows))
        for true, predicted, rows in pairs.head(_MOST_CONFUSIONS).reset_index().to_numpy()
    ]


def _classes(scored: Outcome) -> list[tuple[str, int, float, float, float]]:
    """For each class, the most frequent first: rows, precision, recall and F1."""
    names = class_names(scored.labels, _LONGEST_IN_TABLE)
    precision, recall, f1, rows = sk.precision_recall_fscore_support(
        scored.truth, scored.predicted, labels=range(len(names)), zero_division=np.nan
    )
    order = np.argsort(-rows, kind="stable")[:_MOST_CLASSES]
    return [
        (names[i], int(rows[i]), float(precision[i]), float(recall[i]), float(f1[i])) for i in order
    ]


def _matrix(scored: Outcome) -> Any:
    return sk.confusion_matrix(scored.truth, scored.predicted, labels=range(len(scored.labels)))


def _importance_rows(found: Evaluation) -> list[Any]:
    if not isinstance(found.importance, Importance):
        return []
    return found.importance.table.head(_MOST_FEATURES).to_dict("records")
