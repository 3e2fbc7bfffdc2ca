"""The check of a single file in memory, and the jobs' reader on what it has handed on."""

import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lambdas.check.pair_check import PairCheck
from lambdas.check.single_check import single_check
from tests.lambdas.check.reading import PLANNED, source
from training.job.tables import batches_in, read_check, table_in


def checked_alone(content: bytes, **options: Any) -> PairCheck:
    """The check of a file called ``a.csv``; the options are those of the planned training."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        planned = replace(PLANNED, **options)
        return single_check(source("a.csv", content), planned, lambda: 900.0)


def split_of(content: bytes, **options: Any) -> PairCheck:
    check = checked_alone(content, **options)
    assert not check.errors, [finding.text for finding in check.errors]
    return check


def rows_tested(check: PairCheck) -> npt.NDArray[np.bool_]:
    """What the mask says, unpacked by NumPy alone."""
    assert check.split
    told = check.as_json()["split"]
    rows = np.unpackbits(np.frombuffer(check.split.mask, np.uint8), count=told["rows"])
    assert rows.sum() == told["test_rows"]
    return rows.astype(bool)


def handed_on(folder: Path, check: PairCheck, content: bytes) -> dict[str, Any]:
    """check.json as a job reads it, with both channels beside it."""
    assert check.split
    for name in ("check", "train", "test"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for part in ("train", "test"):
        (folder / part / "a.csv").write_bytes(content)
    written = json.dumps(check.as_json(), ensure_ascii=False)
    (folder / "check" / "check.json").write_text(written, encoding="utf-8")
    (folder / "check" / "test_rows.bin").write_bytes(check.split.mask)
    return read_check(folder / "check")


def read_in_parts(folder: Path, check: PairCheck, content: bytes) -> dict[str, pd.DataFrame]:
    """The rows of both parts as the jobs read them: at once and in batches, which are the same."""
    found = handed_on(folder, check, content)
    tables = {}
    for part in ("train", "test"):
        tables[part] = table_in(folder / part, found, part)
        batches = pd.concat(batches_in(folder / part, found, part))
        pd.testing.assert_frame_equal(batches, tables[part], check_dtype=False)
    return tables
