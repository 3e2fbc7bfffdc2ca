"""The whole check of a pair, through the local S3, beside readers that only read the train file.

Every case is a process of its own, so that its peak memory is its own.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import boto3
import numpy as np
from rich.console import Console
from rich.table import Table

_SIZES_MB = (10, 100, 1000)
_BUCKET = "bench"
_ROWS_AT_ONCE = 20_000
_WORDS = ("alpha", "beta", "gamma", "delta", "epsilon")


def main() -> None:
    from local.aws import LocalAws

    table = Table(title="Seconds, MB/s and peak MB; the ratio is to pandas.read_csv")
    for column in ("train file", "what", "seconds", "MB/s", "peak MB", "ratio"):
        table.add_column(column, justify="left" if column == "what" else "right")
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        aws = LocalAws(folder / "home", 0)
        aws.start()
        try:
            aws.s3.create_bucket(Bucket=_BUCKET)
            aws.s3.put_bucket_versioning(
                Bucket=_BUCKET, VersioningConfiguration={"Status": "Enabled"}
            )
            for size in _SIZES_MB:
                _measure(table, folder, aws.s3.meta.endpoint_url, size)
        finally:
            aws.stop()
    Console(width=100).print(table)


def _measure(table: Table, folder: Path, endpoint: str, size: int) -> None:
    paths = folder / "a_train.csv", folder / "a_test.csv"
    for path, megabytes, seed in ((paths[0], size, 0), (paths[1], max(1, size // 10), 1)):
        _write(path, megabytes, seed)
        _s3(endpoint).upload_file(str(path), _BUCKET, f"data/{path.name}")
    kinds = {
        "pandas.read_csv": "pandas",
        "polars statistics": "polars",
        "check of the pair": "check",
    }
    baseline = None
    for name, kind in kinds.items():
        command = [sys.executable, "-m", "benchmarks.check", kind, str(paths[0]), endpoint]
        told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        seconds = told["seconds"]
        baseline = baseline or seconds
        speed = f"{size / seconds:.0f}"
        peak = f"{told['peak_mb']:.0f}"
        table.add_row(
            f"{size} MB", name, f"{seconds:.1f}", speed, peak, f"{seconds / baseline:.2f}"
        )


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


def _s3(endpoint: str):  # type: ignore[no-untyped-def]
    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **keys)


def _one(kind: str, path: str, endpoint: str) -> None:
    """Runs one case and prints its seconds and peak memory."""
    if kind == "pandas":
        import pandas as pd

        started = time.monotonic()
        pd.read_csv(path)
    elif kind == "polars":
        import polars as pl

        started = time.monotonic()
        scan = pl.scan_csv(path)
        columns = scan.collect_schema().names()
        statistics = [pl.col(c).null_count().alias(f"{c} missing") for c in columns]
        statistics += [pl.col(c).approx_n_unique().alias(f"{c} different") for c in columns]
        scan.select(statistics).collect(engine="streaming")
    else:
        started = _checked(endpoint)
    print(json.dumps({"seconds": time.monotonic() - started, "peak_mb": _peak_mb()}))


def _peak_mb() -> float:
    """The process's own peak; getrusage would also count the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def _checked(endpoint: str) -> float:
    from lambdas.check.pair_check import Machine, pair_check
    from lambdas.check_pair import _source
    from lambdas.pair import uploaded

    s3 = _s3(endpoint)
    files = [uploaded(s3, _BUCKET, f"data/a_{part}.csv") for part in ("train", "test")]
    started = time.monotonic()
    sources = [_source(s3, _BUCKET, upload) for upload in files if upload]
    machine = Machine("medium_quality", lambda text_bytes: 3 + text_bytes / 1e8, 768)
    check = pair_check(sources[0], sources[1], "label", machine, lambda: 900.0)
    assert not check.errors, check.errors
    return started


if __name__ == "__main__":
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    _one(*sys.argv[1:]) if len(sys.argv) > 1 else main()
