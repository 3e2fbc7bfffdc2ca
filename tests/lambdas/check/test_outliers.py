"""Numbers to predict that decide the scores alone, or that no model can hold."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.check.pair_check import PairCheck
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import checked, codes

AMOUNTS = frame(200)["income"]


def check_of(train: pd.Series, test: pd.Series | None = None) -> PairCheck:
    labels = train[:40] if test is None else test
    table = frame(len(train)).assign(label=train)
    return checked(csv(table), csv(frame(len(labels), 1).assign(label=labels)))


def with_one(value: float, amounts: "pd.Series[float]" = AMOUNTS) -> "pd.Series[float]":
    return amounts.where(amounts.index != 57, value)


@pytest.mark.parametrize("value", [1e300, -1e300, 3.5e38, np.finfo(float).max])
def test_a_number_that_no_model_can_hold_stops_the_run(value: float) -> None:
    [error] = check_of(with_one(value)).errors
    assert error.code == "target_out_of_range" and f"{value:.15g}" in error.seen
    [error] = check_of(AMOUNTS, with_one(value)).errors
    assert (error.code, error.file) == ("target_out_of_range", "a_test.csv")


def test_numbers_too_small_for_a_model_stop_the_run() -> None:
    [error] = check_of(AMOUNTS * 1e-45).errors
    assert error.code == "target_out_of_range" and "smaller unit" in error.action
    assert not check_of(AMOUNTS * 1e-20).errors
    assert not check_of(AMOUNTS, AMOUNTS * 0).errors


@pytest.mark.parametrize("value", [1e30, -1e9, 3e38])
def test_a_number_far_from_all_others_is_told(value: float) -> None:
    for check, file in (
        (check_of(with_one(value)), "a_train.csv"),
        (check_of(AMOUNTS, with_one(value)), "a_test.csv"),
    ):
        [found] = [f for f in check.findings if f.code == "target_outlier"]
        assert found.file == file and found.seen.startswith(f"{value:.15g} is far from")


def test_amounts_as_they_are_have_no_outlier() -> None:
    random = np.random.default_rng(0)
    for amounts in (AMOUNTS, random.lognormal(8, 1, 300), random.exponential(9, 300)):
        assert "target_outlier" not in codes(check_of(pd.Series(amounts).round(2)))


def test_classes_have_no_outlier() -> None:
    table = frame(200).assign(label=np.where(frame(200)["age"] > 50, 1e300, 1))
    assert not {"target_outlier", "target_out_of_range"} & codes(checked(csv(table), csv(table)))


numbers = st.one_of(
    st.floats(-1e38, 1e38, allow_subnormal=False), st.floats(-100, 100), st.integers(-9, 9)
)


@settings(deadline=None, max_examples=150)
@given(st.lists(numbers, min_size=15, max_size=60))
def test_what_is_told_of_an_outlier_is_true(labels: list[float]) -> None:
    train = pd.Series(labels, dtype=float)
    check = check_of(train, train)
    for found in check.findings:
        if found.code != "target_outlier":
            continue
        value = float(found.seen.split()[0])
        low, high = (
            float(text) for text in found.seen.rstrip(".").rsplit(" between ")[1].split(" and ")
        )
        others = [label for label in labels if float(f"{label:.15g}") != value]
        assert sum(low <= other <= high for other in others) > len(others) / 2
        # In units in which no square is too large.
        unit = max(map(abs, labels))
        mean = sum(other / unit for other in others) / len(others)
        near = sum((other / unit - mean) ** 2 for other in others)
        far = (value / unit - mean) ** 2 * (len(labels) - len(others))
        assert far > 8 * near
