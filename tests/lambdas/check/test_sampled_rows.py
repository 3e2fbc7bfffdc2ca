"""What is told of sampled columns by a few rows first, beside what all rows tell."""

import re
from math import ceil
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from lambdas.check.findings import shift, skill_alone
from lambdas.check.findings.same_things import number_rows
from lambdas.check.profile.row_sample import SampledColumn
from lambdas.check.reading.arrow_arrays import text_array

exact = settings(deadline=None, max_examples=150)
seeds = st.integers(0, 2**32)


def numbers(random: np.random.Generator, rows: int) -> npt.NDArray[np.float64]:
    """Of many kinds: few different ones or many, far apart, in order, or with gaps."""
    kinds = [
        random.normal(random.choice([0, 0.2, 0.6]), 1, rows),
        random.integers(0, random.integers(1, 30), rows).astype(float),
        random.normal(size=rows) ** 5 * 1e300,
        np.sort(random.normal(size=rows)),
        np.where(random.random(rows) < 0.5, 0, random.exponential(size=rows)),
        random.integers(-1, 2, rows) * 5e-324,
    ]
    return kinds[random.integers(len(kinds))]


def column(content: npt.NDArray[np.float64]) -> SampledColumn:
    return SampledColumn(content, np.empty(0, np.int64), text_array([]))


@exact
@given(seeds)
def test_a_few_numbers_hide_no_shift(seed: int) -> None:
    random = np.random.default_rng(seed)
    train, test = (column(numbers(random, rows)) for rows in random.integers(40, 900, 2))
    told = shift.shift(train, test)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shift, "_are_near", lambda *_: False)
        assert told == shift.shift(train, test)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shift, "_NUMBERS_TRIED", 5)
        assert told == shift.shift(train, test)
    event("shifted" if told else "alike")


@exact
@given(seeds)
def test_a_few_rows_hide_no_column_that_gives_the_target_away(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = int(random.integers(40, 900))
    known = numbers(random, rows)
    wrong = random.random(rows) < random.choice([0, 0.002, 0.01, 0.05])
    told = np.where(wrong, numbers(random, rows), known)
    told = np.where(random.random(rows) < random.choice([0, 0.02]), np.nan, told)
    feature = column(told)
    if random.random() < 0.3:
        codes = np.unique(told, return_inverse=True)[1] - random.integers(2)
        feature = SampledColumn(None, codes, text_array([]))
    kinds = skill_alone.Amounts, skill_alone.Classes
    target = kinds[random.integers(2)].of(column(known))
    found = set()
    for tried in (3, 200, rows):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(skill_alone, "_ROWS_TRIED", tried)
            found.add(skill_alone.gives_away(feature, target))
    assert len(found) == 1
    event(f"gives away: {found}")


@exact
@given(seeds)
def test_texts_that_number_their_rows(seed: int) -> None:
    random, texts = Random(seed), []
    digits = random.choice(["0123456789", "0123456789", "٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９"])
    before = random.sample(["", "R-", "x\n", "행 ", "1a"], random.randint(1, 3))
    behind = random.sample(["", " of", "\n", "!", "é"], random.randint(1, 2))
    for number in range(random.choice([1, 5, 30, 60])):
        width = random.choice([1, 4, 4, 15, 16])
        told = f"{number:0{width}}".translate(str.maketrans("0123456789", digits))
        texts.append(random.choice(before) + told + random.choice(behind))
    texts[: random.choice([0, 0, 1, 3])] = ["other", "12 13", "99999999"][
        : random.choice([0, 1, 3])
    ]
    most = random.choice([30.0, 61.0])
    matches = [re.fullmatch(r"(\D*)(\d{1,15})(\D*)", text) for text in texts]
    counted = [match for match in matches if match and int(match[2]) <= most]
    ways = {(match[1], match[3]) for match in counted}
    expected = len(counted) >= ceil(0.95 * len(texts)) and len(ways) <= 3
    assert number_rows(text_array(texts), most) == expected
    event(str(expected))
