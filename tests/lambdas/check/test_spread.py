"""How the numbers to predict are spread."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import checked, codes, finding

ROWS = 800
Made = Callable[[np.random.Generator], Any]
SKEWED: dict[str, Made] = {
    "prices": lambda r: r.lognormal(11, 1.2, ROWS).round(),
    "amounts with zeros": lambda r: np.where(r.random(ROWS) < 0.2, 0, r.lognormal(4, 1.1, ROWS)),
    "tiny numbers": lambda r: r.lognormal(-30, 1.2, ROWS),
}
NOT_SKEWED: dict[str, Made] = {
    "normal": lambda r: r.normal(100, 5, ROWS),
    "normal around zero": lambda r: r.normal(0, 5, ROWS),
    "even": lambda r: r.random(ROWS),
    "waiting times": lambda r: r.gamma(3, 2, ROWS),
    "two heaps": lambda r: np.where(r.random(ROWS) < 0.5, r.normal(5, 1, ROWS), 20),
    "Laplace": lambda r: r.laplace(0, 3, ROWS),
    "nearly all zero": lambda r: np.where(r.random(ROWS) < 0.95, 0, r.normal(9, 1, ROWS)),
    "huge numbers": lambda r: r.random(ROWS) * 1e38,
}


def codes_of(values: Any) -> set[str]:
    table = frame(ROWS).assign(label=values)
    return codes(checked(csv(table), csv(table[:100])))


@pytest.mark.parametrize("case", SKEWED)
def test_many_small_and_few_large_numbers_are_told(case: str) -> None:
    for seed in range(5):
        assert "skewed_target" in codes_of(SKEWED[case](np.random.default_rng(seed)))


@pytest.mark.parametrize("case", NOT_SKEWED)
def test_other_numbers_are_not(case: str) -> None:
    for seed in range(10):
        found = codes_of(NOT_SKEWED[case](np.random.default_rng(seed)))
        assert not found & {"skewed_target"}, seed
        assert case == "Laplace" or "far_target_values" not in found, seed


def test_what_is_said_of_a_skewed_target_is_so() -> None:
    values = np.random.default_rng(0).lognormal(11, 1.2, ROWS).round()
    table = frame(ROWS).assign(label=values)
    told = finding(checked(csv(table), csv(table[:100])), "skewed_target")
    assert (values <= float(str(told.facts["median"]))).mean() >= 0.5
    assert (values > float(str(told.facts["high"]))).mean() == pytest.approx(0.01, abs=0.003)


def test_numbers_far_from_all_others_are_counted() -> None:
    values = np.random.default_rng(0).normal(50, 5, ROWS).round(3)
    values[[3, 99, 500]] = [150, -70, 180]
    table = frame(ROWS).assign(label=values)
    told = finding(checked(csv(table), csv(table[:100])), "far_target_values")
    assert told.facts["rows"] == 3 and "3 of 800 numbers" in told.seen
    low, high = (float(str(told.facts[name])) for name in ("low", "high"))
    assert ((values < low) | (values > high)).sum() == 3
