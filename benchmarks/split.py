"""The check of a single file, whose rows it splits, by each of its rules, beside that of a pair.

Each case is a process of its own, and the files are made while they are read.

``python -m benchmarks.split CASE MEGABYTES`` runs one of ``pair``, ``classes``, ``group`` and
``time`` and prints it as a line of JSON.
"""

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from rich.table import Table

from benchmarks.check import WARM_UP_MB, grown_pair, timed
from benchmarks.grown_file import GrownFile
from benchmarks.performance_page import show

if TYPE_CHECKING:
    from lambdas.check.pair_check import PairCheck

_MEGABYTES = 1000
_CASES = {
    "pair": "a pair, a tenth of it tested",
    "classes": "a single file, by classes",
    "group": "a single file, by groups",
    "time": "a single file, by time",
}
_ROLES = {"group": {"group_column": "city"}, "time": {"time_column": "seen"}}


def main() -> None:
    table = Table(title=f"{_MEGABYTES:,} MB that are made while they are read")
    for column in ("what", "million rows", "CPU seconds", "peak MB"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for case, name in _CASES.items():
        command = [sys.executable, "-m", "benchmarks.split", case, str(_MEGABYTES)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        told: dict[str, float] = json.loads(done.stdout)
        table.add_row(
            name,
            f"{told['rows'] / 1e6:.1f}",
            f"{told['cpu_seconds']:.1f}",
            f"{told['peak_mb']:.0f}",
        )
    show("split", table)


def _one(case: str, megabytes: int) -> dict[str, float]:
    """Checks one file or pair. Making it is not counted."""
    making: list[float] = []
    _checked(case, WARM_UP_MB, making)
    making.clear()
    checks: list[PairCheck] = []
    told = timed(lambda: checks.append(_checked(case, megabytes, making)))
    profile = checks[0].profile
    assert profile, checks[0].errors
    rows = profile.train.rows + profile.test.rows
    return {
        "rows": rows,
        "cpu_seconds": told["cpu_seconds"] - sum(making),
        "peak_mb": told["peak_mb"],
    }


def _checked(case: str, megabytes: int, making: list[float]) -> "PairCheck":
    from lambdas.check.pair_check import MemoryEstimate, PlannedTraining, pair_check
    from lambdas.check.single_check import single_check

    roles: dict[str, Any] = _ROLES.get(case, {})
    memory = MemoryEstimate(lambda train_bytes, _: 3 + train_bytes / 1e8, 768)
    planned = PlannedTraining("label", "medium_quality", memory, **roles)
    if case == "pair":
        return pair_check(*grown_pair(megabytes, making), planned, lambda: 900.0)
    file = GrownFile("grown.csv", megabytes * 1_000_000, 0, making)
    return single_check(file.source, planned, lambda: 900.0)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_one(sys.argv[1], int(sys.argv[2]))))
    else:
        main()
