"""New rows are read as the training read its own, in whatever dialect both are written."""

import gzip
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.lambdas.check.good_pairs import good
from tests.lambdas.check.made_pairs import Case, csv, frame
from tests.lambdas.check.reading import checked, read_by_the_jobs
from training.fitting.serving_code import save_serving_code
from training.job.failure import KnownFailure
from training.model.csv_rows import read_rows, rows_of_csv
from training.model.files import TRAIN_FILE


def train_file(train: bytes, folder: Path) -> dict[str, Any]:
    """What a model's archive has about the file that the model was trained on."""
    folder.mkdir()
    save_serving_code(checked(train, train).as_json(), folder)
    found: dict[str, Any] = json.loads((folder / TRAIN_FILE).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("case", list(good()), ids=lambda case: case.name)
def test_a_file_like_the_train_file_is_read_like_it(case: Case, tmp_path: Path) -> None:
    check = checked(case.train, case.test, case.target)
    [by_the_job, _] = read_by_the_jobs(tmp_path, check, case.train, case.test).values()
    (tmp_path / "model").mkdir()
    save_serving_code(check.as_json(), tmp_path / "model")
    kept = json.loads((tmp_path / "model" / TRAIN_FILE).read_text(encoding="utf-8"))
    (tmp_path / "new.csv").write_bytes(case.train)
    needed = [name for name in by_the_job.columns if name != case.target]
    found = read_rows(tmp_path / "new.csv", kept, kept, needed, case.target)
    pd.testing.assert_frame_equal(found, by_the_job)


def semicolons(table: pd.DataFrame, encoding: str) -> bytes:
    return csv(table, encoding, sep=";", decimal=",")


KOREAN = frame().rename(columns={"city": "도시  이름"}).replace({"Seoul": "서울", "Busan": "부산"})


@pytest.mark.parametrize(
    "written",
    [
        semicolons(KOREAN, "cp949"),
        semicolons(KOREAN, "utf-8"),
        semicolons(KOREAN, "utf-8-sig"),
        semicolons(KOREAN, "utf-16"),
        gzip.compress(semicolons(KOREAN, "cp949")),
        b"\r\nsep=;\r\n" + semicolons(KOREAN, "cp949"),
        semicolons(KOREAN, "cp949").replace(b"\n", b"\r"),
        semicolons(KOREAN[["label", "income", "도시  이름", "age"]], "cp949"),
        semicolons(KOREAN.drop(columns="label"), "cp949"),
        semicolons(KOREAN.drop(columns="label").assign(note="한글"), "cp949"),
        b"\n".join(line + b";" for line in semicolons(KOREAN, "cp949").splitlines()),
    ],
)
def test_new_rows_may_differ_in_encoding_order_and_what_is_around_them(
    written: bytes, tmp_path: Path
) -> None:
    trained = train_file(semicolons(KOREAN, "cp949"), tmp_path / "model")
    (tmp_path / "new.csv").write_bytes(written)
    needed = ["age", "income", "도시 이름"]
    found = read_rows(tmp_path / "new.csv", trained, trained, needed, "label")
    assert "note" not in found
    expected = KOREAN.rename(columns={"도시  이름": "도시 이름"})[needed]
    pd.testing.assert_frame_equal(found[needed], expected, check_dtype=False)


def test_a_word_among_the_numbers_of_new_rows_is_a_missing_number(tmp_path: Path) -> None:
    trained = train_file(csv(frame()), tmp_path / "model")
    body = b"income,city,age\nunknown,Seoul,30\n 1200.5 ,Busan,n/a\n"
    found = rows_of_csv(body, trained, trained, ["age", "income", "city"], "label")
    assert found.has_names
    assert found.table["income"].tolist()[1] == 1200.5
    assert found.table.isna().sum().to_dict() == {"income": 1, "city": 0, "age": 1}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "There are no rows"),
        (b"\n\n", "There are no rows"),
        (csv(frame(3), sep=";"), "lacks age, income, city"),
        ("age,income,city\n1,2,서울".encode("cp949"), "not in UTF-8. Save them"),
        (b"age,income,city\n1,2\n", "can't be read as CSV"),
        (b"\x1f\x8b broken", "damaged gzip"),
    ],
)
def test_rows_that_can_not_be_read_are_refused_in_words(
    body: bytes, words: str, tmp_path: Path
) -> None:
    trained = train_file(csv(frame()), tmp_path / "model")
    (tmp_path / "new.csv").write_bytes(body)
    with pytest.raises(KnownFailure, match=words):
        read_rows(tmp_path / "new.csv", trained, trained, ["age", "income", "city"], "label")
