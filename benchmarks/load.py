"""Many pairs at once through the whole of local mode, with a quick stand-in for the jobs' program.

Each size is run in a ``codefree up`` of its own. Two uploads a pair go up in random order, and each
event is delivered twice. What counts is how time and memory grow with the number of pairs.
"""

import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import boto3
import psutil
from botocore.config import Config
from rich.console import Console
from rich.table import Table

from lambdas.bucket.layout import TRAINING_CODE, UPLOADS
from operate.home_key import Credentials, kept_credentials
from tests.local.stacks import stand_in_code
from tests.local.uploads import table

SIZES = (10, 100, 1000)
_UPLOADS_AT_ONCE = 8
_LOOK_SECONDS = 1
# The stand-in computes nothing: with one job at a time, its start would be all that is measured.
_JOBS_AT_ONCE = 4
BUCKET = "codefree"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:codefree"
_PORT = 4599
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
        self.names = [f"load {number}" for number in range(pairs)]
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


def main() -> None:
    shown = Table(title="Pairs at once, each uploaded in two halves and told of twice")
    for column in (
        "pairs",
        "executions",
        "not succeeded",
        "trainings",
        "evaluations",
        "seconds",
        "executions a second",
        "upload to job, median",
        "most",
        "peak RSS, MiB",
    ):
        shown.add_column(column, justify="right")
    for pairs in [int(word) for word in sys.argv[1:]] or SIZES:
        with codefree_up({"RunsAtOnce": "1000"}) as (endpoint, key, process):
            load = Load(endpoint, key, BUCKET, MACHINE, pairs)
            with _peak_of(process) as peak:
                outcome = load.outcome()
        count = outcome.executions.total()
        shown.add_row(
            str(pairs),
            str(count),
            str(count - outcome.executions["SUCCEEDED"]),
            str(outcome.trainings.total()),
            str(outcome.evaluations.total()),
            f"{outcome.seconds:.1f}",
            f"{count / outcome.seconds:.1f}",
            f"{median(outcome.waits):.1f}",
            f"{max(outcome.waits):.1f}",
            f"{peak[0] / _MIB:.0f}",
        )
        Console(width=140).print(shown)


@contextmanager
def codefree_up(parameters: dict[str, str]) -> Iterator[tuple[str, Credentials, psutil.Process]]:
    """A `codefree up` of its own with the stand-in; its address, its key and its process."""
    with tempfile.TemporaryDirectory() as home:
        codefree = str(Path(sys.executable).with_name("codefree"))
        process = subprocess.Popen(
            [
                codefree,
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
