"""What the check says of spread and of columns that tell the target, against plain counting."""

from collections import Counter, defaultdict
from fractions import Fraction
from math import sqrt
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from lambdas.check.findings.finding import Finding
from lambdas.check.reading.fact import Phrase
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.plain_table import PlainColumn, PlainTable, value_of
from tests.lambdas.check.random_pairs import CELLS, Pair, pairs
from tests.lambdas.check.reading import checked, codes

slow = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
large_pairs = pairs(fewest_rows=50, most_rows=150)


def phrase(finding: Finding, fact: str) -> Phrase:
    told = finding.facts[fact]
    assert isinstance(told, Phrase)
    return told


def share(column: PlainColumn, written: str) -> float:
    """Of the rows that have a value."""
    return column.spellings[written] / len(column.present)


def share_up_to(numbers: list[Fraction], most: Fraction) -> float:
    return sum(number <= most for number in numbers) / len(numbers)


def is_shifted(there: PlainColumn, here: PlainColumn) -> bool:
    """Whether the numbers are spread further apart than by chance, whatever is missing."""
    before, after = there.numbers, here.numbers
    gap = max(abs(share_up_to(before, n) - share_up_to(after, n)) for n in {*before, *after})
    return gap > 0.15 + 1.63 * sqrt(1 / len(before) + 1 / len(after))


@slow
@given(large_pairs)
def test_what_is_said_of_spread(pair: Pair) -> None:
    check = checked(pair.train, pair.test)
    if check.errors:
        return
    train, test = PlainTable.of(pair.train).columns, PlainTable.of(pair.test).columns
    shifted = {str(f.column): phrase(f, "difference") for f in check.findings if f.code == "shift"}
    for name, difference in shifted.items():
        there, here, told = train[name], test[name], difference.facts
        event(difference.key)
        if difference.key == "missing":
            before, after = (column.missing / len(column.values) for column in (there, here))
        elif difference.key == "numbers":
            most = Fraction(str(told["most"]))
            before, after = share_up_to(there.numbers, most), share_up_to(here.numbers, most)
        else:
            before, after = (share(column, str(told["name"])) for column in (there, here))
        assert told["train"] == pytest.approx(before) and told["test"] == pytest.approx(after)
    for name in train.keys() & test.keys() - {"label"}:
        there, here = train[name], test[name]
        if not (there.is_number and here.is_number):
            continue
        many = min(len(there.present), len(here.present)) >= 40
        if many and len(there.counts) > 1 and not there.is_identifier and is_shifted(there, here):
            assert name in shifted


def guessed_right(column: PlainColumn, label: PlainColumn) -> float:
    """The share of the rows whose label is the most frequent one of those with the same value."""
    labels: dict[object, Counter[object]] = defaultdict(Counter)
    rows = [(v, y) for v, y in zip(column.values, label.values, strict=True) if y is not None]
    for value, y in rows:
        labels[value][y] += 1
    return sum(times.most_common(1)[0][1] for times in labels.values()) / len(rows)


@slow
@given(large_pairs, st.integers(0, 2**32), st.sampled_from(["few names", "digits", "one name"]))
def test_who_is_told_to_give_the_target_away_does(pair: Pair, seed: int, kind: str) -> None:
    """One column more is made of the label, for most rows."""
    rows = [line.rsplit(",", 1) for line in pair.train.decode().splitlines()]
    random = Random(seed)
    wrong = random.choice([0, 0, 0.05, 0.3])
    copies = [
        CELLS[kind](random) if random.random() < wrong or not label else f"is {value_of(label)}"
        for _, label in rows
    ]
    train = "\n".join(
        f"{row},{copy if place else 'copy'},{label}"
        for place, ((row, label), copy) in enumerate(zip(rows, copies, strict=True))
    ).encode()
    test = pair.test.decode().replace("x0,", "copy,x0,", 1).replace("\n", "\nis 1,")
    check = checked(train, test.removesuffix("is 1,").encode())
    if check.errors:
        return
    columns = PlainTable.of(train).columns
    telling = {f.column for f in check.findings if f.code == "gives_target_away"}
    event(f"{len(telling)} columns")
    if not wrong and check.profile and check.profile.problem_type != "regression":
        counts = columns["label"].counts
        if len(counts) > 1 and min(counts.values()) >= 15 and len(columns["label"].present) > 60:
            assert "copy" in telling
    for name in telling - {None}:
        assert check.profile
        if check.profile.problem_type != "regression" and not columns[str(name)].is_number:
            assert guessed_right(columns[str(name)], columns["label"]) >= 0.98


def test_two_rows_of_a_rare_class_do_not_make_a_column_telling() -> None:
    random = np.random.default_rng(3)
    for _ in range(30):
        table = frame(60).assign(
            label=["rare"] * 2 + ["usual"] * 58,
            **{f"x{place}": random.normal(size=60) for place in range(20)},
        )
        assert "gives_target_away" not in codes(checked(csv(table), csv(table[:30])))


def test_a_number_that_stands_for_a_class_in_nearly_every_row_tells_it() -> None:
    label = frame(2000)["label"]
    copy = (label == "yes").astype(int)
    copy[::250] = 1 - copy[::250]
    check = checked(csv(frame(2000).assign(copy=copy)), csv(frame(40, 1).assign(copy=1)))
    assert "gives_target_away" in codes(check)


@pytest.mark.parametrize("outlier", [None, 1e30])
def test_an_outlier_does_not_hide_that_a_column_tells_the_target(outlier: float | None) -> None:
    amount = pd.Series(np.random.default_rng(1).normal(50, 9, 400))
    table = frame(400).assign(euros=amount * 1.1, label=amount)
    if outlier:
        table.loc[7, "label"] = outlier
    check = checked(csv(table), csv(table[:40]))
    assert [f.column for f in check.findings if f.code == "gives_target_away"] == ["euros"]


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=50, max_size=60),
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=50, max_size=60),
)
def test_no_number_makes_the_check_stumble(numbers: list[float], labels: list[float]) -> None:
    """A warning of numpy is an error in these tests."""
    table = frame(50).assign(x=numbers[:50], label=labels[:50])
    assert checked(csv(table), csv(table[::-1][:45])).findings
