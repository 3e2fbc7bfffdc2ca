"""What is said of new rows, against plain counting in both files and against scipy."""

import csv as csv_module
import io
from collections.abc import Sequence
from fractions import Fraction
from math import sqrt
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from lambdas.check.findings.finding import Finding
from lambdas.check.profile.column_block import number_column
from lambdas.check.profile.distinct import Sieve
from lambdas.check.profile.rows_tally import NumberTally
from lambdas.check.profile.spread import NumberSpread
from lambdas.check.reading.fact import Phrase
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.new_rows import rows_checked, trained_on
from tests.lambdas.check.plain_table import PlainColumn, PlainTable, value_of
from tests.lambdas.check.random_pairs import Pair, pairs
from tests.lambdas.check.reading import checked

slow = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
# Between two numbers that are kept there are at most so many of all.
BETWEEN = 1 / 49


def phrase(finding: Finding, fact: str) -> Phrase:
    told = finding.facts[fact]
    assert isinstance(told, Phrase)
    return told


def limit(there: int, here: int) -> float:
    return 0.15 + 1.63 * sqrt(1 / there + 1 / here)


def share(numbers: Sequence[Fraction], key: str, of: Fraction) -> float:
    return sum(n <= of if key == "at_most" else n < of for n in numbers) / len(numbers)


def hold_spread(there: PlainColumn, here: PlainColumn, difference: Phrase | None) -> None:
    """What is told of one column is so, and what is so is told."""
    gaps = [sum(v is None for v in column.values) / len(column.values) for column in (there, here)]
    told = dict(difference.facts) if difference else {}
    if difference and difference.key == "missing":
        before, after = gaps
        assert abs(before - after) > limit(len(there.values), len(here.values))
    elif difference and difference.key == "category":
        name = str(told["name"])
        before, after = (c.spellings[name] / len(c.present) for c in (there, here))
    elif difference:
        number = Fraction(str(told["number"]))
        before, after = (share(c.numbers, difference.key, number) for c in (there, here))
    if difference:
        event(difference.key)
        assert told["train"] == pytest.approx(before) and told["rows"] == pytest.approx(after)
    is_same_gap = abs(gaps[0] - gaps[1]) <= 0.15
    if there.is_number and here.is_number and not there.is_identifier and is_same_gap:
        before_all, after_all = ([float(n) for n in c.numbers] for c in (there, here))
        if min(len(before_all), len(after_all)) < 40:
            return
        distance = ks_2samp(before_all, after_all, method="asymp").statistic
        if difference and difference.key != "missing":
            assert distance > limit(len(before_all), len(after_all))
        elif len(there.counts) > 1:
            assert distance <= limit(len(before_all), len(after_all)) + BETWEEN


def with_changes(content: bytes, random: Random) -> bytes:
    """The file with other values in some of its columns: moved numbers, one value more often, one
    that nobody knows, gaps."""
    header, *rows = csv_module.reader(io.StringIO(content.decode(), newline=""))
    for place in range(len(header)):
        change = random.choice(["none", "none", "moved", "frequent", "new", "gaps"])
        share, value = random.uniform(0.2, 0.9), random.choice(rows)[place]
        for row in rows:
            if change == "moved" and isinstance(number := value_of(row[place]), Fraction):
                row[place] = str(float(number) + 7)
            elif change in {"frequent", "new", "gaps"} and random.random() < share:
                row[place] = {"frequent": value, "new": "wnew", "gaps": ""}[change]
    buffer = io.StringIO(newline="")
    csv_module.writer(buffer, lineterminator="\n").writerows([header, *rows])
    return buffer.getvalue().encode()


def hold_unseen(there: PlainColumn, here: PlainColumn, found: Finding | None) -> None:
    """The values that the training did not have are counted, but for those that are its own in
    another spelling."""
    new = {s: n for s, n in here.spellings.items() if s not in there.spellings}
    texts = {s: n for s, n in new.items() if isinstance(value_of(s), str)}
    known = {s.strip().casefold() for s in there.spellings}
    certain = {s: n for s, n in texts.items() if s.strip().casefold() not in known}
    if found:
        event("unseen")
        assert sum(certain.values()) <= int(str(found.facts["rows"])) <= sum(texts.values())
    elif there.is_text and not there.is_identifier and not there.is_free_text:
        assert not certain


@slow
@given(pairs(fewest_rows=80, most_rows=200), st.integers(0, 2**32))
def test_what_is_said_of_new_rows_is_so(pair: Pair, seed: int) -> None:
    check = checked(pair.train, pair.test)
    if check.errors:
        return
    new = with_changes(pair.test, Random(seed))
    rows = rows_checked(new, trained_on(check))
    train, test = PlainTable.of(pair.train).columns, PlainTable.of(new).columns
    of_column = {(f.code, f.column): f for f in rows.findings}
    event("rejected" if rows.errors else "checked")
    for error in rows.errors:
        here = test[str(error.column)]
        assert error.code == "texts_for_numbers" and train[here.name].is_number
        assert (error.facts["texts"], error.facts["present"]) == (
            len(here.texts),
            len(here.present),
        )
        assert 2 * len(here.texts) > len(here.present)
    for name in train.keys() & test.keys() - {"label", *(e.column for e in rows.errors)}:
        there, here = train[name], test[name]
        found = of_column.get(("spread_changed", name))
        hold_spread(there, here, phrase(found, "difference") if found else None)
        gaps = sum(value is None for value in here.values)
        is_new_gap = 0 < gaps < len(here.values) and all(v is not None for v in there.values)
        if missing := of_column.get(("missing_now", name)):
            assert is_new_gap and missing.facts["missing"] == gaps
        elif ("texts_for_numbers", name) not in of_column:
            assert not is_new_gap
        hold_unseen(there, here, of_column.get(("unseen_values", name)))


@settings(deadline=None, max_examples=80)
@given(
    st.integers(0, 2**32),
    st.integers(40, 3000),
    st.sampled_from([10, 50]),
    st.sampled_from(["normal", "few", "zeros", "skewed"]),
)
def test_the_kept_numbers_tell_the_distance_between_all(
    seed: int, rows: int, most: int, kind: str
) -> None:
    """The Kolmogorov-Smirnov statistic at the kept numbers is at most one step too small."""
    random = np.random.default_rng(seed)

    def drawn(count: int) -> npt.NDArray[np.float64]:
        if kind == "few":
            return random.integers(0, random.integers(2, 9), count).astype(float)
        if kind == "zeros":
            return random.normal(size=count) * (random.random(count) < 0.4)
        numbers = random.normal(random.normal(), random.uniform(0.5, 2), count)
        return np.exp(numbers) if kind == "skewed" else numbers

    train, new = drawn(rows), drawn(int(random.integers(40, 3000)))
    spread = NumberSpread.of_numbers(train, most, is_sample=False)
    assert spread and len(spread.values) <= most
    tally = NumberTally.of(spread)
    for part in np.array_split(new, 3):
        tally.add(number_column(part, Sieve(), perhaps_thousands=False), 0)
    assert tally.rows == len(new)
    gaps = [
        np.abs(here / len(new) - np.array(there) / len(train)).max()
        for here, there in ((tally.below, spread.below), (tally.at_most, spread.at_most))
    ]
    exact = ks_2samp(train, new, method="asymp").statistic
    assert exact - 1 / (most - 1) - 1 / rows <= max(gaps) <= exact + 1e-12


@pytest.mark.parametrize("seed", range(3))
def test_of_many_rows_the_new_ones_are_all_counted(seed: int) -> None:
    """The training's side is a sample of 5,000 rows, and the finding says so."""
    random = Random(seed)
    train = frame(20_000, seed)
    new = frame(20_000, seed + 10).drop(columns="label")
    new["income"] *= random.uniform(1.3, 2)
    check = checked(csv(train), csv(train[:50]))
    [found] = [
        f for f in rows_checked(csv(new), trained_on(check)).findings if f.code == "spread_changed"
    ]
    difference = phrase(found, "difference")
    assert found.sampled and found.column == "income" and difference.key == "at_most"
    number = float(str(difference.facts["number"]))
    assert difference.facts["rows"] == (new["income"].round(2) <= number).mean()
    assert difference.facts["train"] == pytest.approx((train["income"] <= number).mean(), abs=0.03)


def test_rows_from_the_same_table_are_hardly_ever_said_to_be_spread_differently() -> None:
    false = 0
    for seed in range(20):
        table = frame(300, seed)
        rows = rows_checked(csv(table[200:]), trained_on(checked(csv(table[:200]), csv(table[:9]))))
        false += sum(f.code == "spread_changed" for f in rows.findings)
    assert false == 0
