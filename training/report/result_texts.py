"""NAME_fit_summary.txt and NAME_model_performance.txt."""

from typing import Any

import pandas as pd

from training.job.language import ENGLISH, spoken, spoken_language, to_speak, translated
from training.model.trained_model import Model
from training.model.used_columns import dropped_columns, used_columns
from training.report.untrained_models import failure_in_words
from training.report.wording import metric_in_words

_PROBLEM_TYPES = {
    "binary": to_speak("binary"),
    "multiclass": to_speak("multiclass"),
    "regression": to_speak("regression"),
}
_BOARD = {
    "model": to_speak("model"),
    "eval_metric": to_speak("eval_metric"),
    "test_score": to_speak("test_score"),
    "test_rows": to_speak("test_rows"),
    "validation_score": to_speak("validation_score"),
    "predict_seconds": to_speak("predict_seconds"),
    "fit_seconds": to_speak("fit_seconds"),
    "size_bytes": to_speak("size_bytes"),
    "stack_level": to_speak("stack_level"),
}
_VERDICTS = {
    "better": to_speak("{name}: {score} (this model: better)"),
    "no clear difference": to_speak("{name}: {score} (this model: no clear difference)"),
    "worse": to_speak("{name}: {score} (this model: worse)"),
}


def fit_summary(model: Model, board: pd.DataFrame) -> str:
    """What was trained, in plain text."""
    record = model.record
    dropped = dropped_columns(model.predictor)
    problem_type = record["problem_type"]
    lines = [
        spoken(
            "Target: {target} ({problem_type})",
            target=record["target"],
            problem_type=translated(_PROBLEM_TYPES.get(problem_type, problem_type)),
        ),
        spoken(
            "Metric: {metric}. {why}", metric=record["eval_metric"], why=record["eval_metric_why"]
        ),
        spoken(
            "Trained on {rows:,} rows and {columns} columns in {seconds:.0f} of {limit:.0f} "
            "seconds, preset {presets}.",
            rows=record["rows"] - record["rows_without_label"],
            columns=len(used_columns(model.predictor)),
            seconds=record["training_seconds"],
            limit=record["time_limit_seconds"],
            presets=record["presets"],
        ),
    ]
    if record.get("positive_class_why"):
        lines.append(record["positive_class_why"])
    if without := record["rows_without_label"]:
        lines.append(spoken("Left out: {rows:,} rows without a target value.", rows=without))
    if dropped:
        lines.append(spoken("Left out as useless: {columns}.", columns=", ".join(dropped)))
    lines.append(spoken("Best model: {model}", model=record["best_model"]))
    if record.get("validation_why"):
        lines.append(record["validation_why"])
    if record.get("decision_threshold_why"):
        lines.append(
            spoken(
                "Decision threshold: {threshold:.3g}. {why}",
                threshold=record["decision_threshold"],
                why=record["decision_threshold_why"],
            )
        )
    lines += ["", spoken("All {models} models, best first:", models=len(board)), _table(board)]
    for failure in record["model_failures"]:
        lines += ["", failure_in_words(failure)]
    lines += ["", f"AutoGluon {record['autogluon']}, Python {record['python']}"]
    return "\n".join(lines) + "\n"


def model_performance(metrics: dict[str, Any]) -> str:
    """The scores in plain text, the main one first."""
    lines = [
        spoken("{name}: {rows:,} test {rows:row|rows}", name=metrics["name"], rows=metrics["rows"])
    ]
    scores = metrics["metrics"]
    main = metrics["eval_metric"]
    for name in sorted(scores, key=lambda n: n != main):
        line = f"{metric_in_words(name)} [{name}]: {_score(scores[name])}"
        if name == main:
            line += spoken("  <- the metric that was optimised")
        lines.append(line)
        if name == main and (interval := metrics["interval"]):
            lines.append(
                spoken(
                    "  {confidence:.0%} confidence interval: {low:.4g} to {high:.4g}",
                    confidence=interval["confidence"],
                    low=interval["low"],
                    high=interval["high"],
                )
            )
    if metrics["baselines"]:
        lines += ["", spoken("For comparison, {metric} of:", metric=main)]
        for name, value in metrics["baselines"].items():
            lines.append(f"  {_baseline(name, _score(value), metrics['comparisons'].get(name))}")
    if metrics["notes"]:
        lines += ["", *metrics["notes"]]
    if metrics["data_warnings"]:
        lines += ["", spoken("About the data:"), *metrics["data_warnings"]]
    return "\n".join(lines).rstrip() + "\n"


def _table(board: pd.DataFrame) -> str:
    """All models; the names of the columns are those of NAME_leaderboard.csv in English."""
    named = board.rename(columns={name: translated(text) for name, text in _BOARD.items()})
    # A Korean letter is as wide as two others.
    with pd.option_context("display.unicode.east_asian_width", spoken_language() != ENGLISH):
        return named.to_string(index=False, float_format=lambda value: f"{value:.4g}", na_rep="-")


def _baseline(name: str, score: str, comparison: dict[str, Any] | None) -> str:
    if comparison is None:
        return f"{translated(name)}: {score}"
    return spoken(_VERDICTS[comparison["verdict"]], name=translated(name), score=score)


def _score(value: float | None) -> str:
    return spoken("undefined") if value is None else f"{value:.6g}"
