"""The wall time of ``codefree run`` beside that of a bare AutoGluon script.

Both get the same data, preset and time budget, one after the other, in turn. The ratio of each
pair is what counts: machines are shared and noisy.

``python -m benchmarks.overhead KIND CASE`` prints one of both (``run`` or ``bare``) as a line of
JSON; the cases are ``sample``, ``sample-best`` and ``large``.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

from benchmarks.performance_page import show
from operate.drafts.sample_data import write_sample_data

_ROOT = Path(__file__).resolve().parent.parent
_MINUTES = 1
_ROUNDS = 2


def main() -> None:
    table = Table(title=f"Time budget {_MINUTES * 60} s, wall time in seconds, {_ROUNDS} rounds")
    for column in ("data", "preset", "codefree run", "bare script", "ratio", "processor seconds"):
        table.add_column(column, justify="left" if column in {"data", "preset"} else "right")
    for case in _CASES.values():
        for _ in range(_ROUNDS):
            ours, bare = _measured("run", case), _measured("bare", case)
            table.add_row(
                case.data,
                case.preset,
                f"{ours['seconds']:.1f}",
                f"{bare['seconds']:.1f}",
                f"{ours['seconds'] / bare['seconds']:.2f}",
                f"{ours['processor_seconds']:.1f} / {bare['processor_seconds']:.1f}",
            )
    show("overhead", table)


def _measured(kind: str, case: "_Case") -> dict[str, float]:
    """The seconds of one of both, and the processor seconds of all its processes."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        train, test = case.write(folder)
        made = _codefree if kind == "run" else _bare
        command = made(train, test, case.preset, folder)
        before, started = os.times(), time.monotonic()
        subprocess.run(command, check=True, capture_output=True, cwd=_ROOT)
        seconds, after = time.monotonic() - started, os.times()
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    return {"seconds": seconds, "processor_seconds": used}


def _large_pair(folder: Path) -> tuple[Path, Path]:
    """A pair that takes AutoGluon the whole budget: 60,000 rows and 40 columns to train on."""
    import pandas as pd

    features, labels = make_classification(80_000, 40, n_informative=20, random_state=0)
    table = pd.DataFrame(features.round(4)).add_prefix("x").assign(label=labels)
    paths = folder / "made_train.csv", folder / "made_test.csv"
    for part, path in zip(train_test_split(table, random_state=0), paths, strict=True):
        part.to_csv(path, index=False)
    return paths


def _codefree(train: Path, test: Path, preset: str, folder: Path) -> list[str]:
    command = [str(Path(sys.executable).with_name("codefree")), "run", str(train), str(test)]
    options = {"--minutes": _MINUTES, "--preset": preset, "--out": folder / "results"}
    return command + [str(word) for pair in options.items() for word in pair]


def _bare(train: Path, test: Path, preset: str, folder: Path) -> list[str]:
    script = [sys.executable, str(_ROOT / "benchmarks" / "bare_autogluon.py")]
    predictor = tempfile.mkdtemp(dir=folder)
    return [*script, str(train), str(test), "label", preset, str(_MINUTES * 60), predictor]


@dataclass(frozen=True)
class _Case:
    """A pair, and the preset to train with."""

    data: str
    preset: str
    write: Callable[[Path], tuple[Path, Path]]


_CASES = {
    "sample": _Case("breast cancer, 426 rows", "medium_quality", write_sample_data),
    "sample-best": _Case("breast cancer, 426 rows", "best_quality", write_sample_data),
    "large": _Case("made, 60,000 rows", "medium_quality", _large_pair),
}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_measured(sys.argv[1], _CASES[sys.argv[2]])))
    else:
        main()
