"""The wall time of ``codefree run`` beside that of a bare AutoGluon script.

Both get the same data, preset and time budget, one after the other, in turn. The ratio of each
pair is what counts: machines are shared and noisy.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

from operate.drafts.sample_data import write_sample_data

_ROOT = Path(__file__).resolve().parent.parent
_MINUTES = 1
_ROUNDS = 2


def main() -> None:
    table = Table(title=f"Time budget {_MINUTES * 60} s, wall time in seconds, {_ROUNDS} rounds")
    for column in ("data", "preset", "codefree run", "bare script", "ratio"):
        table.add_column(column, justify="left" if column in {"data", "preset"} else "right")
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        cases = [
            ("breast cancer, 426 rows", "medium_quality", write_sample_data(folder)),
            ("breast cancer, 426 rows", "best_quality", write_sample_data(folder)),
            ("made, 60,000 rows", "medium_quality", _large_pair(folder)),
        ]
        for name, preset, (train, test) in cases:
            for _ in range(_ROUNDS):
                ours = _seconds(_codefree(train, test, preset, folder))
                bare = _seconds(_bare(train, test, preset, folder))
                table.add_row(name, preset, f"{ours:.1f}", f"{bare:.1f}", f"{ours / bare:.2f}")
    Console(width=100).print(table)


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


def _seconds(command: list[str]) -> float:
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True, cwd=_ROOT)
    return time.monotonic() - started


if __name__ == "__main__":
    main()
