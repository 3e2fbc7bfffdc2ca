"""The wall time of ``codefree run`` beside that of a bare AutoGluon script.

Both get the same data, preset and time budget, one after the other, in turn. The ratio of each
pair is what counts: machines are shared and noisy.

Codefree trains other models than AutoGluon alone (training/fitting/fit_options.py). So there is a
second script with the same ones: what Codefree takes longer than that are its own costs. AutoGluon
takes some seconds more or less for the same fit, so it is told how long the fits took.

``python -m benchmarks.overhead KIND CASE`` prints one of them (``run``, ``bare`` or ``same``) as a
line of JSON; the cases are ``sample``, ``sample-best`` and ``large``.
"""

import json
import os
import re
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
_FIT = re.compile(r"AutoGluon training complete, total runtime = ([\d.]+)s")


def main() -> None:
    table = Table(title=f"Time budget {_MINUTES * 60} s, wall time in seconds, {_ROUNDS} rounds")
    texts = ("data", "preset")
    told = ("codefree run", "same models", "ratio", "bare script", "of each the fit", "CPU seconds")
    for column in (*texts, *told):
        table.add_column(column, justify="left" if column in texts else "right")
    for case in _CASES.values():
        for _ in range(_ROUNDS):
            ours, same, bare = (_measured(kind, case) for kind in ("run", "same", "bare"))
            table.add_row(
                case.data,
                case.preset,
                f"{ours['seconds']:.1f}",
                f"{same['seconds']:.1f}",
                f"{ours['seconds'] / same['seconds']:.2f}",
                f"{bare['seconds']:.1f}",
                *(
                    " / ".join(f"{one[name]:.1f}" for one in (ours, same, bare))
                    for name in ("fit_seconds", "processor_seconds")
                ),
            )
    show("overhead", table)


def _measured(kind: str, case: "_Case") -> dict[str, float]:
    """The seconds of one of them, those of the fit in it, and the processor seconds of all its
    processes."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        train, test = case.write(folder)
        if kind == "run":
            command = _codefree(train, test, case.preset, folder)
        else:
            command = _script(train, test, case.preset, folder, is_same=kind == "same")
        before, started = os.times(), time.monotonic()
        found_in = os.environ | {"PYTHONPATH": str(_ROOT)}
        # As on a person's machine, Python keeps what it has compiled.
        found_in.pop("PYTHONDONTWRITEBYTECODE", None)
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd=_ROOT, env=found_in
        )
        seconds, after = time.monotonic() - started, os.times()
        log = "".join(path.read_text() for path in (folder / "home" / "logs").glob("*-train-*.log"))
    fits = _FIT.findall(log or done.stderr)
    assert fits, "AutoGluon has not said how long it took."
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    return {"seconds": seconds, "fit_seconds": float(fits[-1]), "processor_seconds": used}


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
    options = {"--minutes": _MINUTES, "--preset": preset}
    options |= {"--out": folder / "results", "--home": folder / "home"}
    return command + [str(word) for pair in options.items() for word in pair]


def _script(train: Path, test: Path, preset: str, folder: Path, *, is_same: bool) -> list[str]:
    script = [sys.executable, str(_ROOT / "benchmarks" / "bare_autogluon.py")]
    given = [
        str(train),
        str(test),
        "label",
        preset,
        str(_MINUTES * 60),
        tempfile.mkdtemp(dir=folder),
    ]
    return [*script, *given, "same"] if is_same else [*script, *given]


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
