"""One file of each problem type, from the check to the predictions: the same rows everywhere."""

import html
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lambdas.check.pair_check import PairCheck
from tests.lambdas.check.single_file import rows_tested, split_of
from tests.training.jobs import Results
from tests.training.single_file import evaluate_alone, record_of, train_alone

ROWS = 240


def made(kind: str) -> pd.DataFrame:
    """A table with a name for each row, groups, times, and a column that gives the target away."""
    random = np.random.default_rng(4)
    rows = pd.DataFrame(random.normal(size=(ROWS, 3)), columns=["a", "b", "c"])
    told = rows["a"] + rows["b"] + random.normal(0, 0.5, ROWS)
    label: Any = told.round(3)
    if kind != "number":
        label = pd.cut(told, {"two": 2, "three": 3}[kind], labels=False).map("class {}".format)
    ids = [f"{i:03}" for i in range(ROWS)]
    ids[7], ids[8] = "=1+1", "1.50"
    return rows.assign(
        customer=random.integers(0, 30, ROWS),
        day=pd.date_range("2024-01-01", periods=ROWS).astype(str),
        answer=label,
        id=ids,
        label=label,
    )


def run(folder: Path, rows: pd.DataFrame, **options: Any) -> tuple[PairCheck, Results]:
    content = rows.to_csv(index=False).encode()
    check = split_of(content, **options)
    done = train_alone(folder, check, content)
    assert done.returncode == 0, done.stderr
    done, results = evaluate_alone(folder)
    assert done.returncode == 0, done.stderr
    return check, results


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("two", {"leave_out": ("answer", "day"), "row_id": "id", "group_column": "customer"}),
        ("three", {"leave_out": ("answer", "id", "customer"), "time_column": "day"}),
        ("number", {"leave_out": ("answer", "id", "customer", "day")}),
    ],
)
def test_the_rows_that_were_checked_are_those_that_are_predicted(
    tmp_path: Path, kind: str, options: dict[str, Any]
) -> None:
    rows = made(kind)
    check, results = run(tmp_path, rows, **options)
    mask = rows_tested(check)
    record, metrics, predictions = record_of(tmp_path), results.metrics, results.predictions
    assert record["rows"] == ROWS - mask.sum() and metrics["rows_scored"] == mask.sum()
    assert list(predictions["row"]) == list(np.flatnonzero(mask) + 1)
    assert list(predictions["true"]) == list(rows["label"][mask])
    learned = {"a", "b", "c"} | ({"day"} if kind == "three" else set())
    assert set(record["features"]) == learned
    column = {"two": "customer", "three": "day"}.get(kind)
    if column:
        assert column in record["validation_why"]
        assert record["validation_why"] in html.unescape(results.text("report.html"))
    if kind == "two":
        written = pd.read_csv(results.folder / "a_test_prediction.csv", dtype=str)
        assert list(written)[:3] == ["row", "id", "true"]
        safe = rows["id"].replace("=1+1", "'=1+1")
        assert list(written["id"]) == list(safe[mask])
        assert not set(rows["customer"][mask]) & set(rows["customer"][~mask])
