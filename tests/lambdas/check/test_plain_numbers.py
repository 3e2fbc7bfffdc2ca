"""Texts that are plain numbers are counted as they would be if each were looked at as a text."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from lambdas.check.profile import column_block
from lambdas.check.profile.column_block import ColumnBlock, TextManner, text_column
from lambdas.check.profile.distinct import Sieve
from lambdas.check.profile.known_names import KnownNames
from lambdas.check.profile.plain_numbers import plain_numbers
from lambdas.check.profile.text_rows import TextRows
from lambdas.check.reading.arrow_arrays import text_array
from lambdas.check.reading.column_reading import USUAL

MANNER = TextManner(USUAL, ".", Sieve(), 30, count_values=False, known_names=KnownNames())
# What is more than a number, beside numbers.
MORE = [
    "007",
    "00",
    "5-",
    ".",
    "1.2.3",
    "1-2",
    "2026-01-02",
    "+3",
    "0x1F",
    "NA",
    "inf",
    "1,5",
    "9007199254740992",
    "-9007199254740993",
    "99999999999999999999.5",
    "５",
    "",
    " ",
    " 7",
    "7 ",
]
PLAIN = [
    "5.",
    ".5",
    "-",
    "-007",
    "1.131",
    "926",
    "1.000",
    "-0",
    "0",
    "-0.0",
    "1e5",
    "9e-05",
    "15e-1",
]
numbers = st.one_of(
    st.integers(-2000, 2000).map(str),
    st.floats(-2000, 2000).map(lambda number: f"{number:.2f}"),
    st.floats(-2000, 2000).map(lambda number: f"{number:.3f}"),
)
columns = st.tuples(
    st.sampled_from([numbers, st.integers(0, 10**6).map(str), st.floats(-9, 9).map(str)]),
    st.lists(st.sampled_from([*MORE, *PLAIN, " 007", "007 ", "5\n"]), max_size=1),
).flatmap(
    lambda told: st.tuples(st.lists(told[0], max_size=80), st.just(told[1])).map(
        lambda parts: [*parts[0], *parts[1]]
    )
)


def as_texts(texts: list[str], manner: TextManner) -> ColumnBlock:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(column_block, "plain_numbers", lambda _: None)
        return text_column(text_array(texts), manner)


@settings(deadline=None, max_examples=500)
@given(columns)
def test_plain_numbers_are_counted_as_texts_are(texts: list[str]) -> None:
    one, other = text_column(text_array(texts), MANNER), as_texts(texts, MANNER)
    event(f"plain: {plain_numbers(text_array(texts)) is not None}")
    for told in fields(ColumnBlock):
        mine, theirs = getattr(one, told.name), getattr(other, told.name)
        if told.name in {"tried_texts", "tried_words"}:
            # One number may be written in several ways.
            assert mine <= theirs
            assert one.tried_texts == one.tried_words or mine == theirs
        elif isinstance(theirs, np.ndarray):
            assert np.array_equal(mine, theirs, equal_nan=theirs.dtype == float), told.name
        elif not isinstance(theirs, TextRows):
            # What speaks against thousands already needs no more beside it.
            is_told = told.name == "thousandths" and theirs.decimal
            assert mine == theirs or (is_told and mine.decimal), told.name


@pytest.mark.parametrize("other", MORE)
def test_what_is_more_than_a_number_is_looked_at_as_a_text(other: str) -> None:
    assert plain_numbers(text_array(["1.5", "2", other])) is None


@pytest.mark.parametrize("numbers", [["5.000", "926"], ["5.5", "7"], ["1.131", "9e-05"], []])
def test_a_sign_that_may_separate_thousands_is_looked_at_as_well(numbers: list[str]) -> None:
    assert plain_numbers(text_array(numbers)) is None


def test_some_rows_of_a_column() -> None:
    array = text_array(["007", "NA", "1.2345", "-3", "x"])[2:4]
    found = plain_numbers(array)
    assert found is not None
    assert found[0].tolist() == [1.2345, -3]
