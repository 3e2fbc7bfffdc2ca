"""Names of columns: one form in both files, in what is asked for, and in requests to a model."""

import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.check.reading.nearest_name import (
    _plain,
    code_points,
    look_alike,
    matched_names,
    nearest_name,
)
from lambdas.check.reading.plain_name import plain_name
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import checked, codes
from training.job.plain_name import plain_name as name_of_request

SIGNS = "aé한\u1112\u1161\u11ab\u0301 \u00a0\u3000\t\n\u200b\u200d\ufeff\u00ad\x07\ufe0f\u3164Ab_-1"
names = st.one_of(st.text(max_size=12), st.text(SIGNS, max_size=12))


@given(names)
def test_a_name_has_one_form_in_the_check_and_in_a_request(name: str) -> None:
    plain = plain_name(name)
    assert plain == name_of_request(name)
    assert plain == plain_name(plain)
    assert "  " not in plain and plain == plain.strip()
    for form in ("NFC", "NFD"):
        assert plain_name(unicodedata.normalize(form, name)) == plain


@given(st.text(st.characters(categories=["L", "N", "S", "P"]), max_size=12))
def test_what_can_be_seen_of_a_name_stays(name: str) -> None:
    seen = "".join(c for c in name if c not in "\u115f\u1160\u3164\uffa0")
    assert plain_name(name) == unicodedata.normalize("NFC", seen)


@pytest.mark.parametrize(
    ("in_file", "asked"),
    [
        ("my  label", "my  label"),
        ("my\u00a0label", "my label"),
        ("label ", "label "),
        ("\u200blabel", "label"),
        ("label", "la\u00adbel\ufeff"),
        (unicodedata.normalize("NFD", "결과"), "결과"),
        ("결과", unicodedata.normalize("NFD", "결과")),
        ("the\nlabel", "the label"),
    ],
)
def test_a_target_is_found_however_its_blanks_and_letters_are_composed(
    in_file: str, asked: str
) -> None:
    train, test = (csv(frame(rows).rename(columns={"label": in_file})) for rows in (120, 40))
    assert not checked(train, test, target=asked).errors


def test_columns_meet_however_their_letters_are_composed() -> None:
    train = frame().rename(columns={"city": "도시", "age": "나이\u00a0(세)"})
    test = train.rename(columns=lambda name: f" {unicodedata.normalize('NFD', name)}\u200b")
    check = checked(csv(train), csv(test[:40]))
    assert not check.errors
    assert "columns_missing_in_test" not in codes(check)
    assert check.profile and check.profile.test.columns.keys() == check.profile.train.columns.keys()


def test_a_name_that_only_looks_the_same_is_told_with_its_code_points() -> None:
    table = csv(frame().rename(columns={"label": "l\u0430bel"}))
    [error] = checked(table, table).errors
    assert error.code == "target_missing"
    assert "only looks the same" in error.seen
    assert "U+0430 (cyrillic small letter a)" in error.seen
    assert "U+0061 (latin small letter a)" in error.seen


@given(st.lists(names, unique=True, max_size=8), st.lists(names, unique=True, max_size=8))
def test_no_name_is_meant_twice(wanted: list[str], there: list[str]) -> None:
    found = matched_names(wanted, there)
    assert set(found) <= set(wanted) and set(found.values()) <= set(there)
    assert len(set(found.values())) == len(found)
    for name in wanted:
        same = [other for other in there if _plain(name) == _plain(other)]
        if name in found and same:
            # Whoever shares its plain form took the others.
            assert found[name] in same or all(other in found.values() for other in same)


@given(names, names)
def test_what_looks_alike_differs_in_a_character(one: str, other: str) -> None:
    assert not look_alike(one, one)
    if look_alike(one, other):
        mine, theirs = code_points(one, other)
        assert mine != theirs


def test_names_of_signs_alone_are_not_alike() -> None:
    assert nearest_name("+", ["-", "#"]) is None
    assert nearest_name("y", ["x", "Y"]) == "Y"
    assert matched_names(["age", "sex"], ["Sex", "AGE"]) == {"age": "AGE", "sex": "Sex"}


def test_renamed_columns_are_matched_one_to_one() -> None:
    test = frame(40, 1).rename(columns={"age": "Age", "income": "IN_COME", "city": "\u0441ity"})
    [error] = checked(csv(frame()), csv(test)).errors
    assert error.code == "columns_missing_in_test"
    assert "'age' is perhaps 'Age' there" in error.seen
    assert "'income' is perhaps 'IN_COME' there" in error.seen
    assert "looks like 'city'" in error.seen and "U+0441" in error.seen


def test_of_many_renamed_columns_the_others_are_counted() -> None:
    def named(table: pd.DataFrame, name: str) -> bytes:
        return csv(table.assign(**{name.format(n): n + table["age"] for n in range(30)}))

    [error] = checked(named(frame(), "x{}"), named(frame(40, 1), "X {}")).errors
    assert "'x0' is perhaps 'X 0' there" in error.seen
    assert "; 25 more are alike." in error.seen


@pytest.mark.parametrize("name", ["LABEL", "la bel", "labels", "l\u0430bel"])
def test_a_target_under_another_name_in_test_is_warned_of(name: str) -> None:
    check = checked(csv(frame()), csv(frame(40, 1).rename(columns={"label": name})))
    assert not check.errors
    [found] = [f for f in check.findings if f.code == "no_labels_in_test"]
    assert found.severity == "warning" and repr(name) in found.seen
    other = checked(csv(frame()), csv(frame(40, 1).rename(columns={"label": "note"})))
    assert "no_labels_in_test" in codes(other, "note")
