"""Each warning and note is given where it belongs, with the right numbers, and not elsewhere."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.check.findings.finding import Finding
from lambdas.check.findings.vocabulary import COMMAND_LINE
from lambdas.check.pair_check import MemoryEstimate, PairCheck, pair_check
from lambdas.check.reading import sampled_blocks
from lambdas.check.reading import source as source_module
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import PLANNED, checked, codes, source

RANDOM = np.random.default_rng(5)


def check_of(train: pd.DataFrame, test: pd.DataFrame, **options: Any) -> PairCheck:
    check = checked(csv(train), csv(test), **options)
    assert not check.errors, [finding.text for finding in check.errors]
    return check


def finding(check: PairCheck, code: str) -> Finding:
    [found] = [f for f in check.findings if f.code == code]
    return found


def with_columns(rows: int = 400, **columns: Any) -> PairCheck:
    """The check of a plain table with these columns added, split by every fourth row."""
    table = frame(rows).assign(**columns)
    in_test = np.arange(rows) % 4 == 0
    return check_of(table[~in_test], table[in_test])


def test_a_plain_pair_has_nothing_to_warn_of() -> None:
    check = with_columns()
    assert codes(check) == {"written_in", "problem_type"}


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("constant_column", "x"),
        ("empty_column", None),
        ("identifier", [f"C{i:05}" for i in range(400)]),
        ("identifier", range(1000, 1400)),
        ("dates", pd.date_range("2023-01-01", periods=400).astype(str)),
        ("dates_day_first", [f"{1 + i % 28}.{1 + i % 12}.2024 08:{i % 60:02}" for i in range(400)]),
        ("free_text", [f"the customer number {i} called and asked why" for i in range(400)]),
        ("written_as_numbers", [f"{1000 + 13 * i:,}" for i in range(400)]),
        ("written_as_numbers", [f"1.{i % 900 + 100},50" for i in range(400)]),
        ("written_as_numbers", [f"${13 * i}.50" for i in range(400)]),
        ("written_as_numbers", [f"{i}.5%" for i in range(400)]),
        ("written_as_numbers", [f"{i % 9 + 1}\u00a0{i % 900 + 100} €" for i in range(400)]),
        ("not_plain_numbers", [f"{i} {'€' if i % 2 else '$'}" for i in range(400)]),
        ("not_plain_numbers", [f"{i}{',.'[i % 2]}5" for i in range(400)]),
        ("not_plain_numbers", [("1_000", "0x10", "1d5", "7")[i % 4] for i in range(400)]),
        ("leading_zeros", [f"{i:05}" for i in range(400)]),
        ("words_for_missing", ["?" if i % 9 == 1 else i for i in range(400)]),
        (
            "words_for_missing",
            ["-" if i % 99 == 1 else f"2024-01-{1 + i % 28:02}" for i in range(400)],
        ),
        ("words_as_values", ["NA", "Gable"] * 200),
        ("same_categories", ["Gable", "Gable ", "Hip"] * 133 + ["Hip"]),
        ("dates", [f"{1 + i % 28}-Mar-2024" for i in range(400)]),
        ("dates", [f"3/{1 + i % 28}/24 3:0{i % 9} PM" for i in range(400)]),
        ("numbers_and_texts", [*map(str, range(0, 1197, 3)), "about 5"]),
        ("empty_in_test", np.where(np.arange(400) % 4 == 0, np.nan, np.arange(400) % 7)),
        ("shift", np.where(np.arange(400) % 4 == 0, 100, 0) + RANDOM.normal(0, 9, 400)),
        (
            "shift",
            np.where(
                np.arange(400) % 4 == 0, "web", np.where(RANDOM.random(400) < 0.1, "web", "shop")
            ),
        ),
        ("unseen_categories", np.where(np.arange(400) % 4 == 0, "web", "shop")),
        ("gives_target_away", frame(400)["label"].map({"yes": "Y", "no": "N"})),
        (
            "gives_target_away",
            pd.Series(pd.date_range("2024", periods=400).astype(str)).where(
                frame(400)["label"] == "yes", None
            ),
        ),
        ("gives_target_away", (frame(400)["label"] == "yes") * 5 + RANDOM.random(400)),
    ],
)
def test_a_telling_column_is_told_of(code: str, values: Any) -> None:
    assert finding(with_columns(extra=values), code).column == "extra"


def test_dots_before_three_digits_are_told_of_where_nothing_else_tells() -> None:
    dotted = [f"1.{i % 900 + 100}" if i % 2 else str(i + 300) for i in range(400)]
    check = with_columns(income=range(400), amount=dotted)
    assert finding(check, "perhaps_thousands").column == "amount"
    assert "perhaps_thousands" not in codes(with_columns(amount=dotted))
    all_alike = [f"{i % 9 + 1}.{i % 900 + 100}" for i in range(400)]
    assert "perhaps_thousands" not in codes(with_columns(income=range(400), amount=all_alike))
    above = [text if "." in text else "2000" for text in dotted]
    assert "perhaps_thousands" not in codes(with_columns(income=range(400), amount=above))


def test_numbers_that_follow_from_the_target_give_it_away() -> None:
    amount = RANDOM.normal(50, 9, 400)
    check = with_columns(label=amount, euros=amount * 1.1, noise=amount + RANDOM.normal(0, 5, 400))
    assert finding(check, "gives_target_away").column == "euros"


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


rows_of_two = st.lists(st.sampled_from([(0, "a"), (0, "b"), (1, "a")]), min_size=20, max_size=24)


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


def test_a_copy_of_the_label_is_found_however_the_rows_are_ordered() -> None:
    rows = np.arange(2000)
    for label in (rows % 2, rows % 100 == 0):
        table = frame(2000).assign(label=label.astype(int), copy=label * 1)
        assert finding(check_of(table, table[:40]), "gives_target_away").column == "copy"


def test_many_categories_are_not_taken_for_shift() -> None:
    for seed in range(20):
        random = np.random.default_rng(seed)
        train, test = (
            frame(rows, seed).assign(code=[f"c{v}" for v in random.integers(0, 100, rows)])
            for rows in (500, 100)
        )
        assert "shift" not in codes(check_of(train, test))


def test_rows_are_compared_by_their_features_where_the_test_file_has_no_labels() -> None:
    train = frame(300)
    found = finding(check_of(train, train[:30].assign(label=None)), "rows_in_both_files")
    assert found.seen.startswith("30 of 30 rows")


def test_rows_without_a_label_contradict_nobody() -> None:
    table = frame(300)
    check = check_of(pd.concat([table, table[:50].assign(label=None)]), frame(40, 1))
    assert "conflicting_rows" not in codes(check)


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


def test_lines_are_counted_right_behind_blank_ones() -> None:
    rows = csv(frame()).decode().splitlines()
    rows[3:3], rows[60] = ["", ""], "1,2"
    found = finding(checked("\n".join(rows).encode(), csv(frame(40, 1))), "ragged_rows")
    assert found.line == 61


def test_the_file_that_is_too_large_is_named() -> None:
    small = replace(PLANNED, memory=MemoryEstimate(lambda *_: 10.0, 5.0))
    check = checked(csv(frame(50)), csv(frame(400)), planned=small)
    found = finding(check, "too_large")
    assert found.file == "a_test.csv" and "about 200 rows" in found.expected


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


@pytest.mark.parametrize(
    ("written", "asked"),
    [("Label", "label"), (" label ", "label"), ("lable", "label"), ("my_label", "My Label")],
)
def test_the_nearest_name_is_suggested_for_a_missing_target(written: str, asked: str) -> None:
    train = csv(frame().rename(columns={"label": f"{written}"}))
    check = checked(train, train[: train.rindex(b"\n", 0, -1) + 1], target=asked)
    if written.strip() == asked:
        assert not check.errors
    else:
        assert f"Did you mean {written!r}?" in finding(check, "target_missing").seen


def test_ragged_rows_are_told_with_their_lines_also_behind_line_breaks_in_quotes() -> None:
    rows = ["a,label", '"x\ny",1', "only", "2,3", "4,5,6"] + ["7,8"] * 20
    found = finding(checked("\n".join(rows).encode(), csv(frame(20))), "ragged_rows")
    assert found.line == 4
    assert "line 4 has 1 ('only'), line 6 has 3" in found.seen


def test_few_rows_for_bagging_are_told_of() -> None:
    best = replace(PLANNED, presets="best_quality")
    assert "few_rows_for_preset" in codes(check_of(frame(60), frame(20, 1), planned=best))
    assert "few_rows_for_preset" not in codes(check_of(frame(60), frame(20, 1)))


def test_more_than_any_machine_can_hold_is_rejected_with_the_rows_that_can() -> None:
    small = replace(PLANNED, memory=MemoryEstimate(lambda *_: 10.0, 5.0))
    check = checked(csv(frame(200)), csv(frame(20, 1)), planned=small)
    assert "about 100 rows" in finding(check, "too_large").expected


def test_when_time_runs_out_the_rest_is_estimated_and_marked() -> None:
    train, test = csv(frame(200_000)), csv(frame(20, 1))
    files = source("a_train.csv", train), source("a_test.csv", test)
    check = pair_check(*files, PLANNED, lambda: 1.0)
    assert check.profile and not check.errors
    assert check.profile.train.rows < 200_000
    assert check.profile.train.estimated_rows == pytest.approx(200_000, rel=0.05)
    assert finding(check, "not_read_to_the_end").sampled
    assert all(f.sampled for f in check.findings if f.file == "a_train.csv")


def test_a_file_too_large_to_be_read_whole_is_sampled_all_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(source_module, "EXACT_UP_TO_BYTES", 1_000_000)
    monkeypatch.setattr(sampled_blocks, "RANGE_BYTES", 20_000)
    rows = 150_000
    texts = np.where(np.arange(rows) % 3 == 0, 'two\n"lines", quoted', "plain")
    table = frame(rows).assign(note=texts, drift=np.arange(rows) // 1000)
    check = check_of(table, table[:40])
    assert check.profile
    train = check.profile.train
    assert not train.complete and train.rows < rows / 3
    assert train.estimated_rows == pytest.approx(rows, rel=0.02)
    assert train.columns["drift"].distinct > 60
    assert set(train.columns["note"].categories or ()) and train.columns["note"].distinct == 2
    assert finding(check, "not_read_to_the_end").severity == "warning"


def test_messages_are_sentences_without_jargon() -> None:
    check = with_columns(extra=range(400), day="2024-01-01", none=None)
    for found in check.findings:
        for part in (found.seen, found.expected, found.action):
            assert not part or (part[0].isupper() or part[0].isdigit() or part[0] == "'")
            assert not part or part.rstrip()[-1] in ".:?)", part
            assert "dtype" not in part and "NaN" not in part and "DataFrame" not in part


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("row", [0, 1, 7, 399])
def test_a_null_is_told_with_its_line(end: str, row: int) -> None:
    lines = csv(frame(400)).decode().splitlines()
    lines[row] += "\0"
    found = finding(checked((end.join(lines) + end).encode(), csv(frame(40, 1))), "null_character")
    assert found.line == row + 1


def test_long_labels_that_end_differently_are_different_classes() -> None:
    long = "a diagnosis in many words " * 9
    table = frame(300).assign(label=[f"{long}{end}" for end in "xyz"] * 100)
    check = check_of(table, table[:40].assign(label=[f"{long}{end}" for end in "wx"] * 20))
    assert check.profile and check.profile.train.columns["label"].distinct == 3
    assert list((check.as_json()["classes"] or {}).values()) == [100, 100, 100]
    assert "20 rows belong" in finding(check, "unknown_classes").seen
    assert "classes_alike" not in codes(check)


def test_long_categories_that_end_differently_are_different() -> None:
    long = "x" * 250
    check = with_columns(extra=np.where(np.arange(400) % 4 == 0, f"{long}a", f"{long}b"))
    assert "1 of 1 different value" in finding(check, "unseen_categories").seen


@pytest.mark.parametrize(
    "labels", [[2**60 + 1, 2**60 + 2], ["0.1", "0.10000000000000001"], ["1e400", "1e401"]]
)
def test_classes_that_only_a_float_takes_for_the_same_are_not_alike(labels: list[str]) -> None:
    table = frame(300).assign(label=[*labels, "x"] * (300 // (len(labels) + 1)))
    assert "classes_alike" not in codes(check_of(table, table[:40]))


@pytest.mark.parametrize("above", ["", "\n\n", "sep=,\n", "\n\nsep=,\n"])
def test_what_is_wrong_with_the_names_is_told_with_their_line(above: str) -> None:
    twice = above + csv(frame()).decode().replace("income", "age")
    found = finding(checked(twice.encode(), csv(frame(40, 1))), "duplicate_column")
    assert found.line == 1 + above.count("\n")


def unnamed(write: Callable[[str], str]) -> Finding | None:
    files = [csv(frame(rows)).decode().splitlines() for rows in (120, 40)]
    train, test = (
        "\n".join(write(row) if place else f"{row},,," for place, row in enumerate(rows)).encode()
        for rows in files
    )
    check = checked(train, test)
    assert not check.errors
    found = [f for f in check.findings if f.code == "unnamed_column" and f.file == "a_train.csv"]
    return found[0] if found else None


def test_columns_without_a_name_are_told_by_what_they_hold() -> None:
    empty = unnamed(lambda row: f"{row},, ,")
    assert empty and empty.severity == "note"
    assert "number 5, 6 have neither a name nor values" in empty.seen
    last = unnamed(lambda row: f"{row},,,x")
    assert last and last.severity == "warning" and "Column number 7 has values" in last.seen
    both = unnamed(lambda row: f"{row},1,,{row[0]}")
    assert both and "Columns number 5, 7 have values" in both.seen


def test_a_constant_column_is_told_by_whether_it_has_gaps() -> None:
    rows = np.arange(400)
    full = finding(with_columns(extra="x"), "constant_column")
    assert full.seen == "Every row has the same value, 'x'." and "left out" in full.action
    flag = pd.Series("x", rows).where(rows % 3 == 0)
    gaps = finding(with_columns(extra=flag), "constant_column")
    assert "of 300 rows have no value; all others have the same one, 'x'" in gaps.seen
    assert "in which rows it is filled in" in gaps.expected and "remove" not in gaps.action
    number = finding(with_columns(extra=2**60 + 1), "constant_column")
    assert f"'{2**60 + 1}'" in number.seen


def test_a_flag_that_is_set_for_one_class_alone_gives_the_target_away() -> None:
    flag = pd.Series("x", range(400)).where(frame(400)["label"] == "yes")
    found = finding(with_columns(flag=flag), "gives_target_away")
    assert (found.column, found.seen.split(" tells ")[0]) == (
        "flag",
        "Whether this column is filled in",
    )


def test_a_column_that_only_has_gaps_is_enough_to_learn_from() -> None:
    flag = frame(200)[["label"]].assign(flag=pd.Series(7, range(0, 200, 3)))
    assert not checked(csv(flag), csv(flag[:40])).errors


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
