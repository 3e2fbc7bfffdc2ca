"""The evaluation job: predicts the test file with the trained model and writes the results. Then
the model is compared with the approved one, if there is one.

Environment: ``CODEFREE_NAME`` (the dataset's name), ``CODEFREE_INPUT`` (folder with
``model/model.tar.gz``, the CSV in ``test/``, what the check found in ``check/``, and in
``champion/`` the approved model, if there is one), ``CODEFREE_MODEL_SHA256`` (the digest of the
model that the training made), ``CODEFREE_MOST_SECONDS`` (how long the job may run),
``CODEFREE_OUTPUT`` (folder to write to) and ``SM_OUTPUT_DIR`` (where the message for people goes).
"""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from training.evaluation.champion import RowsAgain, against, approved_in
from training.evaluation.evaluation import Evaluation, evaluation
from training.evaluation.importance import Importance
from training.evaluation.predicted_test import predict_test
from training.job.failure import reports_failure_to
from training.job.language import spoken, spoken_in
from training.job.safe_csv import write_csv
from training.job.tables import batches_in, language_in, read_check
from training.model.known_rows import KnownRows
from training.model.trained_model import Model, model_in
from training.plots.canvas import PICTURE, save_picture
from training.plots.importance_plot import importance_figure
from training.plots.overview import save_overview
from training.report.comparison_line import comparison_in_words
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
    with spoken_in(language_in(check)), tempfile.TemporaryDirectory() as work:
        digest = os.environ.get("CODEFREE_MODEL_SHA256", "")
        model = model_in(inputs / "model" / "model.tar.gz", Path(work), digest)
        batches = batches_in(inputs / "test", check, "test")
        out = Path(os.environ["CODEFREE_OUTPUT"])
        found = evaluate(os.environ["CODEFREE_NAME"], model, batches, check, out)
        if approved := approved_in(inputs / "champion"):
            rows = RowsAgain(
                partial(batches_in, inputs / "test", check, "test"),
                KnownRows.saved_in(Path(work)),
                lambda: last - time.monotonic(),
            )
            write_verdict(replace(found, against=against(found, approved, rows)), out)
        print(model_performance(found.metrics()))


def evaluate(
    name: str,
    model: Model,
    batches: Iterator[pd.DataFrame],
    check: dict[str, Any],
    out: Path,
) -> Evaluation:
    """Writes all result files to ``out`` and returns what is in them.

    Args:
        name: the dataset's name, which the files' names begin with.
        model: the trained model.
        batches: the test file, as :func:`training.job.tables.batches_in` reads it.
        check: what the check found.
        out: the folder for the files.

    Raises:
        KnownFailure: the test file lacks a column that the model needs.
    """

    def file(ending: str) -> Path:
        return out / f"{name}_{ending}"

    test = predict_test(model, batches, check, file("test_prediction.csv"))
    found = evaluation(name, model, check, test)
    write_csv(found.board, file("leaderboard.csv"))
    file("fit_summary.txt").write_text(fit_summary(model, found.board), encoding="utf-8")
    file("model_performance.txt").write_text(model_performance(found.metrics()), encoding="utf-8")
    save_overview(file("eval.png"), _title(found), test.outcome, found.scored)
    if isinstance(found.importance, Importance):
        write_csv(found.importance.table, file("feature_importance.csv"))
        figure = importance_figure(found.importance.table, found.importance.error_in_words, PICTURE)
        save_picture(figure, file("feature_importance.png"))
    write_verdict(found, out)
    return found


def write_verdict(found: Evaluation, out: Path) -> None:
    """Writes the report and metrics.json, which also tell how the model compares with the approved
    one once it was compared; those that are there already are then replaced."""
    metrics = found.metrics() | {"headline": headline(found)}
    if metrics["champion"]:
        metrics["champion"] |= {"sentence": comparison_in_words(found)}
    text = json.dumps(metrics, indent=2, ensure_ascii=False, default=str)
    (out / f"{found.name}_report.html").write_text(report_page(found), encoding="utf-8")
    (out / "metrics.json").write_text(text, encoding="utf-8")


def _title(found: Evaluation) -> str:
    if not len(found.scored):
        return spoken(
            "{name}: {rows:,} {rows:prediction|predictions}, no true values to compare with",
            name=found.name,
            rows=len(found.test.outcome),
        )
    return spoken(
        "{name}: {target} predicted for {rows:,} test {rows:row|rows}",
        name=found.name,
        target=found.model.predictor.label,
        rows=len(found.scored),
    )


if __name__ == "__main__":
    main()
