"""The class that a person names as the positive one, before anything is paid for."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest

from lambdas.check.pair_check import PairCheck, pair_check
from lambdas.wish import WantedType
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import PLANNED, source


def checked(label: Sequence[object], named: str, wanted: WantedType = "auto") -> PairCheck:
    table = frame(len(label)).assign(label=pd.Series(label))
    files = source("a_train.csv", csv(table)), source("a_test.csv", csv(table[:40]))
    planned = replace(PLANNED, positive_class=named, problem_type=wanted)
    return pair_check(*files, planned, lambda: 900.0)


@pytest.mark.parametrize(
    ("label", "named", "found"),
    [
        (["yes", "no"], "auto", None),
        (["yes", "no"], "no", "no"),
        (["yes", "no"], "No", "no"),
        (["yes", "no"], " yes ", "yes"),
        (["Yes", "yes"], "yes", "yes"),
        ([0, 1], "0", "0"),
        ([0, 1], "1.0", "1"),
        (["True", "False"], "TRUE", "True"),
        (["예", "아니오"], unicodedata.normalize("NFD", "예"), "예"),
        (["+", "-"], "-", "-"),
    ],
)
def test_the_named_class_is_handed_on_as_the_file_writes_it(
    label: list[object], named: str, found: str | None
) -> None:
    check = checked(label * 60, named)
    assert not check.errors, [error.text for error in check.errors]
    assert check.as_json()["positive_class"] == found


@pytest.mark.parametrize(
    ("label", "named", "words"),
    [
        (["Churned", "Active"] * 60, "Churn", "Did you mean 'Churned'?"),
        (["yes", "no"] * 60, "positive", "the two classes are 'yes', 'no'."),
        (["Yes", "yes"] * 60, "YES", "the two classes are 'Yes', 'yes'."),
        ([0, 1] * 60, "2", "'2' is to be the positive class"),
    ],
)
def test_a_class_that_is_none_of_the_two_is_refused(
    label: list[object], named: str, words: str
) -> None:
    [error] = checked(label, named).errors
    assert error.code == "positive_class_unknown" and words in error.seen
    assert "PositiveClass" in error.action


@pytest.mark.parametrize(
    ("label", "wanted", "words"),
    [
        (["low", "middle", "high"] * 40, "auto", "there are 3 classes"),
        ([100 + 1.5 * row for row in range(120)], "auto", "a number is to be predicted"),
        ([0, 1] * 60, "regression", "there are 2 different values"),
    ],
)
def test_a_positive_class_where_there_are_no_two_is_refused(
    label: list[object], wanted: WantedType, words: str
) -> None:
    [error] = checked(label, "high", wanted).errors
    assert error.code == "positive_class_of_no_two" and words in error.seen
    assert not checked(label, "auto", wanted).errors
