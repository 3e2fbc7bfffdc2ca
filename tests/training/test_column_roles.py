"""Columns that nothing is learned from: not read, or kept as they are written, or not needed."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import PLANNED, checked, read_by_the_jobs
from training.evaluation.prediction_table import prediction_table
from training.fitting.serving_code import save_serving_code
from training.job.safe_csv import write_csv
from training.model.csv_rows import rows_of_csv
from training.model.files import TRAIN_FILE
from training.model.outcome import Outcome

WRITTEN = ["007", "1.50", " 7 ", "NA", "", "1e3", "=A1", "12345678901234567890", "서울", 'a "b"']
ROWS = frame().assign(id=WRITTEN * 12, notes="x", shop=np.arange(120) % 5)
PLAN = replace(PLANNED, row_id="ID", leave_out=("no\u200btes",), group_column="shop")


def test_the_column_that_identifies_rows_is_read_exactly_as_it_is_written(tmp_path: Path) -> None:
    rows = ROWS.rename(columns={"id": "ID", "notes": "notes "})
    check = checked(csv(rows), csv(rows[:50]), planned=PLAN)
    assert not {"role_missing", "constant_column"} & {found.code for found in check.findings}
    tables = read_by_the_jobs(tmp_path, check, csv(rows), csv(rows[:50]))
    for part, count in (("train", 120), ("test", 50)):
        assert list(tables[part]["ID"]) == list(rows["ID"][:count])
        assert "notes" not in tables[part] and "shop" in tables[part]


@pytest.mark.parametrize("columns", [["age", "income", "city"], list(ROWS.drop(columns="label"))])
@pytest.mark.parametrize("header", [True, False])
def test_new_rows_may_have_these_columns_or_not(
    tmp_path: Path, columns: list[str], header: bool
) -> None:
    planned = replace(PLANNED, row_id="id", leave_out=("notes",), group_column="shop")
    check = checked(csv(ROWS), csv(ROWS[:50]), planned=planned)
    save_serving_code(check.as_json(), tmp_path)
    kept = json.loads((tmp_path / TRAIN_FILE).read_text(encoding="utf-8"))
    needed = ["age", "income", "city"]
    found = rows_of_csv(csv(ROWS[columns], header=header), kept, kept, needed, "label")
    pd.testing.assert_frame_equal(found.table[needed], ROWS[needed], check_dtype=False)


@pytest.mark.parametrize("name", ["id", "row", "true", "prediction", "probability of a"])
def test_what_identifies_a_row_stands_behind_its_number(tmp_path: Path, name: str) -> None:
    outcome = Outcome(np.array([0, 1]), np.array([1, 1]), np.full((2, 2), 0.5), ["a", "b"])
    ids = pd.Series(["=1+1", "007"], name=name)
    table = prediction_table(outcome, pd.Index([4, 9]), has_target=True, row_ids=ids)
    write_csv(table, tmp_path / "a.csv")
    written = pd.read_csv(tmp_path / "a.csv", dtype=str)
    told = name if name == "id" else f"row id {name}"
    assert list(written)[:4] == ["row", told, "true", "prediction"]
    assert list(written["row"]) == ["5", "10"] and list(written[told]) == ["'=1+1", "007"]
