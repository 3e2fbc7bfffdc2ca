"""What a Lambda function takes to start, and what the check of a small pair costs.

A function's cold start is measured in new processes: the interpreter alone, boto3, and then the
function's module, whose seconds are those beyond boto3. ``python -m benchmarks.functions import
MODULE`` and ``python -m benchmarks.functions check TRAIN_FILE ENDPOINT`` print one measurement as a
line of JSON.
"""

import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.table import Table

from benchmarks.performance_page import show

_ROOT = Path(__file__).resolve().parent.parent
_ROUNDS = 5
_CHECKED_MB = 10
# A GB-second of an x86 function in us-east-1, in USD, and the memory with which a function has one
# processor (AWS Lambda pricing; AWS Lambda Developer Guide, "Configure Lambda function memory").
_USD_A_GB_SECOND = 0.0000166667
_MB_FOR_A_PROCESSOR = 1769
_MB_A_GB = 1024
_IMPORTING = """
import sys, time
bare = time.process_time()
import boto3
begun, cpu = time.perf_counter(), time.process_time()
__import__(sys.argv[1])
ended, cpu_ended = time.perf_counter(), time.process_time()
print(bare, cpu - bare, cpu_ended - cpu, ended - begun)
"""


def main() -> None:
    starts = Table(title=f"Cold starts: the least of {_ROUNDS} new processes, CPU seconds")
    for column in ("function", "memory MB", "boto3", "beyond boto3", "seconds beyond boto3"):
        starts.add_column(column, justify="left" if column == "function" else "right")
    memory = handlers()
    for module, megabytes in memory.items():
        told = [_measured("import", module) for _ in range(_ROUNDS)]
        least = {key: min(one[key] for one in told) for key in told[0]}
        starts.add_row(
            module.removeprefix("lambdas."),
            str(megabytes),
            f"{least['boto3_cpu_seconds']:.2f}",
            f"{least['cpu_seconds']:.2f}",
            f"{least['seconds']:.2f}",
        )
    show("functions", starts, _checks(memory["lambdas.check_pair"]))


def handlers() -> dict[str, int]:
    """The modules of the functions that the template has, each with its memory in MB."""
    template = (_ROOT / "infra" / "template.yaml").read_text(encoding="utf-8")
    found = re.findall(
        r"Handler: (lambdas\.\w+)\.handler\n(?:.*\n)*?\s+MemorySize: (\d+)", template
    )
    return {module: int(megabytes) for module, megabytes in found}


def _checks(memory_mb: int) -> Table:
    """The check of a small pair by a function that has just started, and once it has answered."""
    from benchmarks.check import local_s3, uploaded_pair

    table = Table(title=f"CheckPair, {_CHECKED_MB} MB, {memory_mb} MB of memory, us-east-1")
    for column in ("start", "CPU seconds", "seconds on Lambda", "US cents"):
        table.add_column(column, justify="left" if column == "start" else "right")
    with tempfile.TemporaryDirectory() as work, local_s3(Path(work)) as endpoint:
        train = uploaded_pair(Path(work), endpoint, _CHECKED_MB)
        told = [_measured("check", str(train), endpoint) for _ in range(_ROUNDS)]
    for name, key in (("cold", "cold_cpu_seconds"), ("warm", "warm_cpu_seconds")):
        cpu_seconds = min(one[key] for one in told)
        # Its threads may have all of the memory's share of the processors.
        seconds = cpu_seconds * _MB_FOR_A_PROCESSOR / memory_mb
        cents = 100 * seconds * memory_mb / _MB_A_GB * _USD_A_GB_SECOND
        table.add_row(name, f"{cpu_seconds:.2f}", f"{seconds:.2f}", f"{cents:.4f}")
    return table


def _measured(*arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.functions", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=_ROOT)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _imported(module: str) -> None:
    """What a new process takes to import boto3, and then the module."""
    command = [sys.executable, "-c", _IMPORTING, module]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    bare, boto3, own, seconds = map(float, done.stdout.split())
    told = {"bare_cpu_seconds": bare, "boto3_cpu_seconds": boto3, "cpu_seconds": own}
    print(json.dumps({"module": module, **told, "seconds": seconds}))


def _checked(train: Path, endpoint: str) -> None:
    """The CPU seconds of CheckPair's imports and its first check, and of one more check."""
    started = time.process_time()
    importlib.import_module("lambdas.check_pair")
    imported = time.process_time()
    # What only the benchmark needs is loaded outside of what is counted.
    check: Any = importlib.import_module("benchmarks.check")
    begun = time.process_time()
    check.check_through_s3(train, endpoint)
    answered = time.process_time()
    check.check_through_s3(train, endpoint)
    warm = time.process_time() - answered
    cold = imported - started + answered - begun
    print(json.dumps({"cold_cpu_seconds": cold, "warm_cpu_seconds": warm}))


if __name__ == "__main__":
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    match sys.argv[1:]:
        case []:
            main()
        case ["import", module_name]:
            _imported(module_name)
        case ["check", path, address]:
            _checked(Path(path), address)
