"""The evaluation step beside the bare prediction of the same test rows, and its parts.

Both are processes of their own. The bare one loads the model, reads the file by pandas and predicts
it, and writes nothing. Peak memory is that of the largest process.

``python -m benchmarks.evaluation KIND ROWS FOLDER`` prints one case (``bare``, ``job`` or
``parts``) as a line of JSON. The folder keeps the model and the tables; they are made if it has
none.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.table import Table
from sklearn.datasets import make_classification

from benchmarks.job_parts import parts_of
from benchmarks.job_programs import (
    evaluation_input,
    evaluation_job,
    train_job,
    write_check,
    write_table,
)
from benchmarks.peak_memory import own_peak_mb
from benchmarks.performance_page import show

_ROOT = Path(__file__).resolve().parent.parent
_TRAIN_ROWS = 5_000
_TEST_ROWS = (1_000, 1_000_000)
_COLUMNS = 20
_SECONDS = "30"
PARTS = {
    "unpacking and loading the model": ["training.evaluate:model_in"],
    "the model's predictions": ["training.evaluation.predicted_test:Model.predictions"],
    "reading, writing, error groups": ["training.evaluate:predict_test"],
    "scores, intervals, comparisons": ["training.evaluate:evaluation"],
    "leaderboard": ["training.evaluation.evaluation:leaderboard"],
    "importance": ["training.evaluation.evaluation:importance"],
    "report": ["training.evaluate:report_page"],
}


def main() -> None:
    beside = Table(title=f"{_COLUMNS} columns, medium_quality, models of {_SECONDS} s")
    for column in ("test rows", "what", "seconds", "ratio", "processor seconds", "peak MB"):
        beside.add_column(column, justify="left" if column == "what" else "right")
    parts = Table(title="Where the time of the evaluation step goes")
    for column in ("test rows", "part", "seconds", "processor seconds"):
        parts.add_column(column, justify="left" if column == "part" else "right")
    with tempfile.TemporaryDirectory() as folder:
        for rows in _TEST_ROWS:
            bare, job = (_measured(kind, rows, folder) for kind in ("bare", "job"))
            for name, told in {"bare prediction": bare, "evaluation step": job}.items():
                beside.add_row(
                    f"{rows:,}",
                    name,
                    f"{told['seconds']:.1f}",
                    f"{told['seconds'] / bare['seconds']:.2f}",
                    f"{told['processor_seconds']:.1f}",
                    f"{told['peak_mb']:.0f}",
                )
            for name, took in _measured("parts", rows, folder).items():
                seconds = f"{took['seconds']:.2f}" if took["seconds"] else "–"
                parts.add_row(f"{rows:,}", name, seconds, f"{took['processor_seconds']:.2f}")
    show("evaluation", beside, parts)


def _measured(kind: str, rows: int, folder: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.evaluation", kind, str(rows), folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=_ROOT)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def made_table(rows: int, seed: int) -> pd.DataFrame:
    """Numbers and categories that tell something of the label."""
    numbers = _COLUMNS - 4
    features, labels = make_classification(
        rows, numbers, n_informative=8, random_state=0, shuffle=False
    )
    order = np.random.default_rng(seed).permutation(rows)
    table = pd.DataFrame(features[order].round(5)).add_prefix("n")
    for column in range(4):
        words = np.array(["alpha", "beta", "gamma", "delta", "epsilon"])
        places = np.digitize(table[f"n{column}"], [-2, -1, 0, 1])
        table[f"c{column}"] = words[places]
    return table.assign(label=labels[order])


def trained_model(folder: Path) -> tuple[Path, Path]:
    """The model's archive and its train file, made if ``folder`` does not have them."""
    train, archive = folder / "train.csv", folder / "train" / "model.tar.gz"
    if not archive.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_table(made_table(_TRAIN_ROWS, 0), train)
        few = write_table(made_table(_TRAIN_ROWS // 5, 1), folder / "few.csv")
        parameters = {"target": "label", "eval_metric": "f1", "presets": "medium_quality"}
        train_job(folder / "train", train, few, time_limit=_SECONDS, **parameters)
    return archive, train


def _one(kind: str, rows: str, work: str) -> None:
    """Runs one case and prints what it took."""
    folder = Path(work)
    archive, train = trained_model(folder)
    test, check = folder / f"{rows}.csv", folder / f"check{rows}"
    if not check.exists():
        write_table(made_table(int(rows), int(rows)), test)
        write_check(check, train, test, "label")
    with tempfile.TemporaryDirectory(dir=folder) as empty:
        told: dict[str, Any]
        if kind == "parts":
            given = evaluation_input(Path(empty) / "job", archive, check, test)
            told = parts_of("training.evaluate", PARTS, given)
        else:
            measured = _job if kind == "job" else _bare
            told = measured(Path(empty) / kind, archive, check, test)
    print(json.dumps(told))


def _job(folder: Path, archive: Path, check: Path, test: Path) -> dict[str, float]:
    before, started = _used_by_children(), time.monotonic()
    evaluation_job(folder, archive, check, test)
    seconds = time.monotonic() - started
    return {
        "seconds": seconds,
        "processor_seconds": _used_by_children() - before,
        "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def _bare(folder: Path, archive: Path, _check: Path, test: Path) -> dict[str, float]:
    started, used = time.monotonic(), time.process_time()
    from training.model.digest import digest_of_file
    from training.model.trained_model import model_in

    digest = digest_of_file(archive, "", is_trusted=True)
    model = model_in(archive, folder, digest)
    model.predictor.predict_proba(pd.read_csv(test))
    return {
        "seconds": time.monotonic() - started,
        "processor_seconds": time.process_time() - used,
        "peak_mb": own_peak_mb(),
    }


def _used_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    os.environ.setdefault("AG_CPU_COUNT", str(os.cpu_count()))
    _one(*sys.argv[1:]) if len(sys.argv) > 1 else main()
