"""Many uploads at once, and little money for the day: what is spent, what waits, what is lost.

Half as many pairs as uploads go up at once into a ``codefree up`` with a limit for the day. The
quick stand-in is the jobs' program. Afterwards each pair must have been trained or wait in line,
the ledger must be within the limit, and memory and open files must not have grown with the number.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.load import BUCKET, MACHINE, Load, codefree_up
from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import RESULTS
from lambdas.runs.spending import read_ledger
from lambdas.runs.waiting_runs import list_places, read_waiting_run

SIZES = (100, 1_000, 10_000)
# Enough for one run's reservation, or for checking each pair and a few hundred runs.
_LEAST_DAILY_USD = 1.0
_DAILY_USD_AN_UPLOAD = 0.00013
_LOOK_SECONDS = 2
_QUIET_LOOKS = 5
_MIB = 1024**2


@dataclass
class Peak:
    """The most that the process took: memory in bytes, open files, threads."""

    rss: int = 0
    files: int = 0
    threads: int = 0


def main() -> None:
    shown = Table(title="Uploads at once, 4 runs at once")
    for column in (
        "uploads",
        "pairs",
        "trained",
        "in line",
        "lost",
        "the day's limit, USD",
        "spent and reserved, USD",
        "seconds",
        "peak RSS, MiB",
        "open files",
        "threads",
    ):
        shown.add_column(column, justify="right")
    for uploads in [int(word) for word in sys.argv[1:]] or SIZES:
        daily_usd = max(_LEAST_DAILY_USD, _DAILY_USD_AN_UPLOAD * uploads)
        limits = {"DailyCostLimit": str(daily_usd), "RunsAtOnce": "4"}
        with codefree_up(limits) as (endpoint, key, process), _peak_of(process) as peak:
            load = Load(endpoint, key, BUCKET, MACHINE, uploads // 2)
            begun = time.time()
            load.upload_all()
            _settle(load.clients["stepfunctions"])
            seconds = time.time() - begun
            s3 = load.clients["s3"]
            trained, waiting = _trained(s3), _in_line(s3)
            spent = read_ledger(Bucket(BUCKET, s3)).day_usd(datetime.now(UTC).date())
        lost = set(load.names) - trained - waiting
        shown.add_row(
            f"{uploads:,}",
            f"{len(load.names):,}",
            str(len(trained)),
            f"{len(waiting):,}",
            str(len(lost)),
            f"{daily_usd:.2f}",
            f"{spent:.4f}",
            f"{seconds:.0f}",
            f"{peak.rss / _MIB:.0f}",
            str(peak.files),
            str(peak.threads),
        )
        Console(width=140).print(shown)
        assert not lost and spent <= daily_usd, (lost, spent)


def _settle(states: Any) -> None:
    """Waits until nothing runs, and nothing has begun to for a while."""
    quiet = 0
    while quiet < _QUIET_LOOKS:
        running = states.list_executions(
            stateMachineArn=MACHINE, statusFilter="RUNNING", maxResults=1
        )["executions"]
        quiet = 0 if running else quiet + 1
        time.sleep(_LOOK_SECONDS)


def _trained(s3: Any) -> set[str]:
    """The datasets whose runs have ended well."""
    keys = Bucket(BUCKET, s3).keys(RESULTS)
    return {key.split("/")[1] for key in keys if key.endswith("/summary.json")}


def _in_line(s3: Any) -> set[str]:
    bucket = Bucket(BUCKET, s3)
    waiting = (read_waiting_run(bucket, place) for place in list_places(bucket))
    return {run.pair.name for run in waiting if run}


@contextmanager
def _peak_of(process: psutil.Process) -> Iterator[Peak]:
    """What the process itself takes meanwhile, its jobs and functions apart."""
    peak, over = Peak(), threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            peak.rss = max(peak.rss, process.memory_info().rss)
            peak.files = max(peak.files, process.num_fds())
            peak.threads = max(peak.threads, process.num_threads())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


if __name__ == "__main__":
    main()
