"""What is said of the column to predict, its classes and their labels."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import PLANNED, check_of, checked, codes, finding


@pytest.mark.parametrize("labels", [["Yes", "yes", "no"], ["1", "01", "x"], ["1.0", "1", "x"]])
def test_classes_that_look_alike_are_told_of(labels: list[str]) -> None:
    table = frame(300).assign(label=labels * 100)
    found = finding(check_of(table, table[:40]), "classes_alike")
    assert repr(labels[0]) in found.seen and repr(labels[1]) in found.seen
    check = check_of(table, table[:40])
    assert check.profile and check.profile.train.columns["label"].distinct == 3


def test_a_dot_in_an_unknown_class_can_be_seen() -> None:
    check = check_of(frame(), frame(40, 1).replace({"no": "no."}))
    assert "'no.'" in finding(check, "unknown_classes").seen


def test_words_that_stand_for_a_missing_label_are_named() -> None:
    labels = frame(120).assign(label=["NULL", "yes", "no"] * 40)
    check = check_of(labels, frame(40, 1))
    assert "'NULL' in 40 rows" in finding(check, "target_partly_missing").seen


@pytest.mark.parametrize(
    ("words", "missing", "classes"), [({"None"}, 40, 2), (set(), 0, 3), ({"mild", "None"}, 80, 1)]
)
def test_who_says_which_words_mean_a_missing_label_is_not_asked(
    words: set[str], missing: int, classes: int
) -> None:
    planned = replace(PLANNED, missing_labels=frozenset(words))
    table = frame(120).assign(label=["None", "mild", "severe"] * 40)
    check = checked(csv(table), csv(table[:40]), planned=planned)
    assert "unclear_labels" not in codes(check)
    assert check.profile
    column = check.profile.train.columns["label"]
    assert (column.missing, column.distinct) == (missing, classes)


def test_no_class_of_test_that_train_has_stops_before_anything_is_paid_for() -> None:
    test = frame(40, 1).replace({"label": {"yes": "yes.", "no": "no."}})
    check = checked(csv(frame()), csv(test))
    [error] = check.errors
    assert error.code == "no_known_class"
    assert "'yes.'" in error.seen and "'yes'" in error.seen


@pytest.mark.parametrize("placeholder", ["?", "0", "-", "unknown", "TBD"])
def test_a_placeholder_in_the_test_target_is_no_truth(placeholder: str) -> None:
    check = check_of(frame(), frame(40, 1).assign(label=placeholder))
    assert repr(placeholder) in finding(check, "placeholder_labels").seen
    assert check.profile and not check.profile.test.columns["label"].present


def test_a_placeholder_beside_true_values_is_not_scored() -> None:
    test = frame(40, 1).assign(label=["yes", "no", "?", "-"] * 10)
    check = check_of(frame(), test)
    assert "20 of 40 rows" in finding(check, "labels_partly_missing_in_test").seen
    assert "unknown_classes" not in codes(check)


def test_one_value_alone_in_the_test_target_is_told_of() -> None:
    check = check_of(frame(), frame(40, 1).assign(label="no"))
    assert "'no'" in finding(check, "one_value_in_test").seen


def test_labels_that_are_missing_or_rare_are_told_of() -> None:
    label = pd.Series(["a"] * 290 + ["b"] * 95 + ["c"] * 5 + [None] * 10)
    test_label = pd.Series(["a", None] * 20)
    check = check_of(frame(400).assign(label=label), frame(40, 1).assign(label=test_label))
    assert finding(check, "target_partly_missing").seen.startswith("10 of 400 rows")
    assert "c" in finding(check, "small_classes").seen
    assert finding(check, "labels_partly_missing_in_test").seen.startswith("20 of 40 rows")


def test_strong_imbalance_is_told_of() -> None:
    train = frame(2000).assign(label=["fraud"] * 20 + ["fine"] * 1980)
    assert "20 rows" in finding(check_of(train, train[:40]), "imbalance").seen
    assert "imbalance" not in codes(check_of(frame(400), frame(40, 1)))


def test_a_target_that_counts_the_rows_is_told_of() -> None:
    check = check_of(frame(300).assign(label=range(300)), frame(40).assign(label=range(40)))
    assert finding(check, "target_row_numbers").column == "label"


def test_many_classes_are_told_of() -> None:
    train = frame(5000).assign(label=[f"c{i % 1200}" for i in range(5000)])
    assert "1,200 classes" in finding(check_of(train, train[:40]), "many_classes").seen


def test_a_test_file_without_labels_gives_predictions_only() -> None:
    for test in (frame(40, 1).drop(columns="label"), frame(40, 1).assign(label=None)):
        assert "no_labels_in_test" in codes(check_of(frame(), test), "note")


def test_classes_that_only_the_test_file_has_are_told_of() -> None:
    check = check_of(frame(), frame(40, 1).replace({"label": {"no": "maybe"}}))
    assert "maybe" in finding(check, "unknown_classes").seen


def test_long_labels_that_end_differently_are_different_classes() -> None:
    long = "a diagnosis in many words " * 9
    table = frame(300).assign(label=[f"{long}{end}" for end in "xyz"] * 100)
    check = check_of(table, table[:40].assign(label=[f"{long}{end}" for end in "wx"] * 20))
    assert check.profile and check.profile.train.columns["label"].distinct == 3
    assert list((check.as_json()["classes"] or {}).values()) == [100, 100, 100]
    assert "20 rows belong" in finding(check, "unknown_classes").seen
    assert "classes_alike" not in codes(check)


@pytest.mark.parametrize(
    "labels", [[2**60 + 1, 2**60 + 2], ["0.1", "0.10000000000000001"], ["1e400", "1e401"]]
)
def test_classes_that_only_a_float_takes_for_the_same_are_not_alike(labels: list[str]) -> None:
    table = frame(300).assign(label=[*labels, "x"] * (300 // (len(labels) + 1)))
    assert "classes_alike" not in codes(check_of(table, table[:40]))


@pytest.mark.parametrize(
    ("labels", "words", "severity"),
    [
        ([2001 + row % 20 for row in range(400)], "look like years", "warning"),
        ([row % 30 for row in range(400)], "If these numbers are amounts", "warning"),
        ([row % 8 for row in range(400)], "If these numbers are amounts", "note"),
        ([row % 3 / 2 + 0.5 for row in range(400)], "If these numbers are classes", "note"),
        ([row % 9 * 11 for row in range(40)], "If these numbers are classes", "note"),
        ([row + 0.5 for row in range(40)], "", "note"),
        ([row % 2 for row in range(400)], "", "note"),
    ],
)
def test_numbers_that_may_mean_something_else_are_told_of(
    labels: list[float], words: str, severity: str
) -> None:
    table = frame(len(labels)).assign(label=labels)
    found = finding(check_of(table, table[:30]), "problem_type")
    assert found.severity == severity
    assert words in found.action if words else not found.action


def test_rare_classes_are_left_out_only_where_there_are_several() -> None:
    def expected(label: list[str]) -> str:
        table = frame(len(label)).assign(label=label)
        return finding(check_of(table, table[:40]), "small_classes").expected

    assert expected(["a"] * 195 + ["b"] * 5) == "The model learns it badly."
    assert "may leave it out" in expected(["a"] * 100 + ["b"] * 95 + ["c"] * 5)


def test_long_numbers_are_no_numbers_to_predict() -> None:
    table = frame(120).assign(label=2**60 + np.arange(120))
    regression = replace(PLANNED, problem_type="regression")
    [error] = checked(csv(table), csv(table[:40]), planned=regression).errors
    assert error.code == "target_not_numbers"
    assert "differ only behind their first 15 digits" in error.seen and f"{2**60}" in error.seen
