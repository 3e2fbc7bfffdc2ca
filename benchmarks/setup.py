"""What `make run` takes on a machine that has nothing of it yet, in a fresh clone.

Packages come from the machine's own index, so their way here is in it.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.table import Table

from benchmarks.performance_page import show

_ROOT = Path(__file__).resolve().parent.parent
_STEPS = {
    "set-up of make run": ".venv/.ready",
    "make run, the first time": "run",
    "make run, the second time": "run",
}


def main() -> None:
    table = Table(title="A fresh clone")
    for column in ("what", "seconds", "processor s", "MB in .venv"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for name, told in measured(_ROOT).items():
        table.add_row(
            name, f"{told['seconds']:.0f}", f"{told['cpu_seconds']:.0f}", f"{told['mb']:.0f}"
        )
    show("setup", table)


def measured(tree: Path) -> dict[str, dict[str, float]]:
    """Seconds, processor seconds and the size of the environment after each step."""
    told = {}
    with tempfile.TemporaryDirectory() as work:
        clone = Path(work) / "codefree"
        subprocess.run(["git", "clone", "--quiet", str(tree), str(clone)], check=True)
        for name, target in _STEPS.items():
            started, before = time.monotonic(), _cpu_seconds()
            subprocess.run(["make", target], cwd=clone, check=True, capture_output=True)
            told[name] = {
                "seconds": time.monotonic() - started,
                "cpu_seconds": _cpu_seconds() - before,
                "mb": _megabytes(clone / ".venv"),
            }
    return told


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _megabytes(folder: Path) -> float:
    """What it takes on the disk; a file with two names counts once."""
    sizes = {
        (found.st_dev, found.st_ino): found.st_blocks * 512
        for path, _, files in os.walk(folder)
        for found in ((Path(path) / file).lstat() for file in files)
    }
    return sum(sizes.values()) / 1e6


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1])))) if len(sys.argv) > 1 else main()
