"""What is said of rows: those in both files, repeated ones and ones that contradict each other."""

import gzip
from collections.abc import Callable
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.check.findings.vocabulary import COMMAND_LINE
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import (
    check_of,
    checked,
    codes,
    finding,
)

RANDOM = np.random.default_rng(5)

rows_of_two = st.lists(st.sampled_from([(0, "a"), (0, "b"), (1, "a")]), min_size=20, max_size=24)


def test_the_rows_in_both_files_are_counted_exactly() -> None:
    train, test = frame(500), frame(100, seed=9)
    test = pd.concat([test, train[:37]])
    found = finding(check_of(train, test), "rows_in_both_files")
    assert found.seen.startswith("37 of 137 rows") and not found.sampled


def test_equal_rows_are_found_however_their_values_are_written() -> None:
    train = csv(frame(60)).decode().splitlines()
    other = [
        f'"{a}.0",{float(b):e},"{c}",{d}' for a, b, c, d in (r.split(",") for r in train[1:11])
    ]
    check = checked("\n".join(train).encode(), "\n".join([train[0], *other]).encode())
    assert finding(check, "rows_in_both_files").seen.startswith("10 of 10 rows")


@pytest.mark.parametrize(
    "same",
    [
        csv,
        lambda rows: csv(rows.sample(frac=1, random_state=3)),
        lambda rows: csv(rows, sep=";", decimal=","),
        lambda rows: csv(rows[["label", "city", "age", "income"]], encoding="utf-16"),
        lambda rows: csv(rows.assign(unknown_to_train=1)),
        lambda rows: gzip.compress(csv(rows)),
    ],
)
def test_a_test_file_with_the_rows_of_train_is_no_test_file(
    same: Callable[[pd.DataFrame], bytes],
) -> None:
    check = checked(csv(frame(90)), same(frame(90)))
    [error] = check.errors
    assert (error.code, error.file) == ("same_rows", "a_test.csv")
    assert "the same 90 rows as a_train.csv" in error.text
    assert "rows_in_both_files" not in codes(check)


@given(rows_of_two, rows_of_two, st.randoms())
@settings(max_examples=60, deadline=None)
def test_rows_are_the_same_where_each_stands_in_both_files_equally_often(
    train: list[tuple[int, str]], test: list[tuple[int, str]], random: Random
) -> None:
    for other in (test, random.sample(train, len(train)), [*train[:-1], train[0]]):
        tables = [pd.DataFrame(rows, columns=["x", "label"]) for rows in (train, other)]
        found = codes(checked(csv(tables[0]), csv(tables[1])))
        if not found & {"one_class", "class_too_small", "no_usable_column"}:
            assert ("same_rows" in found) == (sorted(train) == sorted(other))


def test_a_part_of_train_and_rows_without_labels_are_not_the_same_rows() -> None:
    train = frame(90)
    others = [train[:60], train.drop(columns="label"), train.assign(label=None)]
    others += [pd.concat([train[:89], train[:1]]), train.drop(columns="age")]
    for other in others:
        assert "same_rows" not in codes(checked(csv(train), csv(other)))


@pytest.mark.parametrize(
    ("train_rows", "test_rows", "told"),
    [(60, 240, True), (100, 150, True), (100, 100, False), (100, 101, False), (240, 60, False)],
)
def test_a_test_file_with_more_rows_than_train_is_told_of(
    train_rows: int, test_rows: int, told: bool
) -> None:
    check = check_of(frame(train_rows), frame(test_rows, 1))
    assert ("larger_test_file" in codes(check, "warning")) == told
    if told:
        seen = f"It has {test_rows} rows, more than the {train_rows} of a_train.csv."
        assert finding(check, "larger_test_file").seen == seen
        assert "If so, give them in the other order" in (
            finding(check.told_in(COMMAND_LINE), "larger_test_file").action
        )


def test_a_file_to_predict_may_be_larger_than_train() -> None:
    for test in (frame(240, 1).drop(columns="label"), frame(240, 1).assign(label=None)):
        assert "larger_test_file" not in codes(check_of(frame(60), test))


def test_repeated_and_conflicting_rows_are_counted_exactly() -> None:
    table = frame(300)
    flipped = table[:20].assign(label=table[:20]["label"].map({"yes": "no", "no": "yes"}))
    check = check_of(pd.concat([table, table[50:90], flipped]), frame(50, seed=9))
    assert finding(check, "duplicate_rows").seen.startswith("40 of 360 rows")
    assert finding(check, "conflicting_rows").seen.startswith("40 rows")


def test_rows_with_the_same_values_do_not_conflict_where_a_number_is_predicted() -> None:
    table = frame(60).assign(label=RANDOM.normal(size=60))
    check = check_of(pd.concat([table, table[:9].assign(label=7.5)]), table[:20])
    assert "conflicting_rows" not in codes(check)


def test_rows_are_compared_by_their_features_where_the_test_file_has_no_labels() -> None:
    train = frame(300)
    found = finding(check_of(train, train[:30].assign(label=None)), "rows_in_both_files")
    assert found.seen.startswith("30 of 30 rows")


def test_rows_without_a_label_contradict_nobody() -> None:
    table = frame(300)
    check = check_of(pd.concat([table, table[:50].assign(label=None)]), frame(40, 1))
    assert "conflicting_rows" not in codes(check)
