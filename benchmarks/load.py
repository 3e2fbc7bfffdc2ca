"""Many pairs at once through the whole of local mode, with a quick stand-in for the jobs' program.

Each size is run in a ``codefree up`` of its own. Two uploads a pair go up in random order, and each
event is delivered twice. What counts is how time and memory grow with the number of pairs: seconds
on a machine that is left alone, CPU seconds on any.

``python -m benchmarks.load [PAIRS...]`` shows a table. ``python -m benchmarks.load one PAIRS``
prints the figures of one size as a line of JSON, and ``… parts PAIRS`` also in whose hands the
main process's time is (benchmarks/load_parts.py), which costs some time itself.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Self

import boto3
import psutil
from botocore.config import Config
from rich.table import Table

from benchmarks.performance_page import show
from lambdas.bucket.layout import TRAINING_CODE, UPLOADS
from operate.home_key import Credentials, kept_credentials
from tests.local.stacks import stand_in_code
from tests.local.uploads import table

SIZES = (10, 100, 1000, 3000)
_PAIRS_BY_PARTS = 100
_COLUMNS = {
    "pairs": "pairs",
    "executions": "executions",
    "not_succeeded": "not succeeded",
    "trainings": "trainings",
    "evaluations": "evaluations",
    "seconds": "seconds",
    "per_second": "executions a second",
    "per_cpu_second": "executions a CPU second",
    "cpu_main": "CPU s, main",
    "cpu_lambdas": "CPU s, Lambdas",
    "cpu_jobs": "CPU s, jobs",
    "wait_median": "upload to job, median",
    "wait_most": "upload to job, most",
    "mib_before": "MiB before",
    "mib_most": "MiB, most",
    "mib_after": "MiB after",
}
_UPLOADS_AT_ONCE = 8
_LOOK_SECONDS = 1
# The stand-in computes nothing: with one job at a time, its start would be all that is measured.
_JOBS_AT_ONCE = 4
# As many as a stack may have; more pairs wait in line.
_RUNS_AT_ONCE = 1000
BUCKET = "codefree"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:codefree"
_PORT = int(os.environ.get("CODEFREE_BENCHMARK_PORT", "4599"))
_MIB = 1024**2


@dataclass(frozen=True)
class Outcome:
    """What became of all pairs: how many executions ended how, and the jobs of each dataset.

    ``waits`` are the seconds from a pair's second upload until its training job was asked for.
    """

    executions: Counter[str]
    trainings: Counter[str]
    evaluations: Counter[str]
    seconds: float
    waits: list[float]


class Load:
    """So many pairs for the stack whose bucket and state machine are told."""

    def __init__(
        self, endpoint: str, key: Credentials, bucket: str, state_machine: str, pairs: int
    ) -> None:
        session = boto3.Session(key.access_key, key.secret_key, region_name="us-east-1")
        config = Config(max_pool_connections=_UPLOADS_AT_ONCE)
        self.clients: dict[str, Any] = {
            service: session.client(service, endpoint_url=endpoint, config=config)
            for service in ("s3", "events", "stepfunctions", "sagemaker")
        }
        self._bucket = bucket
        self._machine = state_machine
        # In hexadecimal, for a job's name has eight characters of its dataset's.
        self.names = [f"load {number:x}" for number in range(pairs)]
        self._complete: dict[str, float] = {}

    def outcome(self) -> Outcome:
        """Uploads everything, waits until nothing runs any more, and counts."""
        self._deliver_twice()
        begun = time.time()
        self.upload_all()
        while self._running():
            time.sleep(_LOOK_SECONDS)
        seconds = time.time() - begun
        sagemaker, trainings = self.clients["sagemaker"], self.trainings()
        evaluations = [
            job["ProcessingJobName"]
            for page in sagemaker.get_paginator("list_processing_jobs").paginate(
                NameContains="codefree-load-", MaxResults=100
            )
            for job in page["ProcessingJobSummaries"]
        ]
        return Outcome(
            self._ends(),
            Counter(map(dataset_of, trainings)),
            Counter(map(dataset_of, evaluations)),
            seconds,
            [at - self._complete[dataset_of(job)] for job, at in trainings.items()],
        )

    def _deliver_twice(self) -> None:
        """A second target like the first one, as if EventBridge delivered everything twice."""
        rules = self.clients["events"]
        [name] = rules.list_rule_names_by_target(TargetArn=self._machine)["RuleNames"]
        [target] = rules.list_targets_by_rule(Rule=name)["Targets"]
        rules.put_targets(Rule=name, Targets=[target | {"Id": "again"}])

    def trainings(self) -> dict[str, float]:
        """The training jobs by name, and when they were asked for, in seconds since 1970."""
        pages = (
            self.clients["sagemaker"]
            .get_paginator("list_training_jobs")
            .paginate(NameContains="codefree-load-", MaxResults=100)
        )
        return {
            job["TrainingJobName"]: job["CreationTime"].timestamp()
            for page in pages
            for job in page["TrainingJobSummaries"]
        }

    def upload_all(self) -> None:
        """Uploads both halves of every pair, in random order."""
        s3 = self.clients["s3"]
        bodies = {"train": table(12).encode(), "test": table(6).encode()}
        uploads = [(name, half) for name in self.names for half in bodies]
        random.shuffle(uploads)

        def upload(name: str, half: str) -> None:
            s3.put_object(Bucket=self._bucket, Key=f"{UPLOADS}{name}_{half}.csv", Body=bodies[half])
            self._complete[name] = time.time()

        with ThreadPoolExecutor(_UPLOADS_AT_ONCE) as pool:
            list(pool.map(upload, *zip(*uploads, strict=True)))

    def _running(self) -> bool:
        answer = self.clients["stepfunctions"].list_executions(
            stateMachineArn=self._machine, statusFilter="RUNNING", maxResults=1
        )
        return bool(answer["executions"])

    def _ends(self) -> Counter[str]:
        pages = (
            self.clients["stepfunctions"]
            .get_paginator("list_executions")
            .paginate(stateMachineArn=self._machine, PaginationConfig={"PageSize": 1000})
        )
        return Counter(execution["status"] for page in pages for execution in page["executions"])


@dataclass(frozen=True)
class Cpu:
    """CPU seconds of a local mode so far: of its main process, and of what this has started."""

    main: float
    lambdas: float
    jobs: float

    @classmethod
    def of(cls, process: psutil.Process) -> Self:
        """Those of the process and its children; with what they have waited for."""
        own = process.cpu_times()
        functions = [c for c in process.children() if "lambda_runtime" in " ".join(c.cmdline())]
        others = [c for c in process.children() if c not in functions]
        return cls(
            own.user + own.system,
            sum(map(_seconds_of_tree, functions)),
            own.children_user + own.children_system + sum(map(_seconds_of_tree, others)),
        )

    def __sub__(self, before: Self) -> "Cpu":
        """The seconds since ``before``."""
        return Cpu(self.main - before.main, self.lambdas - before.lambdas, self.jobs - before.jobs)


@dataclass(frozen=True)
class Figures:
    """What one size took: seconds by the clock, CPU seconds, and memory of the main process."""

    outcome: Outcome
    cpu: Cpu
    memory_before: int
    memory_most: int
    memory_after: int
    parts: dict[str, dict[str, float]]

    @property
    def as_json(self) -> dict[str, Any]:
        """The figures by name, for a line of JSON."""
        outcome, cpu = self.outcome, self.cpu
        count = outcome.executions.total()
        total = cpu.main + cpu.lambdas + cpu.jobs
        return {
            "pairs": len(outcome.trainings),
            "executions": count,
            "not_succeeded": count - outcome.executions["SUCCEEDED"],
            "trainings": outcome.trainings.total(),
            "evaluations": outcome.evaluations.total(),
            "seconds": round(outcome.seconds, 1),
            "per_second": round(count / outcome.seconds, 2),
            "per_cpu_second": round(count / total, 2),
            "cpu_main": round(cpu.main, 1),
            "cpu_lambdas": round(cpu.lambdas, 1),
            "cpu_jobs": round(cpu.jobs, 1),
            "wait_median": round(median(outcome.waits), 1),
            "wait_most": round(max(outcome.waits), 1),
            "mib_before": round(self.memory_before / _MIB),
            "mib_most": round(self.memory_most / _MIB),
            "mib_after": round(self.memory_after / _MIB),
            **self.parts,
        }


def main() -> None:
    match sys.argv[1:]:
        case ["one", pairs]:
            print(json.dumps(measured(int(pairs)).as_json))
        case ["parts", pairs]:
            print(json.dumps(measured(int(pairs), by_parts=True).as_json))
        case sizes:
            _show([int(size) for size in sizes] or SIZES)


def _show(sizes: Sequence[int]) -> None:
    shown = Table(title="Pairs at once, each uploaded in two halves and told of twice")
    for name in _COLUMNS.values():
        shown.add_column(name, justify="right")
    for pairs in sizes:
        figures = measured(pairs).as_json
        shown.add_row(*(str(figures[key]) for key in _COLUMNS))
    parts = _table_of_parts(measured(_PAIRS_BY_PARTS, by_parts=True))
    show("load", shown, parts, width=160)


def _table_of_parts(figures: Figures) -> Table:
    shown = Table(title=f"In whose hands the CPU seconds of {_PAIRS_BY_PARTS} pairs are")
    shown.add_column("part")
    shown.add_column("CPU seconds", justify="right")
    shown.add_column("share", justify="right")
    seconds = {
        **{f"main process: {part}": s for part, s in figures.parts["parts"].items()},
        "Lambda functions": figures.cpu.lambdas,
        "jobs": figures.cpu.jobs,
    }
    total = sum(seconds.values())
    for part, each in sorted(seconds.items(), key=lambda item: -item[1]):
        shown.add_row(part, f"{each:.1f}", f"{each / total:.1%}")
    return shown


def measured(pairs: int, *, by_parts: bool = False) -> Figures:
    """The figures of so many pairs at once, in a ``codefree up`` of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        codefree_up(
            {"RunsAtOnce": str(_RUNS_AT_ONCE)}, Path(folder) / "parts" if by_parts else None
        ) as (endpoint, key, process),
    ):
        load = Load(endpoint, key, BUCKET, MACHINE, pairs)
        parts = _parts_in(Path(folder) / "parts") if by_parts else {}
        before, memory = Cpu.of(process), process.memory_info().rss
        with _peak_of(process) as peak:
            outcome = load.outcome()
        if by_parts:
            parts = _grown(parts, _parts_in(Path(folder) / "parts"))
        return Figures(
            outcome,
            Cpu.of(process) - before,
            memory,
            peak[0],
            process.memory_info().rss,
            parts,
        )


def _parts_in(path: Path) -> dict[str, dict[str, float]]:
    """What the process wrote after this was called."""
    asked = time.time()
    while not (path.exists() and path.stat().st_mtime > asked):
        time.sleep(0.1)
    found = json.loads(path.read_text())
    return {"parts": found["seconds"], "calls": found["calls"]}


def _grown(
    before: dict[str, dict[str, float]], after: dict[str, dict[str, float]]
) -> dict[str, dict[str, float]]:
    return {
        kind: {
            name: round(value - before[kind].get(name, 0), 1)
            for name, value in sorted(values.items(), key=lambda item: -item[1])
        }
        for kind, values in after.items()
    }


def _seconds_of_tree(process: psutil.Process) -> float:
    """With those of its children, whether they have ended or not."""
    own = process.cpu_times()
    ended = own.children_user + own.children_system
    return float(own.user + own.system + ended + sum(map(_seconds_of_tree, process.children())))


@contextmanager
def codefree_up(
    parameters: dict[str, str], parts: Path | None = None
) -> Iterator[tuple[str, Credentials, psutil.Process]]:
    """A `codefree up` of its own with the stand-in; its address, its key and its process.

    It writes to ``parts`` whose its time is.
    """
    codefree = [str(Path(sys.executable).with_name("codefree"))]
    if parts:
        codefree = [sys.executable, "-m", "benchmarks.load_parts", str(parts)]
    with tempfile.TemporaryDirectory() as home:
        process = subprocess.Popen(
            [
                *codefree,
                "up",
                "--port",
                str(_PORT),
                "--home",
                home,
                "--no-console",
                *(word for pair in parameters.items() for word in ("--param", "=".join(pair))),
                "--jobs-at-once",
                str(_JOBS_AT_ONCE),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        try:
            while "Ctrl-C stops it" not in process.stdout.readline():
                assert process.poll() is None, "codefree up has ended"
            endpoint = f"http://127.0.0.1:{_PORT}"
            key = kept_credentials(Path(home))
            session = boto3.Session(key.access_key, key.secret_key, region_name="us-east-1")
            session.client("s3", endpoint_url=endpoint).put_object(
                Bucket=BUCKET, Key=TRAINING_CODE, Body=stand_in_code()
            )
            yield endpoint, key, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait()


@contextmanager
def _peak_of(process: psutil.Process) -> Iterator[list[int]]:
    """The most memory that the process itself takes meanwhile, in bytes."""
    peak, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            peak[0] = max(peak[0], process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def dataset_of(job_name: str) -> str:
    """The dataset that a job is about: its name is codefree-load-NUMBER-RUN-…."""
    return f"load {job_name.split('-')[2]}"


if __name__ == "__main__":
    main()
