"""The prediction job beside the bare prediction of the same rows, and its parts.

Both are processes of their own, measured from their start to their end, one after the other. The
bare one unpacks and loads the model, reads the file by pandas, and predicts it; it writes nothing,
and has no probabilities. What counts is the ratio: machines are shared and noisy.

``python -m benchmarks.predict KIND ROWS FOLDER`` prints one case (``bare``, ``job`` or ``parts``)
as a line of JSON. The folder keeps the model and the tables; they are made if it has none.
"""

import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from benchmarks.evaluation import made_table, trained_model
from benchmarks.job_parts import parts_of
from benchmarks.job_programs import job_input, write_check, write_table
from benchmarks.peak_memory import peak_mb_of
from benchmarks.performance_page import show

_ROOT = Path(__file__).resolve().parent.parent
_ROWS = (1_000, 10_000, 100_000, 1_000_000)
_ROUNDS = 2
_PAUSE_SECONDS = 0.05
PARTS = {
    "unpacking and loading the model": ["training.predict:model_in"],
    "the model's predictions": ["training.prediction.predicted_rows:Model.prediction"],
    "reading and writing": ["training.predict:predict_rows"],
    "texts of the columns": [
        "training.prediction.predicted_rows:csv_text",
        "training.prediction.predicted_rows:safe_texts",
        "training.prediction.predicted_rows:cells",
    ],
    "page": ["training.predict:prediction_page"],
}
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
    beside = Table(title=f"medium_quality, models of 30 s, the better of {_ROUNDS} rounds")
    for column in (
        *("rows", "bare s", "job s", "ratio", "ratio of processor s", "job rows/s"),
        *("bare MB", "job MB"),
    ):
        beside.add_column(column, justify="right")
    parts = Table(title="Where the time of the prediction job goes")
    for column in ("rows", "part", "seconds", "processor seconds"):
        parts.add_column(column, justify="left" if column == "part" else "right")
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        for rows in _ROWS:
            measured = [(_bare(rows, folder), _job(rows, folder)) for _ in range(_ROUNDS)]
            alone, ours = (min(each) for each in zip(*measured, strict=True))
            beside.add_row(
                f"{rows:,}",
                f"{alone.seconds:.1f}",
                f"{ours.seconds:.1f}",
                f"{ours.seconds / alone.seconds:.2f}",
                f"{ours.processor_seconds / alone.processor_seconds:.2f}",
                f"{rows / ours.seconds:,.0f}",
                f"{alone.peak_mb:.0f}",
                f"{ours.peak_mb:.0f}",
            )
        for rows in (_ROWS[0], _ROWS[-1]):
            for name, took in _parts(rows, folder).items():
                seconds, used = took["seconds"], took["processor_seconds"]
                parts.add_row(f"{rows:,}", name, f"{seconds:.2f}", f"{used:.2f}")
    show("predict", beside, parts)


def _bare(rows: int, folder: Path) -> _Measured:
    archive, _ = trained_model(folder)
    file = _new_rows(rows, folder)
    return _measured([sys.executable, "-c", _BARE, str(archive), str(file)], {})


def _job(rows: int, folder: Path) -> _Measured:
    with tempfile.TemporaryDirectory(dir=folder) as empty:
        given = _job_input(Path(empty), rows, folder)
        return _measured([sys.executable, "-m", "training.predict"], given)


def _parts(rows: int, folder: Path) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory(dir=folder) as empty:
        return parts_of("training.predict", PARTS, _job_input(Path(empty), rows, folder))


def _new_rows(rows: int, folder: Path) -> Path:
    file = folder / f"new{rows}.csv"
    return (
        file if file.exists() else write_table(made_table(rows, rows).drop(columns="label"), file)
    )


def _job_input(empty: Path, rows: int, folder: Path) -> dict[str, str]:
    """The environment of the job's program, with its input for a file of new rows."""
    archive, train = trained_model(folder)
    file = _new_rows(rows, folder)
    given = job_input(empty, "new", archive, "rows", file)
    write_check(empty / "pair", train, file, "label")
    text = (empty / "pair" / "check.json").read_text(encoding="utf-8")
    (empty / "check" / "check.json").write_text(json.dumps(_of_rows(json.loads(text))))
    return given


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


def _one(kind: str, rows: str, work: str) -> None:
    """Runs one case and prints what it took."""
    folder = Path(work)
    told: dict[str, Any]
    if kind == "parts":
        told = _parts(int(rows), folder)
    else:
        told = asdict((_job if kind == "job" else _bare)(int(rows), folder))
    print(json.dumps(told))


if __name__ == "__main__":
    _one(*sys.argv[1:]) if len(sys.argv) > 1 else main()
