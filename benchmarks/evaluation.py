"""The evaluation step beside the bare prediction of the same test rows.

Both are processes of their own. The bare one loads the model, reads the file by pandas and predicts
it, and writes nothing; peak memory is that of the process.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from sklearn.datasets import make_classification

from benchmarks.job_programs import evaluation_job, train_job, write_check, write_table
from benchmarks.peak_memory import own_peak_mb

_ROOT = Path(__file__).resolve().parent.parent
_TRAIN_ROWS = 5_000
_TEST_ROWS = (1_000, 1_000_000)
_COLUMNS = 20
_SECONDS = "30"


def main() -> None:
    table = Table(title=f"{_COLUMNS} columns, medium_quality, models of {_SECONDS} s")
    for column in ("test rows", "what", "seconds", "peak MB"):
        table.add_column(column, justify="left" if column == "what" else "right")
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        train = write_table(made_table(_TRAIN_ROWS, 0), folder / "train.csv")
        parameters = {"target": "label", "eval_metric": "f1", "presets": "medium_quality"}
        few = write_table(made_table(_TRAIN_ROWS // 5, 1), folder / "few.csv")
        archive = train_job(folder / "train", train, few, time_limit=_SECONDS, **parameters)
        for rows in _TEST_ROWS:
            test = write_table(made_table(rows, rows), folder / f"{rows}.csv")
            write_check(folder / f"check{rows}", train, test, "label")
            for name, what in {"bare prediction": "bare", "evaluation step": "job"}.items():
                given = [str(folder), str(archive), str(rows)]
                command = [sys.executable, "-m", "benchmarks.evaluation", what, *given]
                done = subprocess.run(
                    command, check=True, capture_output=True, text=True, cwd=_ROOT
                )
                told = json.loads(done.stdout.splitlines()[-1])
                table.add_row(f"{rows:,}", name, f"{told['seconds']:.1f}", f"{told['peak_mb']:.0f}")
    Console(width=100).print(table)


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


def _one(what: str, work: str, archive: str, rows: str) -> None:
    """Runs one case and prints its seconds and the peak memory of this or the job's process."""
    folder = Path(work)
    test, check = folder / f"{rows}.csv", folder / f"check{rows}"
    started = time.monotonic()
    if what == "job":
        evaluation_job(folder / f"job{rows}", Path(archive), check, test)
        peak = _peak_of_children_mb()
    else:
        from training.model.digest import digest_of_file
        from training.model.trained_model import model_in

        digest = digest_of_file(Path(archive), "", is_trusted=True)
        model = model_in(Path(archive), folder / f"bare{rows}", digest)
        model.predictor.predict_proba(pd.read_csv(test))
        peak = own_peak_mb()
    print(json.dumps({"seconds": time.monotonic() - started, "peak_mb": peak}))


def _peak_of_children_mb() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


if __name__ == "__main__":
    os.environ.setdefault("AG_CPU_COUNT", str(os.cpu_count()))
    _one(*sys.argv[1:]) if len(sys.argv) > 1 else main()
