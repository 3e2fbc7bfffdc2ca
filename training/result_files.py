"""The tables and texts that people take away."""

from typing import Any

import pandas as pd
from autogluon.tabular import TabularPredictor

from training.model import Model, Prediction
from training.scores import PLAIN_NAMES, Scores


def prediction_table(
    predictor: TabularPredictor, prediction: Prediction, truth: pd.Series | None
) -> pd.DataFrame:
    """One line for each row of the test file, in its order, counted from 1.

    Columns: ``row``, ``true`` where the file has the target, ``prediction``, and
    ``probability of CLASS`` for each class.
    """
    table = pd.DataFrame({"row": range(1, len(prediction.values) + 1)})
    if truth is not None:
        table["true"] = truth.to_numpy()
    table["prediction"] = prediction.values.to_numpy()
    if prediction.probabilities is not None:
        for label in predictor.class_labels:
            table[f"probability of {label}"] = prediction.probabilities[label].to_numpy()
    return table


def leaderboard(model: Model, labelled_test: pd.DataFrame | None) -> pd.DataFrame:
    """Every trained model, best first; the test score where the model was kept for prediction.

    AutoGluon turns every score so that higher is better; here errors are positive again.
    """
    table = model.leaderboard.rename(columns={"score_val": "validation_score"})
    table["test_score"] = _test_scores(model, labelled_test, table["model"])
    columns = ["model", "eval_metric", "test_score", "validation_score"]
    timings = {"pred_time_val": "predict_seconds", "fit_time": "fit_seconds"}
    as_people_know_it = model.predictor.eval_metric.convert_score_to_original
    for column in ("test_score", "validation_score"):
        table[column] = table[column].astype(float).map(as_people_know_it)
    return table.rename(columns=timings)[[*columns, *timings.values(), "stack_level"]]


def fit_summary(model: Model, board: pd.DataFrame) -> str:
    """What was trained, as text."""
    record = model.record
    lines = [
        f"Target: {record['target']} ({record['problem_type']})",
        f"Metric: {record['eval_metric']}. {record['eval_metric_why']}",
        f"Trained on {record['rows'] - record['rows_without_label']:,} rows and "
        f"{len(record['features'])} columns in {record['training_seconds']:.0f} of "
        f"{record['time_limit_seconds']:.0f} seconds, preset {record['presets']}.",
    ]
    if record["rows_without_label"]:
        lines.append(f"Left out: {record['rows_without_label']:,} rows without a target value.")
    lines += [
        f"Best model: {record['best_model']}",
        "",
        f"All {len(board)} models, best first:",
        board.to_string(index=False, float_format=lambda value: f"{value:.4g}", na_rep="-"),
    ]
    for failure in record["model_failures"]:
        lines += ["", f"Not trained: {failure['model']} ({failure.get('exc_type')})"]
    lines += ["", f"AutoGluon {record['autogluon']}, Python {record['python']}"]
    return "\n".join(lines) + "\n"


def model_performance(metrics: dict[str, Any]) -> str:
    """The scores as text, the main one first."""
    lines = [f"{metrics['name']}: {metrics['rows']:,} test rows"]
    scores: Scores = metrics["metrics"]
    main = metrics["eval_metric"]
    for name in sorted(scores, key=lambda n: n != main):
        value = scores[name]
        shown = "undefined" if value is None else f"{value:.6g}"
        mark = "  <- the metric that was optimised" if name == main else ""
        lines.append(f"{PLAIN_NAMES.get(name, name)} [{name}]: {shown}{mark}")
    if metrics["notes"]:
        lines += ["", *metrics["notes"]]
    if metrics["data_warnings"]:
        lines += ["", "About the data:", *metrics["data_warnings"]]
    return "\n".join(lines).rstrip() + "\n"


def main_score(model: Model, truth: pd.Series, prediction: Prediction) -> float:
    """The score in the model's own metric, in the direction in which people know it."""
    needs_probabilities = model.predictor.eval_metric.needs_proba or (
        model.predictor.eval_metric.needs_threshold
    )
    given = prediction.probabilities if needs_probabilities else prediction.values
    metric = model.predictor.eval_metric.name
    scores = model.predictor.evaluate_predictions(truth, given, silent=True)
    return float(model.predictor.eval_metric.convert_score_to_original(scores[metric]))


def _test_scores(model: Model, test: pd.DataFrame | None, names: pd.Series) -> pd.Series:
    if test is None:
        return pd.Series(float("nan"), index=names.index)
    board = model.predictor.leaderboard(test, display=False)
    return names.map(dict(zip(board["model"], board["score_test"], strict=True)))
