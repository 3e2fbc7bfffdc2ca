"""The check on bytes in memory, and the jobs' reader on what the check has handed on."""

import io
import json
from pathlib import Path

import pandas as pd

from lambdas.check.pair_check import Machine, PairCheck, pair_check
from lambdas.check.reading.source import Source
from training.job.tables import table_in

MACHINE = Machine("medium_quality", lambda train_bytes, test_bytes: 3 + train_bytes / 1e8, 768)


def source(file: str, content: bytes) -> Source:
    def opened(limits: tuple[int, int] | None) -> io.BytesIO:
        return io.BytesIO(content[limits[0] : limits[1] + 1] if limits else content)

    return Source(file, len(content), opened)


def checked(
    train: bytes, test: bytes, target: str = "label", machine: Machine = MACHINE
) -> PairCheck:
    files = source("a_train.csv", train), source("a_test.csv", test)
    return pair_check(*files, target, machine, lambda: 900.0)


def codes(check: PairCheck, severity: str | None = None) -> set[str]:
    return {f.code for f in check.findings if severity in {None, f.severity}}


def read_by_the_jobs(
    folder: Path, check: PairCheck, train: bytes, test: bytes
) -> dict[str, pd.DataFrame]:
    handed_on = json.loads(json.dumps(check.as_json()))
    tables = {}
    for part, content in {"train": train, "test": test}.items():
        (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / part / f"{part}.csv").write_bytes(content)
        tables[part] = table_in(folder / part, handed_on, part)
    return tables
