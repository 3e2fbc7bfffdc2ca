"""The column to predict in both files: told where it clearly differs, and not by chance."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings

from lambdas.check.findings.target_shift import class_that_differs
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.plain_table import PlainTable
from tests.lambdas.check.random_pairs import Pair, pairs
from tests.lambdas.check.reading import checked, codes, finding

slow = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


@slow
@given(pairs(fewest_rows=50, most_rows=150))
def test_the_shares_that_are_told_are_those_of_the_files(pair: Pair) -> None:
    check = checked(pair.train, pair.test)
    if check.errors:
        return
    told = [f for f in check.findings if f.code == "target_shift"]
    train, test = (PlainTable.of(c).columns.get("label") for c in (pair.train, pair.test))
    for found in told:
        assert train and test
        event(found.case)
        facts = found.facts
        if found.case == "numbers":
            most = float(str(facts["most"]))
            shares = [np.mean([float(n) <= most for n in c.numbers]) for c in (test, train)]
        else:
            known = [v for v in test.present if v in train.counts]
            of_class = [
                [str(value) == facts["name"] for value in values]
                for values in (known, train.present)
            ]
            shares = [np.mean(are) for are in of_class]
        assert [facts["share"], facts["train_share"]] == pytest.approx(shares)


@pytest.mark.parametrize("shares", [[0.5, 0.5], [0.97, 0.03], [0.2] * 5, [0.9, *[0.005] * 20]])
def test_rows_dealt_at_random_are_hardly_ever_told_to_differ(shares: list[float]) -> None:
    """It may be so once in a thousand pairs."""
    random = np.random.default_rng(1)
    told = 0
    for _ in range(3000):
        rows, test_rows = random.integers(40, 3000), random.integers(40, 800)
        train, test = (dict(enumerate(random.multinomial(n, shares))) for n in (rows, test_rows))
        named = {str(name): int(times) for name, times in train.items() if times}
        told += bool(class_that_differs(named, {str(n): int(t) for n, t in test.items()}))
    assert told <= 6


@pytest.mark.parametrize(
    ("train", "test", "differs"),
    [
        ((500, 500), (140, 60), True),
        ((500, 500), (110, 90), False),
        ((990, 10), (470, 30), True),
        ((990, 10), (495, 5), False),
        ((900, 100), (400, 0), True),
        ((98, 2), (200, 0), False),  # that is chance
        ((300, 10), (20, 15), False),  # too few rows to say so
    ],
)
def test_a_clear_difference_is_told(
    train: tuple[int, int], test: tuple[int, int], differs: bool
) -> None:
    before, after = (Counter({"a": one, "b": other}) for one, other in (train, test))
    assert bool(class_that_differs(before, after)) is differs


def test_both_shares_are_told() -> None:
    train, test = frame(400), frame(100, 1)
    train["label"], test["label"] = ["yes"] * 100 + ["no"] * 300, ["yes"] * 60 + ["no"] * 40
    told = finding(checked(csv(train), csv(test)), "target_shift")
    assert told.seen == (
        "The class 'yes' makes up 60.0% of the rows that have a true value here, and 25.0% in "
        "a_train.csv."
    )


def test_a_number_to_predict_that_is_larger_in_test_is_told_with_medians() -> None:
    random = np.random.default_rng(2)
    train, test = frame(400), frame(100, 1)
    train["label"] = random.normal(10, 2, 400).round(3)
    test["label"] = random.normal(13, 2, 100).round(3)
    told = finding(checked(csv(train), csv(test)), "target_shift")
    medians = [f"{np.median(table['label']):.4g}" for table in (test, train)]
    assert f"the median is {medians[0]} here, and {medians[1]} there." in told.seen
    test["label"] = random.normal(10, 2, 100).round(3)
    assert "target_shift" not in codes(checked(csv(train), csv(test)))


@pytest.mark.parametrize("change", ["none", "empty", "few", "one value"])
def test_without_true_values_enough_nothing_is_said(change: str) -> None:
    train, test = frame(400).assign(label=["a", "b"] * 200), frame(100, 1)
    labels = {
        "none": test.drop(columns="label"),
        "empty": test.assign(label=None),
        "few": test.assign(label=["a"] * 29 + ["b"] + [""] * 70),
        "one value": test.assign(label="a"),
    }
    assert "target_shift" not in codes(checked(csv(train), csv(labels[change])))
