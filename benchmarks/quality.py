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
# Small tests decide by chance: each set is split anew so often, and the mean is shown.
_SPLITS = int(os.environ.get("CODEFREE_BENCH_SPLITS", "1"))
_SETS = os.environ.get("CODEFREE_BENCH_SETS", "")
_SECOND_SCORE = {"f1": "roc_auc", "f1_macro": "accuracy", "root_mean_squared_error": "r2"}


Scores = dict[str, float]


@dataclass(frozen=True)
class Case:
    name: str
    metric: str
    splits: list[tuple[pd.DataFrame, pd.DataFrame]]


def main() -> None:
    console = Console(width=110)
    table = Table(title=f"Test scores, time budget {_SECONDS} s, mean of {_SPLITS} split(s)")
    for column in ("data", "rows", "preset", "score", "codefree", "plain AutoGluon"):
        table.add_column(column, justify="right" if column in {"rows", "codefree"} else "left")
    for case in _cases():
        for preset in _PRESETS:
            for line in _lines(case, preset):
                console.print(*line)
                table.add_row(*line)
    console.print(table)


def _lines(case: Case, preset: str) -> Iterator[list[str]]:
    found = []
    for train, test in case.splits:
        with tempfile.TemporaryDirectory() as work:
            found.append(_both(Path(work), case.metric, preset, train, test))
    rows = " + ".join(f"{len(part):,}" for part in case.splits[0])
    for score in (case.metric, _SECOND_SCORE[case.metric]):
        ours, plain = ([one[side].get(score) for one in found] for side in (0, 1))
        yield [case.name, rows, preset, score, _mean(ours), _mean(plain)]


def _mean(scores: list[float | None]) -> str:
    known = [score for score in scores if score is not None]
    failed = len(scores) - len(known)
    told = f"{sum(known) / len(known):.4f}" if known else "-"
    return f"{told} ({failed} failed)" if failed else told


def _cases() -> Iterator[Case]:
    loaded = {
        ("breast cancer", "f1"): datasets.load_breast_cancer,
        ("wine", "f1_macro"): datasets.load_wine,
        ("digits", "f1_macro"): datasets.load_digits,
        ("diabetes", "root_mean_squared_error"): datasets.load_diabetes,
    }
    for (name, metric), load in loaded.items():
        frame = load(as_frame=True).frame.rename(columns={"target": "label"})
        yield from _case(name, metric, frame)
    if _TITANIC.exists():
        train, test = (pd.read_csv(_TITANIC / f"titanic_{part}.csv") for part in ("train", "test"))
        yield from _case("titanic", "f1", pd.concat([train, test]), (train, test))
    features, labels = datasets.make_classification(
        50_000, 25, n_informative=12, weights=[0.85], flip_y=0.05, random_state=0
    )
    made = pd.DataFrame(features.round(4)).add_prefix("x").assign(label=labels)
    yield from _case("made, binary", "f1", made)


def _case(
    name: str, metric: str, frame: pd.DataFrame, *first: tuple[pd.DataFrame, pd.DataFrame]
) -> Iterator[Case]:
    """The case with its splits, of which some may be given; none if it is not asked for."""
    if name in _SETS or not _SETS:
        drawn = (
            train_test_split(frame, test_size=0.25, random_state=seed)
            for seed in range(len(first), _SPLITS)
        )
        yield Case(name, metric, [*first, *(tuple(parts) for parts in drawn)])


def _both(
    work: Path, metric: str, preset: str, train_rows: pd.DataFrame, test_rows: pd.DataFrame
) -> tuple[Scores, Scores]:
    """The scores of Codefree and of AutoGluon alone; none where the training failed."""
    train = write_table(train_rows, work / "train.csv")
    test = write_table(test_rows, work / "test.csv")
    parameters = {
        "target": "label",
        "eval_metric": metric,
        "presets": preset,
        "time_limit": _SECONDS,
    }
    command = [sys.executable, "-m", "benchmarks.quality", str(train), str(test), metric, preset]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=_ROOT)
    try:
        archive = train_job(work / "train", train, test, **parameters)
        results = evaluation_job(work / "evaluate", archive, work / "train" / "check", test)
        ours = json.loads((results / "metrics.json").read_text(encoding="utf-8"))["metrics"]
    except RuntimeError as error:
        print(f"Codefree: {str(error).splitlines()[-1]}", file=sys.stderr)
        ours = {}
    if done.returncode:
        print(f"plain AutoGluon: {done.stderr.splitlines()[-1]}", file=sys.stderr)
        return ours, {}
    return ours, json.loads(done.stdout.splitlines()[-1])


def _plain(train: str, test: str, metric: str, preset: str) -> None:
    """What a person would write with AutoGluon alone; prints the scores."""
    from autogluon.tabular import TabularPredictor

    with tempfile.TemporaryDirectory() as folder:
        predictor = TabularPredictor("label", eval_metric=metric, path=folder)
        predictor.fit(_exactly(train), presets=preset, time_limit=float(_SECONDS))
        scores = predictor.evaluate(_exactly(test), silent=True)
    as_people_know_them = {name: abs(value) for name, value in scores.items()}
    print(json.dumps(as_people_know_them | {"r2": scores.get("r2", float("nan"))}))


def _exactly(path: str) -> pd.DataFrame:
    """The table; pandas' quick way to read numbers is off by the last digit for some of them."""
    return pd.read_csv(path, float_precision="round_trip")


if __name__ == "__main__":
    _plain(*sys.argv[1:]) if len(sys.argv) > 1 else main()
