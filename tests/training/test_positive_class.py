"""Which of two classes is the positive one, by the rule and by a person's choice."""

import unicodedata
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.fitting.positive_class import positive_class
from training.job.failure import KnownFailure

MANY, FEW = 70, 30


@pytest.mark.parametrize(
    ("positive", "negative"),
    [
        *((1, 0), (1, -1), (2, 1), (1.5, 0.5), ("1", "0"), ("010", "001"), ("1.0", "0.0")),
        *(("yes", "no"), ("Yes", "NO"), ("Y", "N"), ("True", "False"), ("TRUE", "FALSE")),
        *(("T", "F"), ("positive", "negative"), ("POS", "NEG"), ("+", "-"), ("present", "absent")),
        *(("예", "아니오"), ("예", "아니요"), ("네", "아니요"), ("양성", "음성"), ("참", "거짓")),
        *((unicodedata.normalize("NFD", "양성"), unicodedata.normalize("NFD", "음성")),),
        *(("churn", "no churn"), ("fraud", "not_fraud"), ("Smoker", "non-smoker")),
        *(("abnormal", "Normal"), ("이상", "정상"), ("불량", "양품"), ("악성", "양성")),
        *(("malignant", "benign"), ("spam", "ham"), ("sick", "healthy")),
        *(("oui", "non"), ("ja", "nein"), ("sí", "no"), ("да", "нет"), ("はい", "いいえ")),
    ],
)
def test_numbers_and_words_decide_whatever_is_rarer(positive: Any, negative: Any) -> None:
    for rows in ({positive: MANY, negative: FEW}, {negative: MANY, positive: FEW}):
        assert positive_class(rows, None).label == positive


@pytest.mark.parametrize(
    "classes",
    [
        *(("Churned", "Active"), (">50K", "<=50K"), ("b", "a"), ("O", "X")),
        *(("pass", "fail"), ("1", "x"), ("yes", "maybe"), ("-0", "0"), ("1", "1.0")),
    ],
)
def test_otherwise_it_is_the_rarer_class(classes: tuple[str, str]) -> None:
    for rare, usual in (classes, classes[::-1]):
        found = positive_class({rare: FEW, usual: MANY}, None)
        assert found.label == rare
        assert found.why == (
            f"The positive class is “{rare}”, which is rarer in the train file (30 of 100 rows)."
        )


def test_of_two_equally_frequent_classes_it_is_the_last_in_order() -> None:
    found = positive_class({"b": 5, "a": 5}, None)
    assert found.label == "b" and "each has 5 rows" in found.why


@given(
    st.lists(
        st.one_of(st.text(), st.integers(), st.floats(allow_nan=False)),
        min_size=2,
        max_size=2,
        unique_by=str,
    ),
    st.tuples(st.integers(1), st.integers(1)),
)
def test_any_two_classes_have_one_whatever_their_order(labels: list[Any], rows: Any) -> None:
    counted = dict(zip(labels, rows, strict=True))
    found = positive_class(counted, None)
    assert found == positive_class(dict(reversed(counted.items())), None)
    assert found.label in labels


def test_a_person_may_name_the_other_one() -> None:
    assert positive_class({"yes": FEW, "no": MANY}, "no").label == "no"
    assert positive_class({0: FEW, 1: MANY}, "0").label == 0
    assert positive_class({0.5: FEW, 1.0: MANY}, "1").label == 1.0
    assert positive_class({np.int64(0): FEW, np.int64(1): MANY}, "0.0").label == 0
    assert positive_class({"001": FEW, "010": MANY}, "001").label == "001"
    with pytest.raises(KnownFailure, match="'maybe', and the classes are 'no' and 'yes'"):
        positive_class({"yes": FEW, "no": MANY}, "maybe")
