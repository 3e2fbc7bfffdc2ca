"""Names that are known from other blocks are counted as they would be if they were not."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.check.profile.column_block import ColumnBlock, TextManner, text_column
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.distinct import Sieve
from lambdas.check.profile.known_names import KnownNames
from lambdas.check.profile.text_rows import TextRows
from lambdas.check.reading.arrow_arrays import text_array
from lambdas.check.reading.column_reading import USUAL

MANNER = TextManner(USUAL, ".", Sieve(), 30, count_values=True)
# What ends the time in which names alone have come, beside names.
OTHERS = ("7", "-1.5", "007", "", " ", "NA", "none", "2026-01-02", "May 2020", "KRW 300", "5 kg")
names = st.one_of(
    st.sampled_from(["red", "green", "a b c", "서울", "été", "EUR", "monday", "a" * 300]),
    st.text("xyz ,", min_size=1, max_size=12).filter(lambda text: bool(text.strip(" ,"))),
)
blocks = st.lists(st.lists(names, min_size=1, max_size=60), min_size=2, max_size=6)


def profiles(texts: list[list[str]], *, knows: bool) -> ColumnProfile:
    found = ColumnProfile("color", most_categories=30)
    known: KnownNames | None = KnownNames() if knows else None
    for block in texts:
        manner = replace(MANNER, known_names=known, sieve=found.distinct_values.sieve)
        column = text_column(text_array(block), manner)
        found.add(len(block), column)
        known = column.known_names
    return found


def rows_of(column: ColumnBlock) -> list[str | None]:
    assert isinstance(column.content, TextRows)
    told: list[str | None] = column.content.take(np.arange(len(column.hashes))).to_pylist()
    return told


@settings(deadline=None)
@given(blocks)
def test_a_column_is_told_alike_whether_its_names_are_known_or_not(texts: list[list[str]]) -> None:
    one, other = profiles(texts, knows=True), profiles(texts, knows=False)
    for told in fields(ColumnProfile):
        if told.name in {"known_names", "distinct_values"}:
            continue
        assert getattr(one, told.name) == getattr(other, told.name), told.name
    assert one.distinct == other.distinct
    assert one.as_json() == other.as_json()


@settings(deadline=None)
@given(st.lists(names, min_size=1, max_size=60))
def test_rows_have_the_same_hashes_and_texts(texts: list[str]) -> None:
    first = text_column(text_array(texts), replace(MANNER, known_names=KnownNames()))
    known = first.known_names
    again = text_column(text_array(texts[::-1]), replace(MANNER, known_names=known))
    assert np.array_equal(again.hashes[::-1], first.hashes)
    assert rows_of(again) == texts[::-1]
    if known is not None:
        assert again.known_names is known


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_no_name_is_never_known(other: str) -> None:
    manner = replace(MANNER, known_names=KnownNames())
    known = text_column(text_array(["red", "green"]), manner).known_names
    assert known is not None
    again = text_column(text_array(["green", other, "red"]), replace(MANNER, known_names=known))
    assert again.known_names is None
    assert text_column(text_array([other]), manner).known_names is None


def test_no_more_names_are_known_than_categories_are_kept() -> None:
    texts = [f"name {number}" for number in range(31)]
    manner = replace(MANNER, known_names=KnownNames())
    known = text_column(text_array(texts[:30]), manner).known_names
    assert known is not None
    assert len(known.places) == 30
    assert text_column(text_array(texts), manner).known_names is None
    assert (
        text_column(text_array(texts[30:]), replace(manner, known_names=known)).known_names is None
    )
