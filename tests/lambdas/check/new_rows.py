"""The check of new rows on bytes in memory, and the jobs' reader on what it has handed on."""

import json
import warnings
from pathlib import Path

import pandas as pd

from lambdas.check.pair_check import PairCheck
from lambdas.check.rows_check import RowsCheck, TrainedFile, rows_check
from tests.lambdas.check.reading import source
from training.job.tables import batches_in


def trained_on(check: PairCheck) -> TrainedFile:
    """What the model of this pair was trained on, as it is read from check.json."""
    return TrainedFile.of(json.loads(json.dumps(check.as_json())))


def rows_checked(content: bytes, trained: TrainedFile, file: str = "new.csv") -> RowsCheck:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return rows_check(source(file, content), trained, lambda: 900.0)


def codes_of(check: RowsCheck, severity: str | None = None) -> set[str]:
    return {f.code for f in check.findings if severity in {None, f.severity}}


def read_by_the_job(folder: Path, check: RowsCheck, content: bytes) -> pd.DataFrame:
    """The rows as the prediction's job reads them, under the training's names."""
    handed_on = json.loads(json.dumps(check.as_json()))
    (folder / "rows").mkdir(parents=True, exist_ok=True)
    (folder / "rows" / "new.csv").write_bytes(content)
    return pd.concat(list(batches_in(folder / "rows", handed_on, "rows")))
