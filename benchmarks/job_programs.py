"""The jobs' programs, run as the container runs them, for benchmarks that need no workflow."""

import json
import os
import subprocess
import sys
import tarfile
from hashlib import sha256
from pathlib import Path
from typing import IO

import pandas as pd

from lambdas.check.pair_check import MemoryEstimate, PlannedTraining, pair_check
from lambdas.check.reading.source import Source

_ROOT = Path(__file__).resolve().parent.parent


def write_check(folder: Path, train: Path, test: Path, target: str) -> None:
    """What the check hands on to the jobs for these two files."""
    memory = MemoryEstimate(lambda train_bytes, _: 3 + train_bytes / 1e8, 768)
    planned = PlannedTraining(target, "medium_quality", memory)
    check = pair_check(_source(train), _source(test), planned, lambda: 900.0)
    assert not check.errors, check.errors
    folder.mkdir(parents=True)
    text = json.dumps(check.as_json(), ensure_ascii=False)
    (folder / "check.json").write_text(text, encoding="utf-8")


def train_job(folder: Path, train: Path, test: Path, target: str, **parameters: str) -> Path:
    """Trains as the job does; the model's archive."""
    for name in ("train", "model", "output"):
        (folder / name).mkdir(parents=True)
    (folder / "train" / "train.csv").symlink_to(train)
    write_check(folder / "check", train, test, target)
    _run(
        "training.train",
        {
            "SM_HPS": json.dumps({"problem_type": "auto"} | parameters),
            "SM_CHANNEL_TRAIN": str(folder / "train"),
            "SM_CHANNEL_CHECK": str(folder / "check"),
            "SM_MODEL_DIR": str(folder / "model"),
            "SM_OUTPUT_DIR": str(folder / "output"),
        },
    )
    archive = folder / "model.tar.gz"
    with tarfile.open(archive, "w:gz", compresslevel=1) as packed:
        packed.add(folder / "model", arcname=".")
    return archive


def evaluation_job(folder: Path, archive: Path, check: Path, test: Path) -> Path:
    """Evaluates as the job does; the folder with the results."""
    _run("training.evaluate", evaluation_input(folder, archive, check, test))
    return folder / "results"


def evaluation_input(folder: Path, archive: Path, check: Path, test: Path) -> dict[str, str]:
    """The environment of the evaluation's program, with its input in ``folder``."""
    given = job_input(folder, "bench", archive, "test", test)
    (folder / "check" / "check.json").symlink_to(check / "check.json")
    return given


def job_input(folder: Path, name: str, archive: Path, kind: str, file: Path) -> dict[str, str]:
    """The environment of a program that reads a model and a ``kind`` of file, with both in
    ``folder``; what its check has found is still to come."""
    for part in ("model", kind, "check", "results"):
        (folder / part).mkdir(parents=True)
    (folder / "model" / "model.tar.gz").symlink_to(archive)
    (folder / kind / f"{name}.csv").symlink_to(file)
    return {
        "CODEFREE_NAME": name,
        "CODEFREE_INPUT": str(folder),
        "CODEFREE_OUTPUT": str(folder / "results"),
        "CODEFREE_MODEL_SHA256": sha256(archive.read_bytes()).hexdigest(),
        "SM_OUTPUT_DIR": str(folder / "output"),
    }


def write_table(table: pd.DataFrame, path: Path) -> Path:
    """``table`` as a CSV file."""
    table.to_csv(path, index=False)
    return path


def _source(path: Path) -> Source:
    def opened(limits: tuple[int, int] | None) -> IO[bytes]:
        body = path.open("rb")
        if limits:
            body.seek(limits[0])
        return body

    return Source(path.name, path.stat().st_size, opened)


def _run(module: str, environment: dict[str, str]) -> None:
    given = os.environ | {"PYTHONPATH": str(_ROOT)} | environment
    done = subprocess.run(
        [sys.executable, "-m", module], env=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
