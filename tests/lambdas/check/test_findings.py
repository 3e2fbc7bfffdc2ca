"""Each warning and note is given where it belongs, with the right numbers, and not elsewhere."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lambdas.check.findings.finding import Finding
from lambdas.check.pair_check import MemoryEstimate, pair_check
from lambdas.check.reading import sampled_blocks
from lambdas.check.reading import source as source_module
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import (
    PLANNED,
    check_of,
    checked,
    codes,
    finding,
    source,
    with_columns,
)

RANDOM = np.random.default_rng(5)


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


def test_long_categories_that_end_differently_are_different() -> None:
    long = "x" * 250
    check = with_columns(extra=np.where(np.arange(400) % 4 == 0, f"{long}a", f"{long}b"))
    assert "1 of 1 different value" in finding(check, "unseen_categories").seen


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
