"""The prediction job: new rows come back with their own texts, and the run's own predictions."""

import gzip
import io
import json
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser

from tests.browsing import assert_open_to_everybody
from tests.training.jobs import Results, Trained
from tests.training.new_rows import added_columns, fields_of, handed_on, predicted, written

KINDS = ("binary", "multiclass", "regression")


def summary_of(results: Path) -> dict[str, Any]:
    return dict(json.loads((results / "prediction.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("kind", KINDS)
def test_the_predictions_are_those_of_the_run_to_the_last_digit(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    model: Trained = request.getfixturevalue(kind)
    results: Results = request.getfixturevalue(f"{kind}_results")
    rows = model.write(model.test)
    done, folder = predicted(tmp_path, model, rows)
    assert done.returncode == 0, done.stderr
    made = fields_of(folder / "new.csv")
    expected = fields_of(results.folder / "a_test_prediction.csv")
    assert added_columns(made) == added_columns(expected)
    own = [row[: len(model.test.columns)] for row in made]
    assert own == fields_of(tmp_path / "rows" / "upload")
    told, metrics = summary_of(folder), results.metrics
    assert told["rows"] == len(model.test)
    assert told["score"]["value"] == pytest.approx(metrics["score"])
    assert told["score"]["interval"] == pytest.approx(metrics["interval"])
    assert told["headline"] in unescape((folder / "new.html").read_text(encoding="utf-8"))
    if kind != "regression":
        counts = pd.Series([row[0] for row in added_columns(made)[1:]]).value_counts()
        assert told["predictions"] == counts.to_dict()


@pytest.mark.parametrize(
    "options",
    [
        {"sep": ";", "decimal": ",", "encoding": "cp949"},
        {"sep": "\t", "lineterminator": "\r\n", "encoding": "utf-16"},
        {"sep": "|", "quoting": 1, "lineterminator": "\r", "encoding": "utf-8-sig"},
    ],
    ids=[
        "semicolons in CP949",
        "tabs in UTF-16",
        "all quoted, old Macintosh",
    ],
)
def test_whatever_the_dialect_is_the_predictions_are_the_same(
    options: dict[str, Any], tmp_path: Path, binary: Trained, binary_results: Results
) -> None:
    noted = binary.test.assign(메모='그는 "예"라고, 했다;\t|', 번호=range(len(binary.test)))
    done, folder = predicted(tmp_path, binary, written(noted, **options))
    assert done.returncode == 0, done.stderr
    made = fields_of(folder / "new.csv")
    expected = fields_of(binary_results.folder / "a_test_prediction.csv")
    assert added_columns(made) == added_columns(expected)
    kept = dict(zip(made[0], made[1], strict=True))
    assert kept["메모"] == '그는 "예"라고, 했다;\t|'
    first = str(binary.test["mean radius"].iloc[0])
    assert kept["mean radius"] == first.replace(".", options.get("decimal", "."))


def test_a_packed_file_comes_back_unpacked(
    tmp_path: Path, binary: Trained, binary_results: Results
) -> None:
    done, folder = predicted(tmp_path, binary, gzip.compress(binary.write(binary.test)))
    assert done.returncode == 0, done.stderr
    expected = fields_of(binary_results.folder / "a_test_prediction.csv")
    assert added_columns(fields_of(folder / "new.csv")) == added_columns(expected)


def test_every_text_comes_back_as_it_was(tmp_path: Path, binary: Trained) -> None:
    rows = binary.test.drop(columns="label").head(6).astype(str)
    rows["mean radius"] = ["17.990", "1.9e1", "", "NA", "-5,3", " 20.5"]
    rows["note"] = [
        "two\nlines",
        'a "quoted" one',
        "=1+1",
        "+82-10-1234-5678",
        "-3",
        "",
    ]
    rows["prediction"] = "mine"
    done, folder = predicted(tmp_path, binary, written(rows))
    assert done.returncode == 0, done.stderr
    header, *made = fields_of(folder / "new.csv")
    assert header == [*rows, "prediction (2)", "probability of 양성", "probability of 악성"]
    table = pd.DataFrame(made, columns=header)
    assert table["mean radius"].tolist() == rows["mean radius"].tolist()
    assert table["note"].tolist() == [
        *rows["note"].tolist()[:2],
        "'=1+1",
        "'+82-10-1234-5678",
        "-3",
        "",
    ]
    assert set(table["prediction"]) == {"mine"}
    assert (folder / "new.csv").read_bytes().startswith("\ufeff".encode())
    told = summary_of(folder)
    assert told["score"] is None
    assert "is not known" in unescape((folder / "new.html").read_text(encoding="utf-8"))
    assert pd.read_csv(folder / "new.csv").shape == (6, len(header))


def test_a_column_under_another_name_is_read_and_keeps_it(
    tmp_path: Path, binary: Trained, binary_results: Results
) -> None:
    rows = binary.test.rename(columns={"mean radius": "Mean_Radius"})
    done, folder = predicted(tmp_path, binary, written(rows))
    assert done.returncode == 0, done.stderr
    made = fields_of(folder / "new.csv")
    assert made[0][: len(rows.columns)] == list(rows)
    expected = fields_of(binary_results.folder / "a_test_prediction.csv")
    assert added_columns(made) == added_columns(expected)


def test_blank_rows_are_left_out_and_said(
    tmp_path: Path, binary: Trained, binary_results: Results
) -> None:
    lines = binary.write(binary.test).splitlines(keepends=True)
    blank = b"," * (len(binary.test.columns) - 1) + b"\n"
    done, folder = predicted(tmp_path, binary, b"".join([*lines[:3], blank, *lines[3:], blank]))
    assert done.returncode == 0, done.stderr
    expected = fields_of(binary_results.folder / "a_test_prediction.csv")
    assert added_columns(fields_of(folder / "new.csv")) == added_columns(expected)
    assert summary_of(folder)["blank_rows_left_out"] == 2
    page = unescape((folder / "new.html").read_text(encoding="utf-8"))
    assert "2 blank rows of the file are not in the result." in page


def test_another_file_than_the_checked_one_fails_in_words(tmp_path: Path, binary: Trained) -> None:
    rows = binary.write(binary.test)
    part = handed_on(binary.write(binary.train), rows, "label")["rows"]
    done, _ = predicted(tmp_path, binary, rows, rows=part | {"rows": 5})
    assert done.returncode == 1
    message = (tmp_path / "output" / "message").read_text(encoding="utf-8")
    assert message.startswith("new.csv has another number of rows than the 5 that were checked")


def test_columns_that_differ_from_the_training_are_told_of(
    tmp_path: Path, regression: Trained
) -> None:
    rows = regression.test.drop(columns="label").assign(bmi=lambda table: table["bmi"] + 0.1)
    done, folder = predicted(tmp_path, regression, regression.write(rows))
    assert done.returncode == 0, done.stderr
    page = unescape((folder / "new.html").read_text(encoding="utf-8"))
    told = summary_of(folder)
    check = json.loads((tmp_path / "check" / "check.json").read_text(encoding="utf-8"))
    [shift] = check["shifts"]
    assert told["warnings"][0] == f"bmi: {shift['text']}"
    assert page.count(shift["text"]) == 1
    assert "1 column differs from the data" in page
    values = np.array([float(row[-1]) for row in fields_of(folder / "new.csv")[1:]])
    assert told["predictions"]["q50"] == pytest.approx(np.median(values))
    assert told["predictions"]["max"] == values.max()


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_is_open_to_everybody(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, browser: Browser
) -> None:
    model: Trained = request.getfixturevalue(kind)
    shift = {"column": "x", "text": "“<b>x</b>” differs."}
    rows = model.write(model.test)
    done, folder = predicted(tmp_path, model, rows, "새 행 <1>", shifts=[shift] * 23)
    assert done.returncode == 0, done.stderr
    page = (folder / "새 행 <1>.html").read_text(encoding="utf-8")
    assert "<b>x</b>" not in page and "<1>" not in page and "<script" not in page
    assert "3 more warnings are not shown." in page and "prediction.json" not in page
    assert "<!-- run --><!-- /run -->" in page and "<!-- cost -->" in page
    assert_open_to_everybody(browser, page)


def test_pandas_reads_what_was_written(tmp_path: Path, multiclass: Trained) -> None:
    _, folder = predicted(tmp_path, multiclass, multiclass.write(multiclass.test))
    table = pd.read_csv(io.BytesIO((folder / "new.csv").read_bytes()))
    pd.testing.assert_frame_equal(
        table[list(multiclass.test)], multiclass.test.reset_index(drop=True)
    )
