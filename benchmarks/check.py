"""The whole check of a pair, through the local S3, beside readers that only read the train file.

Every case is a process of its own, so that its peak memory is its own. Each does its work on a
small file first, so that what is loaded only once, as in a Lambda function that has answered
before, is not counted.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.peak_memory import own_peak_mb

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_SIZES_MB = (10, 100, 1000)
_WARM_UP_MB = 1
_ROUNDS = 3
_BUCKET = "bench"
_ROWS_AT_ONCE = 20_000
_WORDS = ("alpha", "beta", "gamma", "delta", "epsilon")


def main() -> None:
    from local.aws import LocalAws

    table = Table(title="Best of three; the ratio is to pandas.read_csv of the local file")
    for column in ("train file", "what", "seconds", "MB/s", "peak MB", "ratio"):
        table.add_column(column, justify="left" if column == "what" else "right")
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        aws = LocalAws(folder / "home", 0)
        aws.start()
        # The processes that are measured find the key here, as any client does.
        os.environ["AWS_ACCESS_KEY_ID"] = aws.credentials.access_key
        os.environ["AWS_SECRET_ACCESS_KEY"] = aws.credentials.secret_key
        try:
            aws.s3.create_bucket(Bucket=_BUCKET)
            aws.s3.put_bucket_versioning(
                Bucket=_BUCKET, VersioningConfiguration={"Status": "Enabled"}
            )
            endpoint = aws.s3.meta.endpoint_url
            _uploaded(folder, endpoint, _WARM_UP_MB)
            for size in _SIZES_MB:
                _measure(table, _uploaded(folder, endpoint, size), endpoint, size)
        finally:
            aws.stop()
    Console(width=100).print(table)


def _measure(table: Table, train: Path, endpoint: str, size: int) -> None:
    kinds = {
        "pandas.read_csv": "pandas",
        "polars statistics": "polars",
        "check of the pair": "check",
    }
    baseline = None
    for name, kind in kinds.items():
        command = [sys.executable, "-m", "benchmarks.check", kind, str(train), endpoint]
        rounds = [
            json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            for _ in range(_ROUNDS)
        ]
        seconds = min(told["seconds"] for told in rounds)
        peak = max(told["peak_mb"] for told in rounds)
        baseline = baseline or seconds
        table.add_row(
            f"{size} MB",
            name,
            f"{seconds:.2f}",
            f"{size / seconds:.0f}",
            f"{peak:.0f}",
            f"{seconds / baseline:.2f}",
        )


def _uploaded(folder: Path, endpoint: str, size: int) -> Path:
    """A new train file of ``size`` MB, which also lies in the bucket with a test file beside it."""
    train = folder / f"{size}_train.csv"
    for path, megabytes, seed in ((train, size, 0), (_test_file(train), max(1, size // 10), 1)):
        _write(path, megabytes, seed)
        _s3(endpoint).upload_file(str(path), _BUCKET, _key(path))
    return train


def _test_file(train: Path) -> Path:
    return train.with_name(train.name.replace("_train", "_test"))


def _warm_up(train: Path) -> Path:
    return train.with_name(f"{_WARM_UP_MB}_train.csv")


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


def _s3(endpoint: str) -> "S3Client":
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")


def _one(kind: str, path: str, endpoint: str) -> None:
    """Runs one case and prints its seconds and peak memory."""
    work = {"pandas": _read_by_pandas, "polars": _polars_statistics, "check": _checked}[kind]
    work(_warm_up(Path(path)), endpoint)
    started = time.monotonic()
    work(Path(path), endpoint)
    print(json.dumps({"seconds": time.monotonic() - started, "peak_mb": own_peak_mb()}))


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


def _checked(train: Path, endpoint: str) -> None:
    from lambdas.bucket.bucket import Bucket
    from lambdas.check.pair_check import MemoryEstimate, PlannedTraining, pair_check
    from lambdas.check_pair import _removed
    from lambdas.checked_upload import source_of
    from lambdas.uploads.pair import find_upload

    bucket = Bucket(_BUCKET, _s3(endpoint))
    keys = _key(train), _key(_test_file(train))
    sources = [
        source_of(bucket, upload, _removed) for key in keys if (upload := find_upload(bucket, key))
    ]
    memory = MemoryEstimate(lambda train_bytes, _: 3 + train_bytes / 1e8, 768)
    planned = PlannedTraining("label", "medium_quality", memory)
    check = pair_check(sources[0], sources[1], planned, lambda: 900.0)
    assert not check.errors, check.errors


if __name__ == "__main__":
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    _one(*sys.argv[1:]) if len(sys.argv) > 1 else main()
