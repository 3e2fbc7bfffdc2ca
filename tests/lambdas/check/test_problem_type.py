"""The problem type that the person asks for, and what the check says where it does not suit."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest

from lambdas.check.findings.finding import Finding
from lambdas.check.pair_check import PairCheck, pair_check
from lambdas.wish import WantedType
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import PLANNED, source

FEW_NUMBERS = [1, 2, 3, 5] * 30
THREE_TEXTS = ["low", "middle", "high"] * 40
PRICES = [100 + 1.5 * row for row in range(120)]
TWO_NUMBERS = [0, 1] * 60


def checked(label: Sequence[object], wanted: WantedType) -> PairCheck:
    table = frame(len(label)).assign(label=pd.Series(label))
    files = source("a_train.csv", csv(table)), source("a_test.csv", csv(table[:40]))
    return pair_check(*files, replace(PLANNED, problem_type=wanted), lambda: 900.0)


def note(check: PairCheck) -> Finding:
    [found] = [finding for finding in check.findings if finding.code == "problem_type"]
    return found


@pytest.mark.parametrize(
    ("label", "wanted", "seen"),
    [
        (FEW_NUMBERS, "auto", "multiclass"),
        (FEW_NUMBERS, "regression", "regression"),
        (TWO_NUMBERS, "regression", "regression"),
        (TWO_NUMBERS, "binary", "binary"),
        (TWO_NUMBERS, "multiclass", "binary"),
        (THREE_TEXTS, "multiclass", "multiclass"),
        ([0.5, 1.0, 1.5] * 40, "auto", "regression"),
        ([*PRICES[:-1], "unknown"], "regression", "regression"),
        ([f"{price:,.2f} USD" for price in PRICES], "auto", "regression"),
        (["1,200", "3,400"] * 60, "regression", "regression"),
        (["1,200", "3,400"] * 60, "auto", "binary"),
        (["010", "020", "030"] * 40, "auto", "multiclass"),
        ([0.5, 1.0, 1.5] * 40, "multiclass", "multiclass"),
    ],
)
def test_what_suits_is_taken(label: Sequence[object], wanted: WantedType, seen: str) -> None:
    check = checked(label, wanted)
    assert not check.errors, [f.text for f in check.errors]
    assert check.profile and check.profile.problem_type == seen


@pytest.mark.parametrize(
    ("label", "wanted", "code"),
    [
        (THREE_TEXTS, "binary", "not_two_classes"),
        (FEW_NUMBERS, "binary", "not_two_classes"),
        (THREE_TEXTS, "regression", "target_not_numbers"),
        (["yes", "no"] * 60, "regression", "target_not_numbers"),
        ([*PRICES[:-1], "about 5"], "regression", "target_not_numbers"),
        (
            [f"{price:,.2f} {'USD' if price > 200 else 'EUR'}" for price in PRICES],
            "regression",
            "target_not_plain_numbers",
        ),
        (["3,4", "3.4"] * 60, "regression", "target_not_plain_numbers"),
        (PRICES, "multiclass", "hardly_classes"),
        ([7] * 120, "binary", "one_class"),
        ([7] * 120, "regression", "one_class"),
    ],
)
def test_what_does_not_suit_is_refused_before_anything_is_paid_for(
    label: Sequence[object], wanted: WantedType, code: str
) -> None:
    check = checked(label, wanted)
    assert {error.code for error in check.errors} == {code}
    assert all(error.action and error.expected for error in check.errors)


def test_numbers_that_may_be_something_else_are_pointed_out() -> None:
    assert "ProblemType) to regression" in note(checked(FEW_NUMBERS, "auto")).action
    assert "ProblemType) to multiclass" in note(checked([*range(15)] * 8, "auto")).action
    assert not note(checked(FEW_NUMBERS, "regression")).action
    assert not note(checked(PRICES, "auto")).action
