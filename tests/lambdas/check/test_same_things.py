"""Rows and identifiers of the test file that come back in the train file."""

from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from lambdas.check.profile import near_rows
from tests.lambdas.check.made_pairs import csv
from tests.lambdas.check.reading import checked, codes, finding


def measured(rows: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    table = pd.DataFrame(random.normal(size=(rows, 5)).round(6), columns=list("abcde"))
    table["kind"] = random.choice(["x", "y", "z"], rows)
    return table.assign(label=random.choice(["yes", "no"], rows))


def brute(train: pd.DataFrame, test: pd.DataFrame) -> int:
    """Test rows that are no train row, but one with another value in one column, or with another
    label; by comparing all with all."""
    there, here = train.to_numpy(), test.to_numpy()
    near = 0
    for row in here:
        differ = there != row
        features, label = differ[:, :-1].sum(1), differ[:, -1]
        is_same = ((features == 0) & ~label).any()
        near += not is_same and bool(((features == 1) | ((features == 0) & label)).any())
    return near


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.sampled_from([60, 300]), st.booleans())
def test_near_rows_of_small_files_are_counted_exactly(seed: int, rows: int, missing: bool) -> None:
    random = Random(seed)
    train, test = measured(rows, seed % 1000), measured(50, seed % 1000 + 1)
    if missing:
        train = train.mask(np.random.default_rng(seed).random(train.shape) < 0.02)
        train["label"] = train["label"].fillna("no")
        train = train.fillna(dict.fromkeys("abcde", -77.5) | {"kind": "x"})
    for place in random.sample(range(50), random.randint(0, 20)):
        test.iloc[place] = train.iloc[random.randrange(rows)]
        for column in random.sample(list(train.columns), random.choice([0, 1, 1, 1, 2])):
            other = {"label": "no", "kind": "z"}.get(column, random.random())
            test.loc[place, column] = other
    check = checked(csv(train), csv(test))
    assert not check.errors
    wanted = brute(train, test)
    told = [f for f in check.findings if f.code == "near_rows"]
    event(f"{min(wanted, 3)}")
    if wanted >= 3:
        assert told[0].facts["near"] == wanted and not told[0].sampled
        assert f"{wanted} of 50 rows" in told[0].seen
    else:
        assert not told


def test_in_large_files_they_are_counted_in_a_sample() -> None:
    train, test = measured(60_000, 0), measured(20_000, 1)
    test[:4000] = train[30_000:34_000].to_numpy()
    test.loc[:1999, "c"] += 0.5
    test.loc[2000:3999, "d"] += 0.5
    told = finding(checked(csv(train), csv(test)), "near_rows")
    assert told.sampled and told.facts["near"] == pytest.approx(4000, rel=0.15)
    assert told.seen.startswith("About ") and str(told.facts["differing"]) in "cd"


def test_what_is_kept_stays_in_its_bounds() -> None:
    kept = near_rows.KeptRows(100)
    random = np.random.default_rng(0)
    every = []
    for block in range(50):
        keys = random.integers(0, 2**63, 300).astype(np.uint64) * np.uint64(2)
        keys[::7] = 5
        every.append(keys)
        kept.add(keys, 300 * block, {"x": keys + np.uint64(1)})
        assert len(kept.keys) <= 100
    rows = np.concatenate(every)
    assert (rows[kept.rows] == kept.keys).all() and (kept.values["x"] == kept.keys + 1).all()
    # Of equal rows all are kept or none.
    assert sorted(kept.keys) == sorted(rows[rows < kept.limit])


def test_rows_of_few_names_are_alike_by_nature() -> None:
    random = np.random.default_rng(3)
    table = pd.DataFrame(random.integers(0, 3, (400, 6)), columns=list("abcdef"))
    table["label"] = random.choice(["yes", "no"], 400)
    assert "near_rows" not in codes(checked(csv(table[:300]), csv(table[300:])))


@pytest.mark.parametrize("name", ["id", "customer"])
@pytest.mark.parametrize("column", list("abcde"))
def test_a_new_identifier_does_not_hide_that_a_row_is_the_same(name: str, column: str) -> None:
    train, test = measured(200, 0), measured(50, 1)
    test[:9] = train[:9].to_numpy()
    test.loc[:8, column] += 1
    for table, begin in ((train, 70_000), (test, 90_000)):
        table.insert(0, name, [f"P{begin + place * 13}" for place in range(len(table))])
    told = [f for f in checked(csv(train), csv(test)).findings if f.code == "near_rows"]
    if name == "id":
        assert told[0].facts["near"] == 9 and told[0].seen.startswith("9 of 50 rows")
    else:
        # What is not called so is seen to name rows when its half has been compared.
        assert all(finding.seen.startswith("About 9 of 50 rows") for finding in told)


def people(rows: list[int], seed: int, begin: str = "P") -> pd.DataFrame:
    table = measured(len(rows), seed)
    table.insert(0, "patient", [f"{begin}{row * 7919 % 99991:05}" for row in rows])
    return table


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 60), st.integers(0, 30))
def test_identifiers_in_both_files_are_counted(shared: int, same_rows: int) -> None:
    train, test = people([*range(200)], 0), people([*range(200 - shared, 300 - shared)], 1)
    same_rows = min(shared, same_rows)
    test[:same_rows] = train[200 - shared : 200 - shared + same_rows].to_numpy()
    told = [f for f in checked(csv(train), csv(test)).findings if f.code == "shared_identifiers"]
    if shared - same_rows >= 3:
        assert told[0].facts["shared"] == shared and not told[0].sampled
        assert f"{shared} of 100 different values stand in a_train.csv" in told[0].seen
    else:
        assert not told


def test_many_identifiers_are_estimated() -> None:
    train, test = people([*range(30_000)], 0), people([*range(25_000, 40_000)], 1)
    told = finding(checked(csv(train), csv(test)), "shared_identifiers")
    assert told.facts["shared"] == pytest.approx(5000, rel=0.15)
    assert told.seen.startswith("About ")


@pytest.mark.parametrize("begin", ["row-", "", "R00"])
def test_rows_that_are_numbered_from_one_in_both_files_are_not_the_same_things(begin: str) -> None:
    train, test = measured(200, 0), measured(50, 1)
    for table in (train, test):
        table.insert(0, "id", [f"{begin}{place}" for place in range(1, len(table) + 1)])
    assert "shared_identifiers" not in codes(checked(csv(train), csv(test)))


def test_amounts_that_come_back_are_no_identifiers() -> None:
    random = np.random.default_rng(0)
    pool = random.choice(np.arange(100, 1000), 400, replace=False)
    train, test = measured(300, 0).assign(size=pool[:300]), measured(100, 1).assign(size=pool[:100])
    assert "shared_identifiers" not in codes(checked(csv(train), csv(test)))
