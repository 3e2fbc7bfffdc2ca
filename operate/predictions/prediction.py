"""New rows predicted on this machine: checked, predicted by the job's program, written whole."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from lambdas.check.findings.vocabulary import COMMAND_LINE
from lambdas.check.rows_check import BrokenTrainedFile, RowsCheck, TrainedFile, rows_check
from lambdas.language import spoken_language
from lambdas.pages.filled_report import with_content
from operate.account import CannotDo
from operate.language import spoken
from operate.models.archive import ModelArchive
from operate.models.source import FoundModel
from operate.source_file import SECONDS, source_of

_KILLED = -9


@dataclass(frozen=True)
class Predicted:
    """Where the result and its page are, and what prediction.json says of them."""

    rows: Path
    page: Path
    told: Mapping[str, Any]


def check_rows(rows: Path, model: ModelArchive) -> RowsCheck:
    """What the check finds in the file, in the command line's words.

    Raises:
        CannotDo: the archive does not say what the model was trained on.
    """
    try:
        trained = TrainedFile.of(model.train_file)
    except BrokenTrainedFile as error:
        raise CannotDo(
            spoken(
                "{path} was made by an older version of Codefree, or by training code of your "
                "own: it does not say what it was trained on ({why}). Train again.",
                path=model.path,
                why=error,
            )
        ) from error
    return rows_check(source_of(rows), trained, lambda: SECONDS).told_in(COMMAND_LINE)


def predict_rows(
    rows: Path, check: RowsCheck, found: FoundModel, model: ModelArchive, out: Path
) -> Predicted:
    """Runs the prediction job's program and puts the result at ``out``, its page beside it.

    Both appear when they are whole; until then, and where it fails, everything is as it was.

    Raises:
        CannotDo: the program failed; the text says why. Or the result can't be written.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".codefree-", dir=out.parent) as work:
            folder = Path(work)
            _run(_prepared(folder, rows, check, model), found, model, out.stem)
            told = json.loads((folder / "results" / "prediction.json").read_text(encoding="utf-8"))
            page = out.with_suffix(".html")
            _fill(folder / "results" / told["page"])
            for made, to in ((told["page"], page), (told["file"], out)):
                _put(folder / "results" / made, to)
    except OSError as error:
        raise CannotDo(
            spoken("{path} can't be written ({why}).", path=out, why=error.strerror or error)
        ) from error
    return Predicted(out, page, told)


def _prepared(folder: Path, rows: Path, check: RowsCheck, model: ModelArchive) -> Path:
    """The input as the job has it in SageMaker."""
    for part in ("model", "rows", "check", "results", "output"):
        (folder / part).mkdir()
    (folder / "model" / "model.tar.gz").symlink_to(model.path.resolve())
    (folder / "rows" / "rows").symlink_to(rows.resolve())
    text = json.dumps(check.as_json() | {"language": spoken_language()}, ensure_ascii=False)
    (folder / "check" / "check.json").write_text(text, encoding="utf-8")
    return folder


def _run(folder: Path, found: FoundModel, model: ModelArchive, name: str) -> None:
    environment = {
        "CODEFREE_NAME": name,
        "CODEFREE_DATASET": found.dataset,
        "CODEFREE_RUN": found.run,
        "CODEFREE_INPUT": str(folder),
        "CODEFREE_MODEL_SHA256": model.sha256,
        "CODEFREE_OUTPUT": str(folder / "results"),
        "SM_OUTPUT_DIR": str(folder / "output"),
    }
    # Nothing in the folder that the command is typed in is taken for the program.
    command = [sys.executable, "-P", "-m", "training.predict"]
    done = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    if done.returncode == _KILLED:
        raise CannotDo(
            spoken(
                "The prediction was ended by the system, probably because the memory was full. "
                "Close other programs, or predict fewer rows at a time."
            )
        )
    if done.returncode:
        message = folder / "output" / "message"
        reason = message.read_text(encoding="utf-8") if message.exists() else done.stderr[-1000:]
        raise CannotDo(reason.strip() or spoken("The prediction failed without a reason."))


def _fill(page: Path) -> None:
    """Says in the page what its program could not know."""
    cost = escape(spoken("On your own machine; nothing was charged."))
    filled = with_content(page.read_text(encoding="utf-8"), "cost", cost)
    page.write_text(filled, encoding="utf-8")


def _put(made: Path, to: Path) -> None:
    """Moves a file to its place, where it is whole or not at all, also if the machine goes off."""
    with made.open("rb") as file:
        os.fsync(file.fileno())
    shutil.copymode(to if to.exists() else made, made)
    made.replace(to)
