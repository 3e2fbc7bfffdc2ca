"""What AWS's own training toolkit costs to start a job, beside local mode's own start.

Each starts a program that does nothing, in turn; its folder is filled in the same way.
"""

import resource
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from local.jobs.script_mode import ScriptMode
from tests.local.test_toolkit import run
from tests.local.toolkit import VERSIONS, Toolkit

_ROUNDS = 7


def main() -> None:
    table = Table(title=f"Seconds for a job that does nothing, median of {_ROUNDS}")
    for column in ("started by", "wall time", "processor time"):
        table.add_column(column, justify="left" if column == "started by" else "right")
    starters: dict[str, Any] = {f"sagemaker-training {v}": Toolkit(v) for v in VERSIONS}
    starters["local mode itself"] = ScriptMode()
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in starters}
    for _ in range(_ROUNDS):
        for name, starter in starters.items():
            seconds[name].append(_seconds(starter))
    for name, measured in seconds.items():
        table.add_row(name, *(f"{median(column):.2f}" for column in zip(*measured, strict=True)))
    Console(width=100).print(table)


def _seconds(starter: Any) -> tuple[float, float]:
    """Wall time, and what the processes that were started took of a processor."""
    used, began = _used(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        run(starter, "", Path(folder))
    return time.monotonic() - began, _used() - used


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
