"""Columns for rows' names, times and groups, and those left out: what is said of them, and not."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.check.pair_check import PairCheck
from lambdas.check.profile.shared_values import TimeOrder
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import PLANNED, checked, codes, finding
from tests.lambdas.check.single_file import checked_alone

ROWS = frame(200).assign(
    id=[f"C{i:04}" for i in range(200)],
    same=1,
    shop=[f"shop {i % 40}" for i in range(200)],
    day=pd.date_range("2024-01-01", periods=200).strftime("%Y-%m-%d"),
)


def check(train: pd.DataFrame, test: pd.DataFrame, **roles: Any) -> PairCheck:
    return checked(csv(train), csv(test), planned=replace(PLANNED, **roles))


def test_nothing_is_said_of_columns_that_are_not_learned_from() -> None:
    assert {"identifier", "constant_column"} <= codes(check(ROWS[:150], ROWS[150:]))
    roles = {"leave_out": ("same", "day"), "row_id": "id", "group_column": "shop"}
    told = check(ROWS[:150], ROWS[150:].assign(same="x"), **roles)
    assert {found.column for found in told.findings} <= {None, "label", "shop"}
    assert codes(told) == {"written_in", "problem_type", "groups_in_both_files"}


@pytest.mark.parametrize(
    "roles", [{"leave_out": ("same",)}, {"row_id": "same"}, {"group_column": "same"}]
)
@pytest.mark.parametrize("is_alone", [True, False])
def test_a_name_that_no_column_has_is_rejected_with_the_nearest(
    roles: dict[str, Any], is_alone: bool
) -> None:
    table = ROWS.rename(columns={"same": "Same_"})
    if is_alone:
        told = checked_alone(csv(table), **roles)
    else:
        told = check(table[:150], table[150:], **roles)
    assert "Did you mean 'Same_'?" in finding(told, "role_missing").seen
    assert codes(told, "error") == {"role_missing"}


@pytest.mark.parametrize(
    "roles",
    [{"leave_out": ("city", "label ")}, {"row_id": "label"}, {"time_column": "label"}],
)
def test_the_target_can_have_no_other_part(roles: dict[str, Any]) -> None:
    told = check(ROWS[:150], ROWS[150:], **roles)
    assert codes(told, "error") == {"role_of_target"}


def test_something_must_be_left_to_learn_from() -> None:
    left_out = tuple(name for name in ROWS if name != "label")
    assert codes(check(ROWS[:150], ROWS[150:], leave_out=left_out)) >= {"no_column_left"}


def test_names_are_compared_as_the_targets_is() -> None:
    table = ROWS.rename(columns={"id": "고객\u200b 번호 "})
    assert not check(table[:150], table[150:], row_id=" 고객  번호").errors


@pytest.mark.parametrize(
    ("column", "role", "code"),
    [
        ("id", "row_id", "row_id_missing_in_test"),
        ("shop", "group_column", "group_missing_in_test"),
        ("same", "leave_out", None),
    ],
)
def test_a_test_file_without_such_a_column_is_told_of_where_it_is_needed(
    column: str, role: str, code: str | None
) -> None:
    named = (column,) if role == "leave_out" else column
    told = check(ROWS[:150], ROWS[150:].drop(columns=column), **{role: named})
    about = {found.code for found in told.findings if found.column == column}
    assert about == ({code} if code else set()) and not told.errors


def test_a_time_column_is_learned_from_so_the_test_file_needs_it() -> None:
    told = check(ROWS[:150], ROWS[150:].drop(columns="day"), time_column="day")
    assert codes(told, "error") == {"columns_missing_in_test"}


def test_an_extra_column_of_test_that_has_a_part_is_no_news() -> None:
    told = check(ROWS[:150].drop(columns="day"), ROWS[150:], leave_out=("city",))
    assert "extra_columns_in_test" in codes(told)


VALUES = st.lists(st.integers(0, 12), min_size=12, max_size=60)


@settings(deadline=None, max_examples=40)
@given(train=VALUES, test=VALUES, gaps=st.integers(2, 9))
def test_groups_and_row_ids_in_both_files_are_counted(
    train: list[int], test: list[int], gaps: int
) -> None:
    tables = []
    for seed, values in enumerate((train, test)):
        places = np.arange(len(values))
        shop = pd.Series([f"shop {v}" for v in values]).where(places % gaps > 0)
        label = np.where(places % 2, "a", "b")
        tables.append(frame(len(values), seed).assign(label=label, shop=shop))
    learned, tested = (table["shop"].dropna() for table in tables)
    if not len(tested) or learned.nunique() < 2:
        return
    told = check(*tables, group_column="shop", row_id="shop")
    shared = set(learned) & set(tested)
    rows = int(tested.isin(shared).sum())
    assert ("groups_in_both_files" in codes(told)) == bool(shared)
    if shared:
        seen = finding(told, "groups_in_both_files").seen
        assert seen.startswith(f"{len(shared)} of {tested.nunique()} group")
        assert f"{rows} of {len(tested)} row" in seen
        assert f"{rows} of {len(tested)} row" in finding(told, "row_ids_in_both_files").seen


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%b %d, %Y"])
@pytest.mark.parametrize("later", [0, 40, 150])
def test_test_rows_that_are_not_newer_are_counted(form: str, later: int) -> None:
    days = pd.date_range("2024-01-01", periods=400)
    train = ROWS[:150].assign(day=days[:150].strftime(form))
    test = ROWS[:150].assign(day=days[later : later + 150].strftime(form))
    told = check(train, test, time_column="day", leave_out=("id",))
    assert ("older_test_rows" in codes(told)) == (later < 150)
    if later < 150:
        seen = finding(told, "older_test_rows").seen
        assert seen.startswith(f"{150 - later} of 150 rows with a time are not newer")
        assert "2024-05-29" in seen and "a_train.csv" in seen


def test_rows_without_a_label_are_not_learned_from_and_make_nothing_older() -> None:
    train = ROWS[:150].assign(
        year=np.arange(150), label=frame(150)["label"].where(ROWS.index[:150] < 100)
    )
    test = ROWS[:50].assign(year=np.arange(90, 140))
    told = check(train, test, time_column="year")
    assert finding(told, "older_test_rows").seen.startswith("10 of 50 rows")


def test_of_very_many_rows_a_sample_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    few = partial(TimeOrder, most=1000)
    monkeypatch.setattr("lambdas.check.profile.shared_values.TimeOrder", few)
    rows = frame(40_000).assign(year=np.arange(40_000))
    told = check(rows[:30_000], rows.assign(year=rows["year"] + 20_000), time_column="year")
    found = finding(told, "older_test_rows")
    rows_told, known = (int(str(found.facts[name])) for name in ("rows", "known"))
    assert found.sampled and rows_told / known == pytest.approx(10_000 / 40_000, rel=0.02)


def test_a_pair_may_have_both_times_and_groups() -> None:
    told = check(ROWS[:150], ROWS[150:], time_column="day", group_column="shop")
    assert not told.errors
