"""The check on bytes in memory, and the jobs' reader on what the check has handed on."""

import io
import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lambdas.check.findings.finding import Finding
from lambdas.check.pair_check import MemoryEstimate, PairCheck, PlannedTraining, pair_check
from lambdas.check.reading.source import Source
from tests.lambdas.check.made_pairs import csv, frame
from training.job.tables import table_in

MEMORY = MemoryEstimate(lambda train_bytes, _: 3 + train_bytes / 1e8, 768)
PLANNED = PlannedTraining("label", "medium_quality", MEMORY)


def source(file: str, content: bytes) -> Source:
    def opened(limits: tuple[int, int] | None) -> io.BytesIO:
        return io.BytesIO(content[limits[0] : limits[1] + 1] if limits else content)

    return Source(file, len(content), opened)


def checked(
    train: bytes, test: bytes, target: str = "label", planned: PlannedTraining = PLANNED
) -> PairCheck:
    files = source("a_train.csv", train), source("a_test.csv", test)
    with warnings.catch_warnings():
        # Who plans a run would see them.
        warnings.simplefilter("error")
        return pair_check(*files, replace(planned, target=target), lambda: 900.0)


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


def check_of(train: pd.DataFrame, test: pd.DataFrame, **options: Any) -> PairCheck:
    check = checked(csv(train), csv(test), **options)
    assert not check.errors, [finding.text for finding in check.errors]
    return check


def finding(check: PairCheck, code: str) -> Finding:
    [found] = [f for f in check.findings if f.code == code]
    return found


def phrases(found: Finding, fact: str) -> list[dict[str, Any]]:
    """The facts of each of the phrases that are told as ``fact``."""
    several: Any = found.facts[fact]
    return [dict(phrase.facts) for phrase in several]


def with_columns(rows: int = 400, **columns: Any) -> PairCheck:
    """The check of a plain table with these columns added, split by every fourth row."""
    table = frame(rows).assign(**columns)
    in_test = np.arange(rows) % 4 == 0
    return check_of(table[~in_test], table[in_test])
