"""New rows are read exactly as the training read its test file."""

import gzip
import json
import tempfile
import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, event, given, settings

from lambdas.check.pair_check import PairCheck
from lambdas.check.rows_check import TrainedFile
from lambdas.check.single_check import single_check
from tests.lambdas.check.good_pairs import good
from tests.lambdas.check.made_pairs import Case, csv, frame
from tests.lambdas.check.new_rows import codes_of, read_by_the_job, rows_checked, trained_on
from tests.lambdas.check.random_pairs import Pair, pairs
from tests.lambdas.check.reading import PLANNED, checked, read_by_the_jobs, source
from training.fitting.serving_code import save_serving_code
from training.model.files import TRAIN_FILE


def same_values(there: pd.DataFrame, here: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(there, here, check_dtype=False)
    assert there.isna().equals(here.isna())


def as_in_training(folder: Path, check: PairCheck, train: bytes, test: bytes) -> pd.DataFrame:
    return read_by_the_jobs(folder, check, train, test)["test"]


@pytest.mark.parametrize("case", [*good()], ids=lambda case: case.name)
def test_a_test_file_is_read_as_new_rows_are(case: Case, tmp_path: Path) -> None:
    check = checked(case.train, case.test, target=case.target)
    assert not check.errors
    rows = rows_checked(case.test, trained_on(check))
    assert not rows.errors, [finding.text for finding in rows.errors]
    there = as_in_training(tmp_path, check, case.train, case.test)
    same_values(there, read_by_the_job(tmp_path, rows, case.test))


slow = settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))


@slow
@given(pairs())
def test_random_test_files_are_read_as_new_rows_are(pair: Pair) -> None:
    check = checked(pair.train, pair.test)
    if check.errors:
        return
    rows = rows_checked(pair.test, trained_on(check))
    event("rejected" if rows.errors else "read")
    # What a test file may have without being rejected, new rows may have, too.
    assert not rows.errors, [finding.text for finding in rows.errors]
    with tempfile.TemporaryDirectory() as folder:
        there = as_in_training(Path(folder), check, pair.train, pair.test)
        same_values(there, read_by_the_job(Path(folder), rows, pair.test))


KOREAN = frame(200).rename(columns={"city": "도시 이름"})
KOREAN["도시 이름"] = KOREAN["도시 이름"].replace({"Seoul": "서울", "Busan": "부산\n해운대"})
NEW = KOREAN[:60]


@pytest.fixture(scope="module")
def korean() -> PairCheck:
    return checked(csv(KOREAN), csv(NEW))


WRITTEN = {
    "CP949": csv(NEW, "cp949"),
    "UTF-16": csv(NEW, "utf-16"),
    "semicolons and decimal commas": csv(NEW, sep=";", decimal=","),
    "tabs": csv(NEW, sep="\t"),
    "gzip": gzip.compress(csv(NEW)),
    "all in quotes": csv(NEW, quoting=1),
    "old line ends": csv(NEW, lineterminator="\r\n"),
    "blank rows": csv(NEW).replace(b"\n45,", b"\n,,,\n45,"),
    "another order": csv(NEW[NEW.columns[::-1]]),
    "no target": csv(NEW.drop(columns="label")),
    "a column more": csv(NEW.assign(more="x")),
    "other spellings": csv(NEW.rename(columns={"age": "AGE ", "도시 이름": "도시_이름"})),
    "names in another Unicode form": csv(
        NEW.rename(columns={"도시 이름": unicodedata.normalize("NFD", "도시 이름")})
    ),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_rows_that_are_written_differently_are_read_alike(
    how: str, korean: PairCheck, tmp_path: Path
) -> None:
    rows = rows_checked(WRITTEN[how], trained_on(korean))
    assert not rows.errors, [finding.text for finding in rows.errors]
    there = as_in_training(tmp_path, korean, csv(KOREAN), csv(NEW))
    here = read_by_the_job(tmp_path, rows, WRITTEN[how])
    same_values(there[[n for n in there if n in here]], here[[n for n in there if n in here]])
    assert set(there) - set(here) == ({"label"} if how == "no target" else set())
    assert rows.has_target == (how != "no target")


def test_a_column_that_is_spelled_differently_has_the_training_s_name(korean: PairCheck) -> None:
    rows = rows_checked(WRITTEN["other spellings"], trained_on(korean))
    assert rows.as_json()["renamed"] == {"AGE": "age", "도시_이름": "도시 이름"}
    assert list(rows.as_json()["rows"]["format"]["names"]) == list(KOREAN)


ROLES = replace(PLANNED, row_id="id", leave_out=("note",), group_column="household")


@pytest.mark.parametrize("lacking", [[], ["id"], ["note", "household"], ["id", "note", "label"]])
def test_columns_with_a_part_of_their_own_may_be_there(lacking: list[str], tmp_path: Path) -> None:
    table = frame(200).assign(
        id=[f"{place:05}" for place in range(200)], note="n", household=np.arange(200) // 2
    )
    train, test = csv(table[:150]), csv(table[150:])
    check = checked(train, test, planned=ROLES)
    assert not check.errors
    content = csv(table[150:].drop(columns=lacking))
    rows = rows_checked(content, trained_on(check))
    assert not rows.errors
    there = as_in_training(tmp_path, check, train, test)
    here = read_by_the_job(tmp_path, rows, content)
    assert list(here) == [name for name in there if name not in lacking]
    same_values(there[list(here)], here)
    if "id" not in lacking:
        assert list(here["id"]) == list(table["id"][150:])


def test_rows_for_the_model_of_a_single_file_are_read_as_that(tmp_path: Path) -> None:
    table = KOREAN.assign(code=[f"{place % 7:03}" for place in range(200)])
    content = csv(table, "cp949")
    check = single_check(source("a.csv", content), PLANNED, lambda: 900.0)
    assert not check.errors
    rows = rows_checked(csv(table[:40]), trained_on(check))
    assert not rows.errors
    here = read_by_the_job(tmp_path, rows, csv(table[:40]))
    assert list(here["code"]) == list(table["code"][:40])
    assert list(here["age"]) == list(table["age"][:40])
    assert list(here["도시 이름"]) == list(table["도시 이름"][:40])


def test_a_model_s_archive_tells_as_much_as_check_json(korean: PairCheck, tmp_path: Path) -> None:
    check = json.loads(json.dumps({**korean.as_json(), "language": "ko"}))
    save_serving_code(check, tmp_path)
    kept = json.loads((tmp_path / TRAIN_FILE).read_text(encoding="utf-8"))
    there, here = TrainedFile.of(check), TrainedFile.of(kept)
    assert here.language == there.language == "ko"
    assert here.columns == there.columns and here.format == there.format
    for content in WRITTEN.values():
        one, other = rows_checked(content, there).as_json(), rows_checked(content, here).as_json()
        del one["train"], other["train"]
        assert one == other


@pytest.mark.parametrize("table", [KOREAN, KOREAN.assign(label=KOREAN["income"] * 2)])
def test_a_model_that_was_trained_before_there_was_any_spread_is_told_less(
    table: pd.DataFrame, tmp_path: Path
) -> None:
    train, new = csv(table), csv(table[:60])
    trained = checked(train, new)
    check = json.loads(json.dumps(trained.as_json()))
    del check["problem_type"]
    for column in check["train"]["columns"]:
        del column["spread"]
    rows = rows_checked(new, TrainedFile.of(check))
    assert codes_of(rows) == {"written_in", "scored"}
    there = as_in_training(tmp_path, trained, train, new)
    same_values(there, read_by_the_job(tmp_path, rows, new))
