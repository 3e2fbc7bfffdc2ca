"""An execution's input is looked into in one place; what it may not be is said in words."""

import json
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.errors import PairRejected
from lambdas.uploads.asked import Asked, asked_for, asked_in

PLACE = "20261125-070000123-0123ab"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["dataset", "force", "detail", "Run", "waited"]), inner)
    ),
)


def event(key: object, **more: object) -> dict[str, Any]:
    return {"detail": {"object": {"key": key, "size": 3}}, "source": "aws.s3"} | more


def test_the_known_forms_are_understood() -> None:
    assert asked_for({"dataset": "타이타닉"}) == Asked(name="타이타닉")
    assert asked_for({"dataset": "a", "force": True}) == Asked(name="a", force=True)
    assert asked_for({"dataset": "a", "force": False}) == Asked(name="a")
    assert asked_for({"dataset": "a", "waited": PLACE}) == Asked(name="a", waited=PLACE)
    assert asked_for(event("data/a b_train.csv")).datasets == ["a b"]
    assert asked_for(event("data/a+b_train.csv")).datasets == ["a+b", "a b"]
    assert asked_for(event("other/a.csv")).datasets == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"dataset": "a", "force": "false"}, '"force" in the execution\'s input is neither true'),
        ({"dataset": "a", "force": 1}, "neither true nor false"),
        ({"dataset": "a", "force": None}, "neither true nor false"),
        ({"dataset": 5}, '"dataset" in the execution\'s input is not a text'),
        ({"dataset": "a", "Run": {"Dataset": "../../x"}}, "1 unknown field."),
        ({"dataset": "a", "waited": "../x"}, "not a place in line"),
        ({"dataset": "a", "waited": f"{PLACE}\n"}, "not a place in line"),
        ({"dataset": "../x"}, "can't be used for files"),
        ({"dataset": "\ud800"}, "can't be used for files"),
        ({"dataset": "x" * 300}, "at most 200"),
        (event("data/a_train.csv", dataset="b"), "2 unknown fields."),
        (event(5), "names no dataset"),
        (event(""), "names no key that S3 knows"),
        (event("data/\ud800/"), "names no key that S3 knows"),
        (event("data/" + "x" * 1020), "names no key that S3 knows"),
        ({"Run": 5}, "names no dataset"),
        ([], "names no dataset"),
        (None, "names no dataset"),
    ],
)
def test_anything_else_is_refused_and_told_what_is_right(wrong: object, words: str) -> None:
    with pytest.raises(PairRejected) as refused:
        asked_for(wrong)
    assert words in str(refused.value)


def test_deep_nesting_is_refused_in_words_as_a_value_and_as_text() -> None:
    deep: Any = {"dataset": "a"}
    for _ in range(900):
        deep = {"detail": deep}
    with pytest.raises(PairRejected, match="nested more than 16 deep"):
        asked_for(deep)
    with pytest.raises(PairRejected, match="can't be read as JSON"):
        asked_in("[" * 100_000)
    with pytest.raises(PairRejected, match="can't be read as JSON"):
        asked_in("{")


@given(ANYTHING)
def test_no_input_does_anything_but_be_understood_or_refused(value: object) -> None:
    for ask in (partial(asked_for, value), partial(asked_in, json.dumps(value))):
        try:
            asked = ask()
        except PairRejected:
            continue
        assert asked.force in (True, False)
        assert all("/" not in name for name in asked.datasets)
