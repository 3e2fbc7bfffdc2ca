"""One file is split into two parts: the same rows in the check and in the jobs, none in both."""

import gzip
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.check.profile import row_hashes, row_keys
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.reading import row_blocks
from lambdas.check.single_check import single_check
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import PLANNED, codes, finding, source
from tests.lambdas.check.single_file import (
    checked_alone,
    read_in_parts,
    rows_tested,
    split_of,
)

ROWS = 300
LABELS: dict[str, Any] = {
    "two classes": np.where(np.arange(ROWS) % 3, "no", "yes"),
    "three classes": np.arange(ROWS) % 7 % 3,
    "numbers": np.arange(ROWS) * 1.7,
}


def table(**columns: Any) -> pd.DataFrame:
    return frame(ROWS).assign(number=range(ROWS), **columns)


@pytest.mark.parametrize("kind", LABELS)
def test_no_row_is_in_both_parts_and_the_jobs_read_those_that_were_checked(
    tmp_path: Path, kind: str
) -> None:
    rows = table(label=LABELS[kind])
    check = split_of(csv(rows))
    parts = read_in_parts(tmp_path, check, csv(rows))
    mask = rows_tested(check)
    assert set(parts["train"]["number"]).isdisjoint(parts["test"]["number"])
    assert list(parts["train"]["number"]) == list(rows["number"][~mask])
    assert list(parts["test"]["number"]) == list(rows["number"][mask])
    # A row's place in the file is its index.
    assert all((part.index == part["number"]).all() for part in parts.values())
    assert check.profile
    assert (check.profile.train.rows, check.profile.test.rows) == tuple(map(len, parts.values()))
    assert mask.sum() == 60
    assert check.as_json()["split"]["rule"] == ("random" if kind == "numbers" else "stratified")


def test_each_class_has_its_share() -> None:
    label = np.repeat(["a", "b", "c", "d"], [180, 100, 12, 8])
    mask = rows_tested(split_of(csv(table(label=label)), test_share=0.3))
    assert [int(mask[label == name].sum()) for name in "abcd"] == [54, 30, 4, 2]


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_the_share_is_the_one_that_was_asked_for(share: float) -> None:
    check = split_of(csv(table()), test_share=share)
    assert rows_tested(check).sum() == round(share * ROWS)


def test_the_same_file_is_split_the_same_way_however_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = csv(table(label=LABELS["two classes"]))
    first = rows_tested(split_of(content))
    monkeypatch.setattr(row_blocks, "_FIRST_BLOCK_BYTES", 700)
    monkeypatch.setattr(row_blocks, "BLOCK_BYTES", 500)
    monkeypatch.setattr("lambdas.check.reading.source._CHUNK_BYTES", 400)
    assert (rows_tested(split_of(content)) == first).all()
    assert (rows_tested(split_of(gzip.compress(content))) == first).all()


def test_rows_without_a_label_are_not_tested() -> None:
    label = pd.Series(LABELS["two classes"]).where(np.arange(ROWS) % 5 != 0)
    check = split_of(csv(table(label=label)))
    mask = rows_tested(check)
    assert not mask[::5].any() and mask.sum() == round(0.2 * ROWS * 0.8)
    assert check.as_json()["split"]["share"] == pytest.approx(0.2)
    assert "60 of 252 rows have no value" in finding(check, "target_partly_missing").seen


def test_labels_that_are_written_differently_are_one_class() -> None:
    label = np.tile(["yes", "no", "Yes ", "no", "yes", "no"], 50)
    label[:100:5] = "?"
    check = split_of(csv(table(label=label)), missing_labels=frozenset({"?"}))
    mask = rows_tested(check)
    assert not mask[label == "?"].any()
    plain = np.char.lower(np.char.strip(label))
    rows = [(plain == name).sum() for name in ("yes", "no")]
    assert [int(mask[plain == name].sum()) for name in ("yes", "no")] == [
        round(0.2 * count) for count in rows
    ]


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y", "%d %b %Y", "%Y-%m-%dT%H:%M:%SZ"]
)
def test_the_newest_rows_are_tested_however_dates_are_written(form: str) -> None:
    days = pd.date_range("2019-12-01", periods=ROWS)
    order = np.random.default_rng(3).permutation(ROWS)
    rows = table(day=days[order].strftime(form))
    check = split_of(csv(rows), time_column="day")
    mask = rows_tested(check)
    assert days[order][mask].min() == days[-60] and mask.sum() == 60
    assert str(days[-60].date()) in finding(check, "single_file_split").seen
    assert check.as_json()["split"]["column"] == "day"


def test_rows_of_the_same_time_stay_together() -> None:
    year = np.repeat([2020, 2021, 2022, 2023], [120, 90, 80, 10])
    check = split_of(csv(table(year=year)), time_column="year")
    mask = rows_tested(check)
    assert not mask[year < 2022].any() and mask[year >= 2022].all()
    assert "those from 2022 on" in finding(check, "single_file_split").seen


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (["2024-01-05"] * ROWS, "one_time"),
        ([f"week {i % 50}" for i in range(ROWS)], "time_unreadable"),
        (
            [None if i % 10 == 0 else f"2024-01-{1 + i % 28}" for i in range(ROWS)],
            "time_unreadable",
        ),
        ([f"2024년 3월 {1 + i % 28}일" for i in range(ROWS)], "time_unreadable"),
    ],
)
def test_times_that_tell_no_order_are_rejected(day: list[Any], code: str) -> None:
    check = checked_alone(csv(table(day=day)), time_column="day")
    assert codes(check, "error") == {code} and check.split is None


def test_a_few_rows_without_a_time_are_learned_from_and_told_of() -> None:
    day = [None if i in {5, 50} else f"2024-0{1 + i % 9}-{1 + i % 28:02}" for i in range(ROWS)]
    check = split_of(csv(table(day=day)), time_column="day")
    assert not rows_tested(check)[[5, 50]].any()
    assert "2 of 300 rows" in finding(check, "time_unreadable").seen


def test_no_group_is_on_both_sides() -> None:
    group = np.random.default_rng(1).integers(0, 40, ROWS)
    check = split_of(csv(table(customer=group)), group_column=" customer ")
    mask = rows_tested(check)
    assert not set(group[mask]) & set(group[~mask])
    assert 54 <= mask.sum() <= 66
    assert check.as_json()["split"] == {
        "rows": ROWS,
        "test_rows": mask.sum(),
        "rule": "group",
        "column": "customer",
        "share": pytest.approx(mask.mean(), abs=1e-6),
    }
    assert f"({mask.mean():.1%})" in finding(check, "single_file_split").seen


def test_one_group_and_two_rules_are_rejected() -> None:
    rows = table(customer="Kim", day=pd.date_range("2024", periods=ROWS).astype(str))
    assert codes(checked_alone(csv(rows), group_column="customer"), "error") == {"one_group"}
    both = checked_alone(csv(rows), group_column="customer", time_column="day")
    assert codes(both, "error") == {"time_and_group"}


def test_a_word_means_the_same_in_both_parts_as_in_the_whole_file(tmp_path: Path) -> None:
    # Among the numbers of the newest rows alone, NA would be a missing one.
    city = np.where(np.arange(ROWS) < 200, "Gable", np.where(np.arange(ROWS) % 2, "NA", "7"))
    content = csv(table(city=city, year=np.arange(ROWS)))
    check = split_of(content, time_column="year")
    parts = read_in_parts(tmp_path, check, content)
    assert check.profile and check.profile.test.columns["city"].missing == 0
    assert parts["test"]["city"].isna().sum() == 0 and set(parts["test"]["city"]) == {"NA", "7"}


def test_copies_of_a_row_on_both_sides_are_counted(tmp_path: Path) -> None:
    rows = frame(40)
    content = csv(pd.concat([rows] * 3))
    check = split_of(content)
    parts = read_in_parts(tmp_path, check, content)
    learned = set(map(tuple, parts["train"].to_numpy()))
    shared = sum(tuple(row) in learned for row in parts["test"].to_numpy())
    assert f"{shared} of 24 rows are also in the rows to learn from" in (
        finding(check, "rows_in_both_files").seen
    )


def test_copies_are_counted_in_proportion_where_not_every_row_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = csv(pd.concat([frame(2000)] * 2))
    exact = split_of(content).profile
    small = row_hashes.RowHashes
    monkeypatch.setattr(
        "lambdas.check.profile.file_profile.FileProfile.__init__",
        _with_few_row_hashes(small),
    )
    sampled = split_of(content).profile
    assert exact and sampled and not sampled.overlap_is_exact
    assert sampled.overlap == pytest.approx(exact.overlap, rel=0.15)


def _with_few_row_hashes(kind: Any) -> Any:
    made = FileProfile.__init__

    def init(self: Any, *values: Any, **named: Any) -> None:
        made(self, *values, **named)
        self.row_hashes = kind(most=1000)

    return init


def test_a_file_that_cannot_be_read_in_time_is_rejected() -> None:
    content = csv(frame(200_000))
    check = single_check(source("a.csv", content), PLANNED, lambda: 1.0)
    assert codes(check, "error") == {"single_file_too_long"}
    asked: list[float] = []

    def seconds_left() -> float:
        asked.append(0.0)
        return 900.0 if len(asked) <= most else 1.0

    most = 10_000
    assert not single_check(source("a.csv", content), PLANNED, seconds_left).errors
    most = len(asked) // 2  # while the parts are read
    asked.clear()
    late = single_check(source("a.csv", content), PLANNED, seconds_left)
    assert codes(late, "error") == {"single_file_too_long"} and late.split is None


def test_more_rows_than_fit_into_the_memory_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    few = partial(row_keys.RowKeys, most_rows=100)
    monkeypatch.setattr("lambdas.check.profile.single_profile.RowKeys", few)
    content = csv(table(day=pd.date_range("2024", periods=ROWS).astype(str)))
    check = checked_alone(content, time_column="day")
    assert codes(check, "error") == {"single_file_too_many_rows"}
    assert "has 300 rows; a single file may have 100" in check.errors[0].seen


def test_a_file_that_cannot_be_read_is_told_of_by_its_name() -> None:
    check = checked_alone(b'a,label\n1,2\n"x\n')
    [told] = check.errors
    assert (told.file, told.code) == ("a.csv", "open_quote")


def test_the_findings_are_those_of_the_pair_and_say_which_rows() -> None:
    year = np.where(np.arange(ROWS) < 240, 2020, 2021)
    rows = table(year=year, city=np.where(year == 2021, "Jeju", frame(ROWS)["city"]))
    content = csv(rows)
    check = split_of(content, time_column="year")
    told = finding(check, "unseen_categories")
    assert told.where == "a.csv, rows to test with, column city"
    assert "never occurs in the rows to learn from: Jeju" in told.seen
    assert check.profile and check.profile.train.file == check.profile.test.file == "a.csv"
    mask = rows_tested(check)
    pair = {"train": rows[~mask], "test": rows[mask]}
    for part, found in (("train", check.profile.train), ("test", check.profile.test)):
        for name, column in found.columns.items():
            assert column.distinct == pair[part][name].nunique()


TEXTS = ["", " ", "NA", "-", "?", "Kim", 'a "b"', "x\ny", "é", "서울", "inf"]
NUMBERS = ["0", "1", "007", "1.5", "1,200", "$5", "12%", "1e5", "99999999999999999", "-0"]
WILD = st.sampled_from([*TEXTS, *NUMBERS, "2024-03-05", "3/4/2024", "25.12.2024"])


@settings(max_examples=120, deadline=None)
@given(
    cells=st.lists(st.tuples(WILD, WILD, st.sampled_from(["a", "b", "b", ""])), min_size=2),
    repeated=st.integers(1, 12),
    options=st.fixed_dictionaries(
        {},
        optional={
            "time_column": st.just("y"),
            "group_column": st.just("x"),
            "row_id": st.just("x"),
            "leave_out": st.just(("y",)),
            "test_share": st.floats(0.05, 0.9),
        },
    ),
    ended=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_is_in_it_the_parts_are_the_rows_of_the_file(
    cells: list[tuple[str, str, str]], repeated: int, options: dict[str, Any], ended: str
) -> None:
    rows = pd.DataFrame(cells * repeated, columns=["x", "y", "label"])
    rows.insert(0, "n", [i % 97 + 0.5 for i in range(len(rows))])
    rows.insert(0, "place", [f"r{i}" for i in range(len(rows))])
    content = rows.to_csv(index=False, lineterminator=ended).encode()
    check = checked_alone(content, **options)
    if check.errors:
        assert check.split is None or check.profile
        return
    mask = rows_tested(check)
    with tempfile.TemporaryDirectory() as folder:
        parts = read_in_parts(Path(folder), check, content)
    assert list(parts["train"]["place"]) == list(rows["place"][~mask])
    assert list(parts["test"]["place"]) == list(rows["place"][mask])
    assert parts["test"]["label"].notna().all()
    if "row_id" in options:
        assert list(parts["test"]["x"]) == list(rows["x"][mask].str.replace("\r\n", "\n"))
    if "leave_out" in options and "time_column" not in options:
        assert "y" not in parts["train"]
    assert check.profile
    for part, found in (("train", check.profile.train), ("test", check.profile.test)):
        assert found.rows == len(parts[part])
        assert found.columns["label"].missing == parts[part]["label"].isna().sum()
        # What is empty in all rows to learn from is read as numbers, as it is of a pair.
        is_learned = check.profile.train.columns["x"].kind != "empty"
        if is_learned and "x" in parts[part] and "row_id" not in options:
            assert found.columns["x"].missing == parts[part]["x"].isna().sum()
