"""The prediction job beside the bare prediction of the same rows.

Both are processes of their own, measured from their start to their end, one after the other. The
bare one unpacks and loads the model, reads the file by pandas, and predicts it; it writes nothing,
and has no probabilities. What counts is the ratio: machines are shared and noisy.
"""

import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.evaluation import made_table
from benchmarks.job_programs import train_job, write_check, write_table
from benchmarks.peak_memory import peak_mb_of

_ROOT = Path(__file__).resolve().parent.parent
_TRAIN_ROWS = 5_000
_ROWS = (1_000, 10_000, 100_000, 1_000_000)
_SECONDS = "30"
_ROUNDS = 2
_PAUSE_SECONDS = 0.05
_BARE = """
import sys, tarfile, tempfile
import pandas as pd
from autogluon.tabular import TabularPredictor

with tempfile.TemporaryDirectory() as folder:
    with tarfile.open(sys.argv[1]) as packed:
        packed.extractall(folder, filter="data")
    TabularPredictor.load(folder + "/predictor").predict(pd.read_csv(sys.argv[2]))
"""


@dataclass(frozen=True, order=True)
class _Measured:
    """What a process took."""

    seconds: float
    processor_seconds: float
    peak_mb: float


def main() -> None:
    table = Table(title=f"medium_quality, models of {_SECONDS} s, the better of {_ROUNDS} rounds")
    for column in (
        *("rows", "bare s", "job s", "ratio", "ratio of processor s", "job rows/s"),
        *("bare MB", "job MB"),
    ):
        table.add_column(column, justify="right")
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        train = write_table(made_table(_TRAIN_ROWS, 0), folder / "train.csv")
        parameters = {"target": "label", "eval_metric": "f1", "presets": "medium_quality"}
        few = write_table(made_table(_TRAIN_ROWS // 5, 1), folder / "few.csv")
        archive = train_job(folder / "train", train, few, time_limit=_SECONDS, **parameters)
        for rows in _ROWS:
            file = made_table(rows, rows).drop(columns="label")
            job = _Job(folder / f"job{rows}", archive, train, write_table(file, folder / "new.csv"))
            bare = [sys.executable, "-c", _BARE, str(archive), str(folder / "new.csv")]
            measured = [(_measured(bare, {}), job.measured()) for _ in range(_ROUNDS)]
            alone, ours = (min(each) for each in zip(*measured, strict=True))
            table.add_row(
                f"{rows:,}",
                f"{alone.seconds:.1f}",
                f"{ours.seconds:.1f}",
                f"{ours.seconds / alone.seconds:.2f}",
                f"{ours.processor_seconds / alone.processor_seconds:.2f}",
                f"{rows / ours.seconds:,.0f}",
                f"{alone.peak_mb:.0f}",
                f"{ours.peak_mb:.0f}",
            )
    Console(width=100).print(table)


class _Job:
    """The job's input for a file of new rows."""

    def __init__(self, folder: Path, archive: Path, train: Path, file: Path) -> None:
        for part in ("model", "rows", "check", "results"):
            (folder / part).mkdir(parents=True)
        (folder / "model" / "model.tar.gz").symlink_to(archive)
        (folder / "rows" / "new.csv").symlink_to(file)
        write_check(folder / "pair", train, file, "label")
        text = (folder / "pair" / "check.json").read_text(encoding="utf-8")
        (folder / "check" / "check.json").write_text(json.dumps(_of_rows(json.loads(text))))
        self._environment = {
            "CODEFREE_NAME": "new",
            "CODEFREE_INPUT": str(folder),
            "CODEFREE_OUTPUT": str(folder / "results"),
            "CODEFREE_MODEL_SHA256": sha256(archive.read_bytes()).hexdigest(),
            "SM_OUTPUT_DIR": str(folder / "output"),
        }

    def measured(self) -> _Measured:
        return _measured([sys.executable, "-m", "training.predict"], self._environment)


def _of_rows(pair: dict[str, Any]) -> dict[str, Any]:
    """What the check of a pair says of its test file, as the check of new rows does."""
    return pair | {"rows": pair["test"], "findings": [], "renamed": {}, "shifts": []}


def _measured(command: list[str], environment: dict[str, str]) -> _Measured:
    given = os.environ | {"PYTHONPATH": str(_ROOT)} | environment
    started = time.monotonic()
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    process = os.posix_spawn(command[0], command, given, file_actions=quiet)
    peak_mb = 0.0
    while True:
        # What the system tells at its end would count this process, too, which it came from.
        peak_mb = max(peak_mb, peak_mb_of(process))
        ended, status, used = os.wait4(process, os.WNOHANG)
        if ended:
            break
        time.sleep(_PAUSE_SECONDS)
    if status:
        raise RuntimeError(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    seconds = time.monotonic() - started
    return _Measured(seconds, used.ru_utime + used.ru_stime, peak_mb)


if __name__ == "__main__":
    main()
