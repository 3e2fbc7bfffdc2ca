"""The prediction job: predicts a file of new rows and writes them with their predictions.

Environment: ``CODEFREE_NAME`` (the file's name without its ending), ``CODEFREE_DATASET`` and
``CODEFREE_RUN`` (those of the model), ``CODEFREE_INPUT`` (folder with ``model/model.tar.gz``, the
CSV in ``rows/`` and what the check found in ``check/``), ``CODEFREE_MODEL_SHA256`` (the digest of
the model that the training made), ``CODEFREE_OUTPUT`` (folder to write to) and ``SM_OUTPUT_DIR``
(where the message for people goes).
"""

import gc

if __name__ == "__main__":
    gc.disable()  # until the libraries are loaded: training/job/garbage.py

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from training.job.ending import end_at_once
from training.job.failure import reports_failure_to
from training.job.garbage import collect_from_now_on
from training.job.language import spoken_in
from training.job.machine import machine
from training.job.tables import language_in, read_check
from training.model.trained_model import Model, model_in
from training.prediction.new_score import new_score
from training.prediction.predicted_rows import predict_rows
from training.prediction.prediction import Prediction
from training.report.prediction_page import prediction_page
from training.report.prediction_words import (
    all_warnings,
    cautions,
    prediction_headline,
    reliance,
)


@reports_failure_to(lambda: Path(os.environ["SM_OUTPUT_DIR"], "message"))
def main() -> None:
    """Predicts as the environment says."""
    inputs = Path(os.environ["CODEFREE_INPUT"])
    check = read_check(inputs / "check")
    with spoken_in(language_in(check)), tempfile.TemporaryDirectory() as work:
        digest = os.environ.get("CODEFREE_MODEL_SHA256", "")
        model = model_in(inputs / "model" / "model.tar.gz", Path(work), digest)
        collect_from_now_on()
        made = predict(model, inputs / "rows", check, Path(os.environ["CODEFREE_OUTPUT"]))
        print(prediction_headline(made))


def predict(model: Model, rows: Path, check: dict[str, Any], out: Path) -> Prediction:
    """Writes the predictions, their page and prediction.json to ``out``.

    Args:
        model: the trained model.
        rows: the folder with the one file to predict.
        check: what the check of that file found.
        out: the folder for the files.

    Raises:
        KnownFailure: the file can't be read, has other rows than those that were checked, or lacks
            a column that the model needs.
    """
    name = os.environ["CODEFREE_NAME"]
    found = predict_rows(model, rows, check, out / f"{name}.csv")
    made = Prediction(
        name=name,
        dataset=os.environ.get("CODEFREE_DATASET", ""),
        run=os.environ.get("CODEFREE_RUN", ""),
        model=model,
        check=check,
        found=found,
        score=new_score(model, found.scored),
    )
    (out / f"{name}.html").write_text(prediction_page(made), encoding="utf-8")
    text = json.dumps(_summary(made), indent=2, ensure_ascii=False)
    (out / "prediction.json").write_text(text, encoding="utf-8")
    return made


def _summary(made: Prediction) -> dict[str, Any]:
    """What prediction.json holds."""
    return {
        "file": f"{made.name}.csv",
        "page": f"{made.name}.html",
        "headline": prediction_headline(made),
        "rows": made.found.rows,
        "blank_rows_left_out": made.blank_rows,
        "target": made.model.predictor.label,
        "problem_type": made.model.predictor.problem_type,
        "dataset": made.dataset,
        "model_run": made.run,
        "columns": made.found.added,
        "predictions": made.found.distribution.as_json(),
        "score": made.score.as_json() if made.score else None,
        "reliance": reliance(made),
        "cautions": cautions(made),
        "warnings": all_warnings(made),
        "seconds": round(made.found.seconds, 1),
        "machine": machine(),
    }


if __name__ == "__main__":
    main()
    end_at_once()
