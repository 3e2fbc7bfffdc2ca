"""NAME_fit_summary.txt and NAME_model_performance.txt."""

from typing import Any

import pandas as pd

from training.model.trained_model import Model
from training.model.used_columns import dropped_columns, used_columns
from training.report.untrained_models import failure_in_words
from training.report.wording import counted
from training.scoring.scores import PLAIN_NAMES, Scores


def fit_summary(model: Model, board: pd.DataFrame) -> str:
    """What was trained, in plain text."""
    record = model.record
    dropped = dropped_columns(model.predictor)
    lines = [
        f"Target: {record['target']} ({record['problem_type']})",
        f"Metric: {record['eval_metric']}. {record['eval_metric_why']}",
        (
            f"Trained on {record['rows'] - record['rows_without_label']:,} rows and "
            f"{len(used_columns(model.predictor))} columns in {record['training_seconds']:.0f} of "
            f"{record['time_limit_seconds']:.0f} seconds, preset {record['presets']}."
        ),
    ]
    if record.get("positive_class_why"):
        lines.append(record["positive_class_why"])
    if record["rows_without_label"]:
        lines.append(f"Left out: {record['rows_without_label']:,} rows without a target value.")
    if dropped:
        lines.append(f"Left out as useless: {', '.join(dropped)}.")
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
    """The scores in plain text, the main one first."""
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
        lines += ["", f"For comparison, {main} of:"]
        for name, value in metrics["baselines"].items():
            found = metrics["comparisons"].get(name)
            verdict = f" (this model: {found['verdict']})" if found else ""
            lines.append(f"  {name}: {'undefined' if value is None else f'{value:.6g}'}{verdict}")
    if metrics["notes"]:
        lines += ["", *metrics["notes"]]
    if metrics["data_warnings"]:
        lines += ["", "About the data:", *metrics["data_warnings"]]
    return "\n".join(lines).rstrip() + "\n"
