"""What is said of new rows beside the data that a model has learned from."""

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lambdas.check.check_report import rows_page
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.vocabulary import COMMAND_LINE
from lambdas.check.rows_check import BrokenTrainedFile, RowsCheck, TrainedFile
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.new_rows import codes_of, rows_checked, trained_on
from tests.lambdas.check.reading import PLANNED, checked

TRAIN = frame(400)
NEW = frame(100, seed=5).drop(columns="label")


def model_of(train: pd.DataFrame, **planned: Any) -> TrainedFile:
    check = checked(
        csv(train), csv(train[::7].drop(columns="label")), planned=replace(PLANNED, **planned)
    )
    assert not check.errors, [finding.text for finding in check.errors]
    return trained_on(check)


MODEL = model_of(TRAIN)


def told(check: RowsCheck, code: str) -> Finding:
    [found] = [finding for finding in check.findings if finding.code == code]
    return found


def test_rows_like_those_of_the_training_are_predicted() -> None:
    check = rows_checked(csv(NEW), MODEL)
    assert codes_of(check) == {"written_in", "not_scored"}
    assert not check.errors and not check.warnings and not check.has_target
    assert check.as_json()["shifts"] == []


def test_a_column_that_is_missing_is_an_error_that_names_the_nearest() -> None:
    check = rows_checked(csv(NEW.rename(columns={"income": "incomes"})), MODEL)
    [error] = check.errors
    assert error.seen == (
        "1 column that the model needs is not there: income. 'income' is perhaps 'incomes' there."
    )
    assert error.action == "Add or rename the column in the file and upload the file again."
    assert told(check, "columns_unknown").facts["extra"] == ["incomes"]
    assert codes_of(check) == {"written_in", "columns_missing", "columns_unknown"}


@pytest.mark.parametrize("name", ["Age", "AGE", "a_ge", "a ge", "ａｇｅ", "_age"])
def test_a_column_that_is_spelled_differently_is_used(name: str) -> None:
    check = rows_checked(csv(NEW.rename(columns={"age": name})), MODEL)
    assert not check.errors
    assert repr(name) in told(check, "columns_respelled").seen
    assert check.as_json()["renamed"] == {name: "age"}


@pytest.mark.parametrize("name", ["ages", "age2", "age.", "age-"])
def test_what_is_not_sure_is_suggested_and_not_used(name: str) -> None:
    check = rows_checked(csv(NEW.rename(columns={"age": name})), MODEL)
    assert [error.code for error in check.errors] == ["columns_missing"]
    assert repr(name) in check.errors[0].seen and not check.renamed


def test_a_name_that_only_looks_the_same_is_told_by_its_letters() -> None:
    check = rows_checked(csv(NEW.rename(columns={"age": "\u0430ge"})), MODEL)
    assert (
        "a column that looks like 'age' is there, but has U+0430 (cyrillic small letter a) instead "
        "of U+0061 (latin small letter a)"
    ) in check.errors[0].seen


def test_two_columns_that_may_be_meant_are_not_used() -> None:
    table = NEW.rename(columns={"age": "Age"}).assign(AGE=1)
    assert [e.code for e in rows_checked(csv(table), MODEL).errors] == ["columns_missing"]
    both = model_of(TRAIN.assign(AGE=TRAIN["age"][::-1].to_numpy()))
    check = rows_checked(csv(NEW.assign(Age=2)), both)
    assert [e.code for e in check.errors] == ["columns_missing"] and not check.renamed


def test_a_column_that_has_its_own_name_is_never_taken_for_another() -> None:
    check = rows_checked(csv(NEW.assign(AGE="x")), MODEL)
    assert not check.errors and not check.renamed
    assert told(check, "columns_unknown").facts["extra"] == ["AGE"]


@pytest.mark.parametrize(("every", "severity"), [(20, "warning"), (1, "error")])
def test_texts_among_numbers_are_shown_with_their_rows(every: int, severity: str) -> None:
    texts = NEW.assign(age=NEW["age"].astype(object))
    texts.loc[4::every, "age"] = "young"
    texts.loc[9, "age"] = "old\nage"
    found = told(rows_checked(csv(texts), MODEL), "texts_for_numbers")
    assert found.severity == severity and found.column == "age"
    count = len(texts[4::every]) + (every == 20)
    assert found.seen == (
        f"{count} of 100 values are not numbers as in the training: 'young' in row 5, 'old age' in "
        "row 10."
    )


def test_a_row_is_counted_across_blocks() -> None:
    rows = pd.concat([NEW] * 1500, ignore_index=True)
    rows["age"] = rows["age"].astype(object)
    rows.loc[123_456, "age"] = "young"
    content = csv(rows)
    assert len(content) > 2 * 2**20
    assert "'young' in row 123,457" in told(rows_checked(content, MODEL), "texts_for_numbers").seen


def test_numbers_that_are_written_unlike_those_of_the_training_are_shown_one() -> None:
    priced = model_of(TRAIN.assign(income=TRAIN["income"].map("${:,.2f}".format)))
    assert not rows_checked(csv(NEW.assign(income="$1,234.50")), priced).errors
    [error] = rows_checked(csv(NEW.assign(income="1,234.50 EUR")), priced).errors
    assert re.search(
        r"as in the training, such as '\$[\d,.]+': '1,234.50 EUR' in row 1", error.seen
    )


def test_categories_that_the_training_did_not_have_are_counted() -> None:
    city = NEW["city"].to_list()
    check = rows_checked(csv(NEW.assign(city=[*city[:-3], "Jeju", "Jeju", "Daegu"])), MODEL)
    found = told(check, "unseen_values")
    assert found.severity == "note"
    assert found.seen == (
        "3 of 100 values never occurred in the training: 'Jeju' in 2 rows, 'Daegu' in 1 row."
    )
    many = rows_checked(csv(NEW.assign(city=[*city[:50], *["Jeju"] * 50])), MODEL)
    assert told(many, "unseen_values").severity == "warning"


def test_categories_in_another_spelling_are_those_of_the_training() -> None:
    check = rows_checked(csv(NEW.replace({"Seoul": " SEOUL"})), MODEL)
    assert "unseen_values" not in codes_of(check)


def test_a_column_of_names_instead_of_few_categories_is_told() -> None:
    names = [f"city {place}" for place in range(3000)]
    check = rows_checked(csv(pd.concat([NEW] * 30).assign(city=names)), MODEL)
    assert "There are 3,000 different values; in the training there were 3." in (
        told(check, "many_values").seen
    )


def test_gaps_that_the_training_did_not_have_are_told() -> None:
    table = NEW.astype({"age": float})
    table.loc[:2, "age"] = np.nan
    found = told(rows_checked(csv(table), MODEL), "missing_now")
    assert (found.severity, found.column) == ("note", "age")
    assert found.seen.startswith("3 of 100 rows have no value; in the training every row had one.")
    table.loc[:59, "age"] = np.nan
    check = rows_checked(csv(table), MODEL)
    assert told(check, "missing_now").severity == "warning"
    assert "spread_changed" not in codes_of(check)
    empty = rows_checked(csv(table.assign(age="")), MODEL)
    assert told(empty, "empty_now").seen.endswith("in the training 100.0% of the rows had a value.")
    assert not empty.errors


def test_numbers_that_are_spread_differently_are_told() -> None:
    check = rows_checked(csv(NEW.assign(age=NEW["age"] + 60)), MODEL)
    found = told(check, "spread_changed")
    assert (found.severity, found.column) == ("warning", "age")
    [shift] = check.as_json()["shifts"]
    assert shift == {"column": "age", "text": found.seen}
    match = re.fullmatch(
        r"The values are spread differently from the training: ([\d.]+)% of the numbers are at "
        r"most (\d+) here, ([\d.]+)% there\.",
        found.seen,
    )
    assert match
    for share, ages in ((match[1], NEW["age"] + 60), (match[3], TRAIN["age"])):
        assert float(share) == pytest.approx(100 * (ages <= int(match[2])).mean(), abs=0.05)


def test_a_category_that_has_become_frequent_is_told() -> None:
    seen = told(rows_checked(csv(NEW.assign(city="Busan")), MODEL), "spread_changed").seen
    there = (TRAIN["city"] == "Busan").mean()
    assert f"100.0% of the values are 'Busan' here, {there:.1%} there" in seen


def test_more_gaps_than_in_the_training_are_told() -> None:
    gaps = TRAIN.assign(income=TRAIN["income"].where(TRAIN.index % 10 > 0))
    check = rows_checked(
        csv(NEW.assign(income=NEW["income"].where(NEW.index % 2 > 0))), model_of(gaps)
    )
    assert "50.0% of the rows have no value here, 10.0% there" in told(check, "spread_changed").seen


def test_numbers_where_texts_were_and_no_dates_where_dates_were_are_told() -> None:
    days = pd.date_range("2024-01-01", periods=400).strftime("%Y-%m-%d")
    dated = model_of(TRAIN.assign(day=days))
    check = rows_checked(csv(NEW.assign(day="soon", city=range(100))), dated)
    assert told(check, "no_dates").severity == "error"
    assert told(check, "numbers_for_texts").column == "city"
    check = rows_checked(csv(NEW.assign(day="3rd of 5, 2024")), dated)
    assert told(check, "no_dates").severity == "warning" and not check.errors
    assert codes_of(rows_checked(csv(NEW.assign(day=days[-100:])), dated)) == {
        "written_in",
        "not_scored",
    }


def test_rows_that_are_all_alike_and_rows_that_repeat_are_told() -> None:
    alike = rows_checked(csv(pd.concat([NEW[:1]] * 20).assign(more=range(20))), MODEL)
    assert told(alike, "all_alike").severity == "warning"
    repeated = rows_checked(csv(pd.concat([NEW, NEW[:3]])), MODEL)
    assert told(repeated, "repeated_rows").seen.startswith("3 of 103 rows repeat an earlier row")


def labelled(label: Any) -> RowsCheck:
    return rows_checked(csv(NEW.assign(label=label)), MODEL)


def test_true_values_are_scored_where_they_are_known() -> None:
    known = labelled(["yes", "no"] * 50)
    assert known.has_target and not known.warnings
    assert told(known, "scored").seen.startswith("100 of 100 rows have a true value")
    assert labelled(["Yes ", "no"] * 50).has_target
    some = labelled(["yes"] * 60 + ["maybe"] * 40)
    assert some.has_target
    assert told(some, "classes_unseen").seen.startswith("40 rows belong to a class that")
    none = labelled("maybe")
    assert not none.has_target and not none.errors
    assert "'maybe' here, 'yes', 'no' there" in told(none, "no_class_known").seen.replace(
        "'no', 'yes'", "'yes', 'no'"
    )
    assert told(labelled(""), "not_scored").case == "empty"
    near = rows_checked(csv(NEW.assign(labels="yes")), MODEL)
    assert told(near, "not_scored").case == "near" and not near.has_target
    other = rows_checked(csv(NEW.assign(LABEL="yes")), MODEL)
    assert other.has_target and other.renamed == {"LABEL": "label"}


def test_true_numbers_are_scored() -> None:
    amounts = np.random.default_rng(2).normal(50, 9, 400).round(2)
    model = model_of(TRAIN.assign(label=amounts), problem_type="regression")
    assert rows_checked(csv(NEW.assign(label=1.5)), model).has_target
    half = rows_checked(csv(NEW.assign(label=[1.5, "much"] * 50)), model)
    assert half.has_target and told(half, "labels_no_numbers").facts["texts"] == 50
    assert told(half, "scored").facts["known"] == 50
    assert not rows_checked(csv(NEW.assign(label="much")), model).has_target


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"age,income,city\n", "no_rows"),
        (b"PK\x03\x04" + bytes(100), "excel_file"),
        (b'age,income,city\n1,2,"a\n3,4,b\n', "open_quote"),
        (b"age,income,city\n1,2\n", "ragged_rows"),
        (csv(NEW, header=False), "no_header"),
        (b"age\n1\n2\n", "one_column"),
        (b"age,age\n1,2\n", "duplicate_column"),
    ],
)
def test_a_file_that_is_no_table_of_rows_is_rejected(content: bytes, code: str) -> None:
    check = rows_checked(content, MODEL)
    assert code in [error.code for error in check.errors]
    handed_on = json.loads(json.dumps(check.as_json()))
    assert handed_on["findings"][0]["severity"] == "error"
    for error in check.errors:
        for pair in ("both files", "train", "test file"):
            assert pair not in error.text.replace("training", ""), error.text


def test_what_to_do_is_told_where_the_person_is() -> None:
    check = rows_checked(b"age,income\n1,2\n", MODEL)
    assert "upload the file again" in check.errors[0].text
    there = check.told_in(COMMAND_LINE)
    assert "run the command again" in there.errors[0].text
    assert "upload" not in rows_page("a", there)


def test_the_page_has_all_that_was_found() -> None:
    table = NEW.rename(columns={"age": "<b>AGE</b>"}).assign(age=NEW["age"] + 60, city="<i>")
    check = rows_checked(csv(table), MODEL)
    page = rows_page("names & <signs>", check)
    for finding in check.findings:
        assert finding.code in page
    assert "The rows can be predicted." in page and "<i>" not in page and "<b>" not in page
    assert "The rows can’t be predicted yet." in rows_page("a", rows_checked(b"", MODEL))


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"train": 1},
        {"train": {"format": {}, "columns": []}, "target": "label"},
        {"train": {"format": {"decimal": "."}, "columns": [{"name": "a"}]}, "target": "a"},
    ],
)
def test_what_is_not_known_of_the_training_is_told_at_once(broken: dict[str, object]) -> None:
    with pytest.raises(BrokenTrainedFile):
        TrainedFile.of(broken)


def test_the_spread_stays_small_however_wide_and_long_the_texts_are() -> None:
    random = np.random.default_rng(1)
    wide = pd.DataFrame(random.normal(size=(60, 1500)), columns=[f"x{n}" for n in range(1500)])
    wide["label"] = random.choice(["a", "b"], 60)
    check = checked(csv(wide), csv(wide[:20]))
    assert check.profile
    spreads = [column["spread"] for column in check.as_json()["train"]["columns"]]
    assert len(json.dumps(spreads)) < 2_000_000
    texts = frame(4000).assign(city=[f"{place % 900:05} " * 30 for place in range(4000)])
    [city] = [
        column["spread"]
        for column in checked(csv(texts), csv(texts[:50])).as_json()["train"]["columns"]
        if column["name"] == "city"
    ]
    assert len(json.dumps(city)) < 1000
