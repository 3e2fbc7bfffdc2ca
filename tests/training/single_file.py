"""Both jobs on one file, which the real check has split."""

import hashlib
import json
import tarfile
from pathlib import Path
from typing import Any

from lambdas.check.pair_check import PairCheck
from tests.lambdas.check.single_file import handed_on
from tests.training.jobs import FAST, FEW_TREES, Ended, Results, run_program


def train_alone(folder: Path, check: PairCheck, content: bytes, **parameters: str) -> Ended:
    """The training job; its archive is ``model.tar.gz`` in the folder of the model's channel."""
    handed_on(folder, check, content)
    for name in ("made", "output", "model", "results"):
        (folder / name).mkdir()
    defaults = {"problem_type": "auto", "eval_metric": "auto"}
    environment = {
        "SM_HPS": json.dumps(
            defaults | {"presets": "medium_quality", "time_limit": "29"} | parameters
        ),
        "SM_CHANNEL_TRAIN": str(folder / "train"),
        "SM_CHANNEL_CHECK": str(folder / "check"),
        "SM_MODEL_DIR": str(folder / "made"),
        "SM_OUTPUT_DIR": str(folder / "output"),
    }
    done = run_program(FEW_TREES, environment)
    if done.returncode == 0:
        with tarfile.open(folder / "model" / "model.tar.gz", "w:gz", compresslevel=FAST) as packed:
            packed.add(folder / "made", arcname=".")
    return done


def evaluate_alone(folder: Path, name: str = "a") -> tuple[Ended, Results]:
    """The evaluation job, after the training job."""
    archive = (folder / "model" / "model.tar.gz").read_bytes()
    environment = {
        "CODEFREE_NAME": name,
        "CODEFREE_INPUT": str(folder),
        "CODEFREE_OUTPUT": str(folder / "results"),
        "CODEFREE_MODEL_SHA256": hashlib.sha256(archive).hexdigest(),
        "SM_OUTPUT_DIR": str(folder / "output"),
    }
    return run_program("training.evaluate", environment), Results(folder / "results", name)


def record_of(folder: Path) -> dict[str, Any]:
    """What the training recorded."""
    return dict(json.loads((folder / "made" / "training.json").read_text(encoding="utf-8")))
