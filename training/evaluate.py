"""The evaluation job: predicts the test file with the trained model and writes the results. Then
the model is compared with the approved one, if there is one.

Environment: ``CODEFREE_NAME`` (the dataset's name), ``CODEFREE_INPUT`` (folder with
``model/model.tar.gz``, the CSV in ``test/``, what the check found in ``check/``, and in
``champion/`` the approved model, if there is one), ``CODEFREE_MODEL_SHA256`` (the digest of the
model that the training made), ``CODEFREE_MOST_SECONDS`` (how long the job may run),
``CODEFREE_OUTPUT`` (folder to write to) and ``SM_OUTPUT_DIR`` (where the message for people goes).
"""

import gc

if __name__ == "__main__":
    gc.disable()  # until the libraries are loaded: training/job/garbage.py

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import autogluon.tabular  # noqa: F401 (before the second process is made, which needs it as well)
import pandas as pd

from training.evaluation.champion import RowsAgain, against, approved_in
from training.evaluation.evaluation import Evaluation, evaluation
from training.evaluation.importance import Importance
from training.evaluation.predicted_test import predict_test
from training.job.ending import end_at_once
from training.job.failure import reports_failure_to
from training.job.garbage import collect_from_now_on
from training.job.language import spoken, spoken_in
from training.job.safe_csv import write_csv
from training.job.second_process import SecondProcess, second_process
from training.job.tables import batches_in, language_in, read_check
from training.model.known_rows import KnownRows
from training.model.outcome import Outcome
from training.model.trained_model import Model, model_in
from training.report.comparison_line import comparison_in_words
from training.report.drawing import (
    ReportFigures,
    draw_importance,
    draw_results,
    load_plots,
    save_importance,
)
from training.report.headline import headline
from training.report.page import report_page
from training.report.result_texts import fit_summary, model_performance

# What the approved model has not predicted by then is not compared.
_SHARE_BEFORE_THE_RESULTS = 0.5
_USUAL_SECONDS = 900


@reports_failure_to(lambda: Path(os.environ["SM_OUTPUT_DIR"], "message"))
def main() -> None:
    """Evaluates as the environment says."""
    most_seconds = float(os.environ.get("CODEFREE_MOST_SECONDS", _USUAL_SECONDS))
    last = time.monotonic() + _SHARE_BEFORE_THE_RESULTS * most_seconds
    inputs = Path(os.environ["CODEFREE_INPUT"])
    check = read_check(inputs / "check")
    with (
        spoken_in(language_in(check)),
        second_process() as second,
        tempfile.TemporaryDirectory() as work,
    ):
        second.begin(load_plots)
        digest = os.environ.get("CODEFREE_MODEL_SHA256", "")
        model = model_in(inputs / "model" / "model.tar.gz", Path(work), digest)
        collect_from_now_on()
        read = partial(batches_in, inputs / "test", check, "test")
        out = Path(os.environ["CODEFREE_OUTPUT"])
        found, drawn = _evaluate(os.environ["CODEFREE_NAME"], model, read, check, out, second)
        if approved := approved_in(inputs / "champion"):
            known = KnownRows.saved_in(Path(work))
            rows = RowsAgain(read, known, lambda: last - time.monotonic())
            compared = replace(found, against=against(found, approved, rows))
            _write_verdict(compared, drawn, out)
        print(model_performance(found.metrics()))


def evaluate(
    name: str,
    model: Model,
    read: Callable[[], Iterator[pd.DataFrame]],
    check: dict[str, Any],
    out: Path,
) -> Evaluation:
    """Writes all result files to ``out`` and returns what is in them.

    Args:
        name: the dataset's name, which the files' names begin with.
        model: the trained model.
        read: gives the batches of the test file, as :func:`training.job.tables.batches_in` does.
        check: what the check found.
        out: the folder for the files.

    Raises:
        KnownFailure: the test file lacks a column that the model needs.
    """
    return _evaluate(name, model, read, check, out, SecondProcess())[0]


def _evaluate(
    name: str,
    model: Model,
    read: Callable[[], Iterator[pd.DataFrame]],
    check: dict[str, Any],
    out: Path,
    second: SecondProcess,
) -> tuple[Evaluation, Callable[[], ReportFigures]]:
    """The same, while the ``second`` process has the baselines predict, and draws."""

    def file(ending: str) -> Path:
        return out / f"{name}_{ending}"

    test = predict_test(model, read, check, file("test_prediction.csv"), second)
    threshold = float(model.predictor.decision_threshold) if test.outcome.is_binary else None
    title = _title(name, model, test.outcome)
    results = second.begin(draw_results, test.outcome, threshold, title, file("eval.png"))
    found = evaluation(name, model, check, test, second)
    importance = saved = None
    if isinstance(found.importance, Importance):
        importance = second.begin(draw_importance, found.importance)
        # The report does not wait for this one.
        saved = second.begin(save_importance, found.importance, file("feature_importance.png"))
        write_csv(found.importance.table, file("feature_importance.csv"))
    write_csv(found.board, file("leaderboard.csv"))
    file("fit_summary.txt").write_text(fit_summary(model, found.board), encoding="utf-8")
    file("model_performance.txt").write_text(model_performance(found.metrics()), encoding="utf-8")

    @cache
    def drawn() -> ReportFigures:
        return ReportFigures(results(), importance() if importance else None)

    _write_verdict(found, drawn, out)
    if saved:
        saved()
    return found, drawn


def _write_verdict(found: Evaluation, drawn: Callable[[], ReportFigures], out: Path) -> None:
    """Writes the report and metrics.json, which also tell how the model compares with the approved
    one once it was compared; those that are there already are then replaced."""
    metrics = found.metrics() | {"headline": headline(found)}
    if metrics["champion"]:
        metrics["champion"] |= {"sentence": comparison_in_words(found)}
    text = json.dumps(metrics, indent=2, ensure_ascii=False, default=str)
    (out / f"{found.name}_report.html").write_text(report_page(found, drawn), encoding="utf-8")
    (out / "metrics.json").write_text(text, encoding="utf-8")


def _title(name: str, model: Model, outcome: Outcome) -> str:
    scored = int(outcome.has_truth.sum())
    if not scored:
        return spoken(
            "{name}: {rows:,} {rows:prediction|predictions}, no true values to compare with",
            name=name,
            rows=len(outcome),
        )
    return spoken(
        "{name}: {target} predicted for {rows:,} test {rows:row|rows}",
        name=name,
        target=model.predictor.label,
        rows=scored,
    )


if __name__ == "__main__":
    main()
    end_at_once()
