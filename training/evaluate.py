"""The evaluation job: predicts the test file with the trained model and writes the results.

Environment: ``CODEFREE_NAME`` (the dataset's name), ``CODEFREE_INPUT`` (folder with
``model/model.tar.gz``, the CSV in ``test/`` and what the check found in ``check/``),
``CODEFREE_OUTPUT`` (folder to write to) and ``SM_OUTPUT_DIR`` (where the message for people goes).
"""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from training import plots
from training.failure import explained
from training.model import Model, Prediction, model_in, prediction, true_values
from training.result_files import (
    fit_summary,
    leaderboard,
    main_score,
    model_performance,
    prediction_table,
)
from training.scores import Evaluation, binary_scores, multiclass_scores, regression_scores
from training.tables import checked, table_in


@explained(lambda: Path(os.environ["SM_OUTPUT_DIR"], "message"))
def main() -> None:
    """Evaluates as the environment says."""
    inputs = Path(os.environ["CODEFREE_INPUT"])
    with tempfile.TemporaryDirectory() as work:
        model = model_in(inputs / "model" / "model.tar.gz", Path(work))
        check = checked(inputs / "check")
        test = table_in(inputs / "test", check, "test")
        warnings = [f["text"] for f in check["findings"] if f["severity"] == "warning"]
        out = Path(os.environ["CODEFREE_OUTPUT"])
        evaluate(os.environ["CODEFREE_NAME"], model, test, warnings, out)


def evaluate(
    name: str, model: Model, test: pd.DataFrame, data_warnings: list[str], out: Path
) -> None:
    """Writes the five files and metrics.json to ``out``.

    ``data_warnings`` are what the check warned of.

    Raises:
        JobFailed: the test file lacks a column that the model needs.
    """
    predicted = prediction(model.predictor, test)
    target = model.predictor.label
    truth = true_values(model.predictor, test[target]) if target in test.columns else None
    scored = _scored_rows(model, truth)
    evaluation = _evaluation(model, truth, predicted, scored)
    metrics = _metrics(name, model, test, truth, scored, evaluation)
    metrics["data_warnings"] = data_warnings

    file = f"{out}/{name}_{{}}".format
    table = prediction_table(model.predictor, predicted, truth)
    table.to_csv(file("test_prediction.csv"), index=False)
    board = leaderboard(model, _labelled(test, target, truth, scored))
    board.to_csv(file("leaderboard.csv"), index=False)
    Path(file("fit_summary.txt")).write_text(fit_summary(model, board), encoding="utf-8")
    Path(file("model_performance.txt")).write_text(model_performance(metrics), encoding="utf-8")
    _save_plots(Path(file("eval.png")), name, model, truth, predicted, scored)
    text = json.dumps(metrics, indent=2, ensure_ascii=False, default=str)
    (out / "metrics.json").write_text(text, encoding="utf-8")
    print(model_performance(metrics))


def _scored_rows(model: Model, truth: pd.Series | None) -> pd.Series:
    """Which rows have a true value that the model can have known."""
    if truth is None:
        return pd.Series(dtype=bool)
    if model.predictor.problem_type == "regression":
        return truth.notna()
    return truth.isin(model.predictor.class_labels)


def _labelled(
    test: pd.DataFrame, target: str, truth: pd.Series | None, scored: pd.Series
) -> pd.DataFrame | None:
    """The rows that can be scored, with their labels in the model's terms; None without any."""
    if truth is None or not scored.any():
        return None
    return test[scored].assign(**{target: truth[scored].infer_objects()})


def _evaluation(
    model: Model, truth: pd.Series | None, predicted: Prediction, scored: pd.Series
) -> Evaluation:
    if truth is None or not scored.any():
        return Evaluation()
    y, guess = truth[scored].infer_objects(), predicted.values[scored]
    if predicted.probabilities is None:
        evaluation = regression_scores(y, guess)
        kept = Prediction(guess, None)
    else:
        probabilities = predicted.probabilities[scored]
        kept = Prediction(guess, probabilities)
        if model.predictor.problem_type == "binary":
            positive = model.predictor.positive_class
            evaluation = binary_scores(y, guess, probabilities[positive], positive)
        else:
            evaluation = multiclass_scores(y, guess, probabilities)
    metric = model.predictor.eval_metric.name
    if metric not in evaluation.scores:
        evaluation.add(metric, lambda: main_score(model, y, kept))
    return evaluation


def _metrics(
    name: str,
    model: Model,
    test: pd.DataFrame,
    truth: pd.Series | None,
    scored: pd.Series,
    evaluation: Evaluation,
) -> dict[str, Any]:
    predictor, record = model.predictor, model.record
    is_binary = predictor.problem_type == "binary"
    metric = predictor.eval_metric.name
    return {
        "name": name,
        "problem_type": predictor.problem_type,
        "eval_metric": metric,
        "score": evaluation.scores.get(metric),
        "metrics": evaluation.scores,
        "rows": len(test),
        "rows_scored": int(scored.sum()),
        "positive_class": predictor.positive_class if is_binary else None,
        "classes": None if predictor.class_labels is None else list(predictor.class_labels),
        "decision_threshold": predictor.decision_threshold if is_binary else None,
        "best_model": record["best_model"],
        "machine": record["machine"],
        "notes": _notes(model, truth, scored) + evaluation.notes,
    }


def _notes(model: Model, truth: pd.Series | None, scored: pd.Series) -> list[str]:
    record = model.record
    notes = []
    if record["eval_metric_asked"] not in {"auto", record["eval_metric"]}:
        notes.append(record["eval_metric_why"])
    if truth is None or truth.isna().all():
        return [*notes, f"The test file has no {record['target']}: predictions, but no scores."]
    if missing := int(truth.isna().sum()):
        notes.append(f"{missing} test row(s) without a true value are predicted but not scored.")
    if unseen := int((truth.notna() & ~scored).sum()):
        notes.append(
            f"{unseen} test row(s) belong to a class that the train file does not have; "
            "no model can predict it, and they are not scored."
        )
    return notes


def _save_plots(
    path: Path,
    name: str,
    model: Model,
    truth: pd.Series | None,
    predicted: Prediction,
    scored: pd.Series,
) -> None:
    predictor = model.predictor
    if truth is None or not scored.any():
        title = f"{name}: {len(predicted.values):,} predictions, no true values to compare with"
        plots.save_prediction_plot(path, title, predicted.values)
        return
    title = f"{name}: {predictor.label} predicted for {int(scored.sum()):,} test rows"
    y, guess = truth[scored], predicted.values[scored]
    if predicted.probabilities is None:
        plots.save_regression_plots(path, title, y, guess)
    elif predictor.problem_type == "binary":
        positive = predictor.positive_class
        negative = next(label for label in predictor.class_labels if label != positive)
        probability = predicted.probabilities.loc[scored, positive]
        plots.save_binary_plots(path, title, y, probability, guess, [negative, positive])
    else:
        plots.save_multiclass_plots(path, title, y, predicted.probabilities[scored], guess)


if __name__ == "__main__":
    main()
