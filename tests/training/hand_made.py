"""Evaluations of predictions that a test made up: no model is trained."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from autogluon.core.metrics import METRICS, Scorer

from tests.lambdas.check.reading import checked
from training.evaluation.error_groups import WorstGroups
from training.evaluation.evaluation import Evaluation, evaluation
from training.evaluation.predicted_test import PredictedTest
from training.fitting.baselines import fitted_baselines
from training.job.second_process import SecondProcess
from training.model.outcome import Array, Outcome, OutcomeParts
from training.model.trained_model import Model
from training.plots.class_curves import class_curves
from training.report.drawing import ReportFigures
from training.report.figures import result_figures
from training.report.page import report_page

RECORD: dict[str, Any] = {
    "target": "y",
    "eval_metric_why": "",
    "best_model": "A",
    "best_model_why": "",
    "presets": "medium_quality",
    "autogluon": "1.6.3",
    "python": "3.12.1",
    "rows": 100,
    "rows_without_label": 0,
    "training_seconds": 1.0,
    "time_limit_seconds": 2.0,
    "model_failures": [],
}


@dataclass
class Predictor:
    """As much of AutoGluon's predictor as an evaluation without a sample of rows asks for."""

    problem_type: str
    eval_metric: Scorer
    class_labels: list[Any] | None
    label: str = "y"
    decision_threshold: float = 0.5
    original_features: list[str] = field(default_factory=list)
    ignored_columns: tuple[str, ...] = ()

    @property
    def _learner(self) -> Any:
        return self

    feature_generator = _learner

    def features(self) -> list[str]:
        return []

    def persist(self) -> None:
        pass

    def unpersist(self) -> None:
        pass

    def get_feature_links(self) -> dict[str, str]:
        return {}


def probability_of_yes(*values: float) -> Array:
    """The probabilities of "no" and of "yes", from those of "yes"."""
    return np.column_stack([1 - np.array(values), values])


def of_classes(
    train: list[Any], truth: list[Any], probabilities: Array, metric: str = "accuracy"
) -> Evaluation:
    """The evaluation of a model of the classes in ``train``, the last in order being the positive
    one of two, with these probabilities (n, classes)."""
    classes = sorted(set(train))
    problem = "binary" if len(classes) == 2 else "multiclass"
    model = _model(Predictor(problem, METRICS[problem][metric], classes), train)
    return _evaluated(model, probabilities.argmax(axis=1), probabilities, truth)


def of_numbers(
    train: list[float], truth: list[float], predicted: list[float], metric: str
) -> Evaluation:
    """The evaluation of a model of numbers."""
    model = _model(Predictor("regression", METRICS["regression"][metric], None), train)
    return _evaluated(model, np.array(predicted), None, truth)


def page_of(found: Evaluation) -> str:
    """The report of an evaluation that has no importance."""
    threshold = found.model.predictor.decision_threshold if found.scored.is_binary else None
    figures = result_figures(
        found.test.outcome, found.scored, class_curves(found.scored), threshold
    )
    return report_page(found, lambda: ReportFigures(figures, None))


def _model(predictor: Predictor, train: list[Any]) -> Model:
    """The model with the baselines that are fitted on these labels, and on one useless column."""
    metric = predictor.eval_metric.name
    table = pd.DataFrame({"x": 0.0, "y": train})
    baselines = fitted_baselines(table, "y", predictor.class_labels, metric)
    record = RECORD | {"eval_metric_asked": metric, "eval_metric": metric}
    record["problem_type"] = predictor.problem_type
    board = pd.DataFrame({"model": ["A"], "score_val": [0.9]})
    return Model(predictor, record, board, baselines)


def _evaluated(
    model: Model, predicted: Array, probabilities: Array | None, truth: list[Any]
) -> Evaluation:
    rows = pd.DataFrame({"x": np.zeros(len(truth))})
    count = len(model.classes or [])
    baselines = {
        made.name: _outcome(model, *made.prediction(rows, count, {}), truth)
        for made in model.baselines
    }
    test = PredictedTest(
        outcome=_outcome(model, predicted, probabilities, truth),
        has_target=True,
        baselines=baselines,
        sample=rows.head(0),
        by_model={},
        worst_groups=WorstGroups([], 0, 20, 0.0),
        seconds=0.0,
    )
    written = pd.DataFrame({"y": truth, "x": 0}).to_csv(index=False).encode()
    check = checked(written, written, "y").as_json() | {"findings": []}
    return evaluation("a", model, check, test, SecondProcess())


def _outcome(
    model: Model, predicted: Array, probabilities: Array | None, truth: list[Any]
) -> Outcome:
    parts = OutcomeParts(model.classes)
    parts.add(predicted, probabilities, pd.Series(truth))
    return parts.whole()
