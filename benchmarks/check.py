"""The whole check of a pair, through the local S3, beside readers that only read the train file.

Every case is a process of its own, so that its peak memory is its own. Each does its work on a
small file first, so that what is loaded only once, as in a Lambda function that has answered
before, is not counted.

``python -m benchmarks.check KIND TRAIN_FILE ENDPOINT`` runs one case and prints it as a line of
JSON, and ``python -m benchmarks.check grown MEGABYTES`` the check of a pair of that size that is
made while it is read.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
from rich.table import Table

from benchmarks.check_parts import parts_of
from benchmarks.grown_file import GrownFile
from benchmarks.peak_memory import own_peak_mb
from benchmarks.performance_page import show

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from lambdas.check.reading.source import Source

SIZES_MB = (10, 100, 1000)
_PARTS_OF_MB = 100
_GROWN_MB = (10, 100, 1000, 10_000)
WARM_UP_MB = 1
_ROUNDS = 3
_BUCKET = "bench"
_ROWS_AT_ONCE = 20_000
_WORDS = ("alpha", "beta", "gamma", "delta", "epsilon")
_READERS = {
    "pandas.read_csv": "pandas",
    "polars statistics": "polars",
    "check of the pair": "check",
}


def main() -> None:
    grown = Table(title="The check of a pair that is made while it is read")
    for column in ("train file", "seconds a GB", "CPU seconds a GB", "peak MB"):
        grown.add_column(column, justify="right")
    with tempfile.TemporaryDirectory() as work, local_s3(Path(work)) as endpoint:
        readers, parts = _measure_readers(Path(work), endpoint)
    for size in _GROWN_MB:
        told = _measured("grown", str(size))
        grown.add_row(
            f"{size:,} MB",
            f"{told['seconds_a_gb']:.2f}",
            f"{told['cpu_seconds_a_gb']:.2f}",
            f"{told['peak_mb']:.0f}",
        )
    show("check", readers, parts, grown)


@contextmanager
def local_s3(folder: Path) -> Iterator[str]:
    """The address of a local S3 with an empty bucket, to which this environment has the key."""
    from local.aws import LocalAws

    aws = LocalAws(folder / "home", 0)
    aws.start()
    # The processes that are measured find the key here, as any client does.
    os.environ["AWS_ACCESS_KEY_ID"] = aws.credentials.access_key
    os.environ["AWS_SECRET_ACCESS_KEY"] = aws.credentials.secret_key
    try:
        aws.s3.create_bucket(Bucket=_BUCKET)
        aws.s3.put_bucket_versioning(Bucket=_BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield aws.s3.meta.endpoint_url
    finally:
        aws.stop()


def _measure_readers(folder: Path, endpoint: str) -> tuple[Table, Table]:
    readers = Table(title="Best of three; the ratio is to pandas.read_csv of the local file")
    for column in ("train file", "what", "seconds", "MB/s", "CPU seconds", "peak MB", "ratio"):
        readers.add_column(column, justify="left" if column == "what" else "right")
    parts = Table(title=f"Where the check's CPU seconds go: {_PARTS_OF_MB} MB, in one thread")
    for column in ("part", "CPU seconds", "ns/byte", "share"):
        parts.add_column(column, justify="left" if column == "part" else "right")
    uploaded_pair(folder, endpoint, WARM_UP_MB)
    for size in SIZES_MB:
        train = uploaded_pair(folder, endpoint, size)
        of_readers = _add_readers(readers, train, endpoint, size)
        if size == _PARTS_OF_MB:
            told = _measured("parts", str(train), endpoint)["parts"]
            _add_parts(parts, told, of_readers, train)
        train.unlink()
        _test_file(train).unlink()
    return readers, parts


def _add_readers(table: Table, train: Path, endpoint: str, size: int) -> dict[str, float]:
    """Measures all readers of one file; the CPU seconds of each."""
    baseline, cpu_seconds = None, {}
    for name, kind in _READERS.items():
        rounds = [_measured(kind, str(train), endpoint) for _ in range(_ROUNDS)]
        seconds = min(told["seconds"] for told in rounds)
        cpu_seconds[name] = min(told["cpu_seconds"] for told in rounds)
        peak = max(told["peak_mb"] for told in rounds)
        baseline = baseline or seconds
        table.add_row(
            f"{size} MB",
            name,
            f"{seconds:.2f}",
            f"{size / seconds:.0f}",
            f"{cpu_seconds[name]:.2f}",
            f"{peak:.0f}",
            f"{seconds / baseline:.2f}",
        )
    return cpu_seconds


def _add_parts(
    table: Table, parts: dict[str, float], of_readers: dict[str, float], train: Path
) -> None:
    both = train.stat().st_size + _test_file(train).stat().st_size
    whole = sum(parts.values())
    for part, seconds in [*parts.items(), ("the check", whole)]:
        nanoseconds = seconds * 1e9 / both
        table.add_row(part, f"{seconds:.3f}", f"{nanoseconds:.2f}", f"{seconds / whole:.0%}")
    table.add_section()
    for name, seconds in of_readers.items():
        read = both if name == "check of the pair" else train.stat().st_size
        table.add_row(f"{name}, all threads", f"{seconds:.3f}", f"{seconds * 1e9 / read:.2f}", "")


def _measured(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.check", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def uploaded_pair(folder: Path, endpoint: str, size: int) -> Path:
    """A new train file of ``size`` MB, which also lies in the bucket with a test file beside it."""
    train = train_file(folder, size)
    for path, megabytes, seed in ((train, size, 0), (_test_file(train), max(1, size // 10), 1)):
        _write(path, megabytes, seed)
        _s3(endpoint).upload_file(str(path), _BUCKET, _key(path))
    return train


def train_file(folder: Path, size: int) -> Path:
    """Where the train file of so many MB is."""
    return folder / f"{size}_train.csv"


def _test_file(train: Path) -> Path:
    return train.with_name(train.name.replace("_train", "_test"))


def _warm_up(train: Path) -> Path:
    return train.with_name(f"{WARM_UP_MB}_train.csv")


def _key(path: Path) -> str:
    return f"data/{path.name}"


def _write(path: Path, megabytes: int, seed: int) -> None:
    """20 mixed columns, with line breaks and doubled quotation marks in a third of the notes."""
    random = np.random.default_rng(seed)
    names = [
        *(f"n{i}" for i in range(8)),
        *(f"i{i}" for i in range(4)),
        *(f"c{i}" for i in range(4)),
    ]
    with path.open("w", newline="") as file:
        file.write(",".join([*names, "city", "note", "id", "label"]) + "\n")
        row = 0
        while file.tell() < megabytes * 1_000_000:
            numbers = random.normal(size=(_ROWS_AT_ONCE, 8)).round(5).tolist()
            wholes = random.integers(0, 1000, (_ROWS_AT_ONCE, 5)).tolist()
            words = random.integers(0, 5, (_ROWS_AT_ONCE, 4)).tolist()
            lines = []
            for number, whole, word in zip(numbers, wholes, words, strict=True):
                row += 1
                quoted = f'"line {row}\nand ""two"" lines"'
                note = quoted if row % 3 == 0 else f"free text number {row} of many"
                fields = [*map(str, number), *map(str, whole[:4]), *(_WORDS[w] for w in word)]
                city = f"city_{whole[4] % 300}"
                lines.append(",".join([*fields, city, note, f"ID{seed}{row:09d}", str(row % 2)]))
            file.write("\n".join(lines) + "\n")


@cache  # as a function's process has one client for all events
def _s3(endpoint: str) -> "S3Client":
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")


def _one(kind: str, path: str, endpoint: str) -> None:
    """Runs one case and prints its seconds, CPU seconds and peak memory."""
    train = Path(path)
    if kind == "parts":
        check_through_s3(_warm_up(train), endpoint)
        parts = parts_of(lambda passed: check_through_s3(train, endpoint, passed))
        print(json.dumps({"parts": parts}))
        return
    kinds: dict[str, Callable[[Path, str], None]] = {
        "pandas": _read_by_pandas,
        "polars": _polars_statistics,
        "check": check_through_s3,
    }
    work = kinds[kind]
    work(_warm_up(train), endpoint)
    print(json.dumps(timed(lambda: work(train, endpoint))))


def _grown(size: str) -> None:
    """Checks a pair of so many MB and prints its seconds and CPU seconds a GB, and its memory."""
    making: list[float] = []
    _check(*grown_pair(WARM_UP_MB, making))
    train, test = grown_pair(int(size), making)
    making.clear()
    told = timed(lambda: _check(train, test))
    gigabytes = (train.size + test.size) / 1e9
    cpu_seconds = told["cpu_seconds"] - sum(making)
    rates = {
        "seconds_a_gb": told["seconds"] / gigabytes,
        "cpu_seconds_a_gb": cpu_seconds / gigabytes,
    }
    print(json.dumps({"train_mb": int(size), **told, **rates, "making_seconds": sum(making)}))


def grown_pair(size: int, making: list[float]) -> tuple["Source", "Source"]:
    """A train file of so many MB, and a test file of a tenth of it."""
    train = GrownFile("grown_train.csv", size * 1_000_000, 0, making)
    return train.source, GrownFile("grown_test.csv", size * 100_000, 1, making).source


def timed(work: Callable[[], None]) -> dict[str, float]:
    """What the work takes of this process: seconds, CPU seconds of all threads, and the memory that
    it has taken at the most."""
    started, before = time.monotonic(), cpu_seconds()
    work()
    seconds, cpu = time.monotonic() - started, cpu_seconds() - before
    return {"seconds": seconds, "cpu_seconds": cpu, "peak_mb": own_peak_mb()}


def cpu_seconds() -> float:
    """What this process has had of the processors since it began."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _read_by_pandas(train: Path, _endpoint: str) -> None:
    import pandas as pd

    pd.read_csv(train)


def _polars_statistics(train: Path, _endpoint: str) -> None:
    import polars as pl

    scan = pl.scan_csv(train)
    columns = scan.collect_schema().names()
    statistics = [pl.col(c).null_count().alias(f"{c} missing") for c in columns]
    statistics += [pl.col(c).approx_n_unique().alias(f"{c} different") for c in columns]
    scan.select(statistics).collect(engine="streaming")


def check_through_s3(
    train: Path, endpoint: str, passed: Callable[["Source"], "Source"] = lambda source: source
) -> None:
    """Checks a pair that :func:`uploaded_pair` has uploaded; its sources are ``passed`` on."""
    from lambdas.bucket.bucket import Bucket
    from lambdas.check_pair import _removed
    from lambdas.checked_upload import source_of
    from lambdas.uploads.pair import find_upload

    bucket = Bucket(_BUCKET, _s3(endpoint))
    keys = _key(train), _key(_test_file(train))
    sources = [
        source_of(bucket, upload, _removed) for key in keys if (upload := find_upload(bucket, key))
    ]
    _check(passed(sources[0]), passed(sources[1]))


def _check(train: "Source", test: "Source") -> None:
    from lambdas.check.pair_check import MemoryEstimate, PlannedTraining, pair_check

    memory = MemoryEstimate(lambda train_bytes, _: 3 + train_bytes / 1e8, 768)
    planned = PlannedTraining("label", "medium_quality", memory)
    check = pair_check(train, test, planned, lambda: 900.0)
    # What is made without end may be too much for any machine to learn from.
    errors = [found.text for found in check.errors if found.code != "too_large"]
    assert check.profile and not errors, errors


if __name__ == "__main__":
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    match sys.argv[1:]:
        case []:
            main()
        case ["grown", size]:
            _grown(size)
        case [kind, path, endpoint]:
            _one(kind, path, endpoint)
