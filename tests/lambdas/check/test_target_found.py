"""Where nobody has named the column to predict, the one that the test file lacks is taken."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from lambdas.check.pair_check import PairCheck
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import PLANNED, checked, codes, finding
from tests.lambdas.check.single_file import checked_alone

NAMED = frame().rename(columns={"label": "survived\n"})


def check(
    train: pd.DataFrame, test: pd.DataFrame, *, is_default: bool, **options: Any
) -> PairCheck:
    planned = replace(PLANNED, target_is_default=is_default, **options)
    return checked(csv(train), csv(test), planned=planned)


def test_the_one_column_that_test_lacks_is_predicted_and_told_of() -> None:
    found = check(NAMED, NAMED.drop(columns="survived\n"), is_default=True)
    assert not found.errors and found.as_json()["target"] == "survived"
    told = finding(found, "target_found")
    assert (told.file, told.column, told.severity) == ("a_train.csv", "survived", "note")
    assert "none named 'label'" in told.seen and "a_test.csv does not have" in told.seen
    assert finding(found, "problem_type").column == "survived"


def test_a_column_that_a_person_has_named_is_never_replaced() -> None:
    found = check(NAMED, NAMED.drop(columns="survived\n"), is_default=False)
    assert codes(found, "error") == {"target_missing"}


@pytest.mark.parametrize("lacking", [[], ["survived\n", "city"]])
def test_of_no_column_or_two_none_is_guessed(lacking: list[str]) -> None:
    found = check(NAMED, NAMED.drop(columns=lacking), is_default=True)
    assert "target_missing" in codes(found, "error") and "target_found" not in codes(found)


def test_the_usual_column_is_predicted_where_it_is_there() -> None:
    found = check(frame(), frame(40, 1).drop(columns=["label"]), is_default=True)
    assert found.as_json()["target"] == "label" and "target_found" not in codes(found)


def test_where_test_has_the_usual_column_the_names_differ_and_nothing_is_guessed() -> None:
    train = frame().rename(columns={"label": "Label"})
    found = check(train, frame(40, 1), is_default=True)
    assert codes(found, "error") == {"target_missing"}
    assert "Did you mean 'Label'?" in finding(found, "target_missing").seen


def test_columns_that_play_another_part_are_no_candidates() -> None:
    train = NAMED.assign(id=range(len(NAMED)), notes="x")
    test = train.drop(columns=["survived\n", "id", "notes"])
    found = check(train, test, is_default=True, row_id="id", leave_out=("notes",))
    assert not found.errors and found.as_json()["target"] == "survived"


def test_a_single_file_tells_nothing() -> None:
    found = checked_alone(csv(NAMED), target_is_default=True)
    assert codes(found, "error") == {"target_missing"}
