"""Columns that are mostly missing, copies of others, or have one value in several spellings."""

import unicodedata
from collections import defaultdict
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.plain_table import PlainTable
from tests.lambdas.check.random_pairs import Pair, pairs
from tests.lambdas.check.reading import checked, codes, finding, phrases, with_columns

slow = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


@slow
@given(pairs())
def test_what_is_said_of_gaps(pair: Pair) -> None:
    check = checked(pair.train, pair.test)
    if check.errors:
        return
    columns = PlainTable.of(pair.train).columns
    told = {f.column: dict(f.facts) for f in check.findings if f.code == "mostly_missing"}
    wanted = {
        name: (column.missing, len(column.values))
        for name, column in columns.items()
        if name != "label" and len(column.counts) > 1 and column.missing > len(column.values) / 2
    }
    event(f"{len(wanted)} columns")
    assert {name: (f["missing"], f["rows"]) for name, f in told.items()} == wanted


def test_not_all_are_missing_where_one_row_is_filled_in() -> None:
    values = [None] * 2000
    values[5], values[6], values[7] = 1.5, 2.5, 2.0  # type: ignore[call-overload]
    told = finding(with_columns(2000, x=values), "mostly_missing")
    assert "1,497 of 1,500 rows have no value, 99.8% of them" in told.seen


@pytest.mark.parametrize("column", ["day", "code"])
def test_a_column_that_is_filled_in_in_one_file_alone_is_told_whatever_it_holds(
    column: str,
) -> None:
    days = pd.date_range("2024-01-01", periods=400).astype(str)
    values = days if column == "day" else [f"K{place * 7919 % 10007}" for place in range(400)]
    train, test = frame(400).assign(x=values), frame(400, 1).assign(x=values)
    test.loc[test.index % 2 == 0, "x"] = None
    told = finding(checked(csv(train), csv(test)), "shift")
    assert "0% of the values are missing in train, 50% in test" in told.seen


def groups_told(check: Any, code: str) -> set[frozenset[str]]:
    groups = set()
    for found in check.findings:
        if found.code == code:
            for group in phrases(found, "groups"):
                groups.add(frozenset([group["name"], *group["copies"]]))
    return groups


@slow
@given(pairs(), st.integers(0, 2**32))
def test_columns_that_are_told_to_be_copies_are_and_no_other_is(pair: Pair, seed: int) -> None:
    """Some columns are put in again, with another value in a row now and then."""
    random = Random(seed)
    header, *rows = [line.split(",") for line in pair.train.decode().splitlines()]
    if any(len(row) != len(header) or '"' in "".join(row) for row in rows):
        return
    for number in range(random.randint(0, 3)):
        place = random.randrange(len(header) - 1)
        wrong = random.randrange(3 * len(rows))
        header.insert(0, f"c{number}")
        for at, row in enumerate(rows):
            row.insert(0, row[place] if at != wrong else "9")
    train = "\n".join(",".join(row) for row in [header, *rows]).encode()
    test = "\n".join(",".join(row) for row in [header, *rows[:9]]).encode()
    check = checked(train, test)
    if check.errors and {f.code for f in check.errors} != {"same_rows"}:
        return
    by_values = defaultdict(set)
    for name, column in PlainTable.of(train).columns.items():
        if name != "label" and len(column.counts) > 1:
            by_values[tuple(column.values)].add(name)
    wanted = {frozenset(names) for names in by_values.values() if len(names) > 1}
    event(f"{len(wanted)} groups")
    if not check.errors:
        assert groups_told(check, "copied_columns") == wanted


def test_a_code_and_its_name_are_told_as_a_note() -> None:
    city = frame(400)["city"]
    code = city.map({"Seoul": 11, "Busan": 21, "Incheon": 23})
    check = with_columns(code=code, near=code.where(code.index != 7, 11))
    told = finding(check, "renamed_columns")
    assert told.severity == "note" and groups_told(check, "renamed_columns") == {
        frozenset({"city", "code"})
    }


def test_copies_in_a_file_of_many_blocks_are_seen_in_every_row() -> None:
    rows = 200_000
    table = frame(rows)
    last = np.arange(rows) == rows - 5
    table["copy"], table["nearly"] = table["income"], table["income"] + last
    check = checked(csv(table), csv(frame(40, 1).assign(copy=1.5, nearly=1.5)))
    assert groups_told(check, "copied_columns") == {frozenset({"income", "copy"})}
    # In another order the same values are no copy.
    table["copy"] = np.concatenate([table["income"][1:], table["income"][:1]])
    check = checked(csv(table), csv(frame(40, 1).assign(copy=1.5, nearly=1.5)))
    assert not groups_told(check, "copied_columns")


def test_columns_with_a_few_rows_apart_from_the_usual_value_are_no_pair_by_chance() -> None:
    flags = {f"f{place}": [int(row % 100 == 3) for row in range(400)] for place in range(2)}
    flags["f1"] = [5 - flag for flag in flags["f1"]]
    assert "renamed_columns" not in codes(with_columns(400, **flags))


SPELLINGS = ["Seoul", "SEOUL", "seoul", "Ｓｅｏｕｌ", "Busan", "busan", "Jeju", "jeju!", "Daegu"]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(SPELLINGS), min_size=2, max_size=7, unique=True))
def test_values_that_differ_in_case_or_width_alone_are_told(names: list[str]) -> None:
    check = with_columns(200, x=[names[(place // 4) % len(names)] for place in range(200)])
    alike = defaultdict(set)
    for name in names:
        alike[unicodedata.normalize("NFKC", name).lower()].add(name)
    wanted = {frozenset(group) for group in alike.values() if len(group) > 1}
    told = [f for f in check.findings if f.code == "alike_categories"]
    groups = {frozenset(p["names"]) for f in told for p in phrases(f, "alike")}
    assert groups == wanted


def test_blanks_and_composed_letters_are_joined_and_said_so() -> None:
    """As with labels: what can only be one value is one."""
    names = ["서울", unicodedata.normalize("NFD", "서울"), "서울 ", "부산"]
    check = with_columns(x=[names[(place // 4) % 4] for place in range(400)])
    assert {"same_categories"} <= codes(check) and "alike_categories" not in codes(check)


def test_identifiers_that_differ_in_case_are_different() -> None:
    letters = "abcdefghijABCDEFGHIJ"
    ids = [letters[p % 20] + letters[p // 20 % 20] + letters[p // 400] + "x" for p in range(400)]
    assert "alike_categories" not in codes(with_columns(x=ids))
