"""Test scores of Codefree's training beside plain AutoGluon with the same preset and time.

Both get the same rows in the same order and the same metric. Nothing is chosen by the test rows.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table
from sklearn import datasets
from sklearn.model_selection import train_test_split

from benchmarks.job_programs import evaluation_job, train_job, write_table

_ROOT = Path(__file__).resolve().parent.parent
_TITANIC = _ROOT.parent / "shared" / "data"
_SECONDS = os.environ.get("CODEFREE_BENCH_SECONDS", "60")
_PRESETS = os.environ.get("CODEFREE_BENCH_PRESETS", "medium_quality,best_quality").split(",")
_SECOND_SCORE = {"f1": "roc_auc", "f1_macro": "accuracy", "root_mean_squared_error": "r2"}


@dataclass(frozen=True)
class Case:
    name: str
    metric: str
    train: pd.DataFrame
    test: pd.DataFrame


def main() -> None:
    table = Table(title=f"Test scores, time budget {_SECONDS} s, 2 scores each")
    for column in ("data", "rows", "preset", "score", "codefree", "plain AutoGluon"):
        table.add_column(column, justify="right" if column in {"rows", "codefree"} else "left")
    for case in _cases():
        for preset in _PRESETS:
            with tempfile.TemporaryDirectory() as work:
                ours, plain = _both(Path(work), case, preset)
            for score in (case.metric, _SECOND_SCORE[case.metric]):
                table.add_row(
                    case.name,
                    f"{len(case.train):,} + {len(case.test):,}",
                    preset,
                    score,
                    f"{ours[score]:.4f}",
                    f"{plain[score]:.4f}",
                )
    Console(width=110).print(table)


def _cases() -> Iterator[Case]:
    loaded = {
        ("breast cancer", "f1"): datasets.load_breast_cancer,
        ("wine", "f1_macro"): datasets.load_wine,
        ("digits", "f1_macro"): datasets.load_digits,
        ("diabetes", "root_mean_squared_error"): datasets.load_diabetes,
    }
    for (name, metric), load in loaded.items():
        frame = load(as_frame=True).frame.rename(columns={"target": "label"})
        yield Case(name, metric, *train_test_split(frame, test_size=0.25, random_state=0))
    if _TITANIC.exists():
        parts = [pd.read_csv(_TITANIC / f"titanic_{part}.csv") for part in ("train", "test")]
        yield Case("titanic", "f1", *parts)
    features, labels = datasets.make_classification(
        50_000, 25, n_informative=12, weights=[0.85], flip_y=0.05, random_state=0
    )
    made = pd.DataFrame(features.round(4)).add_prefix("x").assign(label=labels)
    yield Case("made, binary", "f1", *train_test_split(made, test_size=0.25, random_state=0))


def _both(work: Path, case: Case, preset: str) -> tuple[dict[str, float], dict[str, float]]:
    train = write_table(case.train, work / "train.csv")
    test = write_table(case.test, work / "test.csv")
    parameters = {
        "target": "label",
        "eval_metric": case.metric,
        "presets": preset,
        "time_limit": _SECONDS,
    }
    archive = train_job(work / "train", train, test, **parameters)
    results = evaluation_job(work / "evaluate", archive, work / "train" / "check", test)
    ours = json.loads((results / "metrics.json").read_text(encoding="utf-8"))["metrics"]
    command = [sys.executable, "-m", "benchmarks.quality", str(train), str(test), case.metric]
    told = subprocess.run(
        [*command, preset], check=True, capture_output=True, text=True, cwd=_ROOT
    ).stdout
    return ours, json.loads(told.splitlines()[-1])


def _plain(train: str, test: str, metric: str, preset: str) -> None:
    """What a person would write with AutoGluon alone; prints the scores."""
    from autogluon.tabular import TabularPredictor

    with tempfile.TemporaryDirectory() as folder:
        predictor = TabularPredictor("label", eval_metric=metric, path=folder)
        predictor.fit(pd.read_csv(train), presets=preset, time_limit=float(_SECONDS))
        scores = predictor.evaluate(pd.read_csv(test), silent=True)
    as_people_know_them = {name: abs(value) for name, value in scores.items()}
    print(json.dumps(as_people_know_them | {"r2": scores.get("r2", float("nan"))}))


if __name__ == "__main__":
    _plain(*sys.argv[1:]) if len(sys.argv) > 1 else main()
