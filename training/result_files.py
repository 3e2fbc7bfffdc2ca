"""The tables and texts that people take away."""

from typing import Any

import numpy as np
import pandas as pd

from training.model import Model
from training.model_failures import failure_in_words
from training.outcome import Outcome
from training.report.wording import counted
from training.scores import PLAIN_NAMES, Scores
from training.used_columns import dropped_columns, used_columns


def prediction_table(outcome: Outcome, rows_before: int, has_target: bool) -> pd.DataFrame:
    """One line for each row of the test file, in its order, counted from 1.

    Columns: ``row``, ``true`` where the file has the target, ``prediction``, and
    ``probability of CLASS`` for each class.
    """
    table = pd.DataFrame({"row": range(rows_before + 1, rows_before + len(outcome) + 1)})
    if has_target:
        table["true"] = _labels(outcome, outcome.truth)
    table["prediction"] = _labels(outcome, outcome.predicted)
    if outcome.probabilities is not None:
        for place, label in enumerate(outcome.classes):
            table[f"probability of {label}"] = outcome.probabilities[:, place]
    return table


def _labels(outcome: Outcome, values: Any) -> Any:
    """The values, or the labels at these places; -1, the last one, is none."""
    if outcome.is_number:
        return values
    labels = np.empty(len(outcome.labels) + 1, object)
    labels[:-1] = outcome.labels
    return labels[values]


def leaderboard(model: Model, labelled: pd.DataFrame, truth: pd.Series) -> pd.DataFrame:
    """Every trained model, best first; the test score where the model was kept for prediction.

    AutoGluon turns every score so that higher is better; here errors are positive again.

    Args:
        model: the model.
        labelled: rows of the test file that have a true value; all of them, or a sample.
        truth: their true values, in the model's terms.
    """
    table = model.leaderboard.rename(
        columns={
            "score_val": "validation_score",
            "pred_time_val": "predict_seconds",
            "fit_time": "fit_seconds",
        }
    )
    table["test_score"] = _test_scores(model, labelled, truth, table["model"])
    table["test_rows"] = len(labelled)
    as_people_know_it = model.predictor.eval_metric.convert_score_to_original
    for column in ("test_score", "validation_score"):
        table[column] = table[column].astype(float).map(as_people_know_it)
    columns = ["model", "eval_metric", "test_score", "test_rows", "validation_score"]
    columns += ["predict_seconds", "fit_seconds", "size_bytes", "stack_level"]
    return table.reindex(columns=columns)


def _test_scores(
    model: Model, labelled: pd.DataFrame, truth: pd.Series, names: pd.Series
) -> pd.Series:
    if not len(labelled):
        return pd.Series(float("nan"), index=names.index)
    table = model.with_target(labelled, truth)
    try:
        board = model.predictor.leaderboard(table, display=False)
    except ValueError as error:  # some metrics have no value where the test file lacks a class
        print(f"No test scores for the single models: {error}")
        return pd.Series(float("nan"), index=names.index)
    scores = names.map(dict(zip(board["model"], board["score_test"], strict=True)))
    return scores.where(np.isfinite(scores.astype(float)))


def fit_summary(model: Model, board: pd.DataFrame) -> str:
    """What was trained, as text."""
    record = model.record
    dropped = dropped_columns(model.predictor)
    lines = [
        f"Target: {record['target']} ({record['problem_type']})",
        f"Metric: {record['eval_metric']}. {record['eval_metric_why']}",
        f"Trained on {record['rows'] - record['rows_without_label']:,} rows and "
        f"{len(used_columns(model.predictor))} columns in {record['training_seconds']:.0f} of "
        f"{record['time_limit_seconds']:.0f} seconds, preset {record['presets']}.",
    ]
    if record["rows_without_label"]:
        lines.append(f"Left out: {record['rows_without_label']:,} rows without a target value.")
    if dropped:
        lines.append(f"Left out, for they tell nothing: {', '.join(dropped)}.")
    lines.append(f"Best model: {record['best_model']}")
    if record.get("decision_threshold_why"):
        threshold = f"{record['decision_threshold']:.3g}"
        lines.append(f"Decision threshold: {threshold}. {record['decision_threshold_why']}")
    lines += [
        "",
        f"All {len(board)} models, best first:",
        board.to_string(index=False, float_format=lambda value: f"{value:.4g}", na_rep="-"),
    ]
    for failure in record["model_failures"]:
        lines += ["", failure_in_words(failure)]
    lines += ["", f"AutoGluon {record['autogluon']}, Python {record['python']}"]
    return "\n".join(lines) + "\n"


def model_performance(metrics: dict[str, Any]) -> str:
    """The scores as text, the main one first."""
    lines = [f"{metrics['name']}: {counted(metrics['rows'], 'test row')}"]
    scores: Scores = metrics["metrics"]
    main = metrics["eval_metric"]
    for name in sorted(scores, key=lambda n: n != main):
        value = scores[name]
        shown = "undefined" if value is None else f"{value:.6g}"
        mark = "  <- the metric that was optimised" if name == main else ""
        lines.append(f"{PLAIN_NAMES.get(name, name)} [{name}]: {shown}{mark}")
        if name == main and (interval := metrics["interval"]):
            lines.append(
                f"  {interval['confidence']:.0%} confidence interval: {interval['low']:.4g} to "
                f"{interval['high']:.4g}"
            )
    if metrics["baselines"]:
        lines += ["", f"To compare with, {main} of:"]
        for name, value in metrics["baselines"].items():
            found = metrics["comparisons"].get(name)
            verdict = f" (this model: {found['verdict']})" if found else ""
            lines.append(f"  {name}: {'undefined' if value is None else f'{value:.6g}'}{verdict}")
    if metrics["notes"]:
        lines += ["", *metrics["notes"]]
    if metrics["data_warnings"]:
        lines += ["", "About the data:", *metrics["data_warnings"]]
    return "\n".join(lines).rstrip() + "\n"
