"""Numbers that are none: infinite ones, and codes that mean that a value is missing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import check_of, checked, codes, finding, phrases, with_columns

ROWS = 400
RANDOM = np.random.default_rng(5)


def texts_with(written: str, every: int) -> list[str]:
    return [written if place % every == 1 else str(place % 37) for place in range(ROWS)]


@pytest.mark.parametrize("written", ["inf", "-inf", "Infinity", "-INF", "∞", "1.#INF", "1e400"])
def test_infinite_numbers_are_told_and_counted_as_missing(written: str) -> None:
    check = with_columns(x=texts_with(written, 10))
    told = [f for f in check.findings if f.code == "infinite_values"]
    assert [f.file for f in told] == ["a_train.csv", "a_test.csv"][: len(told)]
    assert check.profile
    column = check.profile.train.columns["x"]
    assert (column.kind, column.missing) == ("number", texts_with(written, 10)[1::2].count(written))
    assert f"{written!r} in {column.missing} rows" in told[0].seen
    # It is said once.
    assert "words_for_missing" not in codes(check) and "numbers_and_texts" not in codes(check)


def test_such_words_are_words_in_a_column_of_words() -> None:
    names = ["inf" if place % 5 == 0 else "cav" for place in range(ROWS)]
    large = ["1e400" if place % 5 == 0 else "cav" for place in range(ROWS)]
    check = with_columns(troop=names, large=large)
    assert "infinite_values" not in codes(check)
    assert check.profile
    columns = check.profile.train.columns
    assert [columns[name].missing for name in ("troop", "large")] == [0, 0]
    assert [columns[name].distinct for name in ("troop", "large")] == [2, 2]


def test_a_number_too_large_is_a_text_where_a_text_comes_later() -> None:
    """What the first block took for missing is a value beside words that come behind it."""
    rows = 150_000
    table = frame(rows).assign(x=["1e400", *map(str, range(rows - 2)), "none of them"])
    check = checked(csv(table), csv(table[:40]))
    assert check.profile
    column = check.profile.train.columns["x"]
    assert (column.kind, column.missing, column.texts) == ("text", 0, 2)


@pytest.mark.parametrize("written", ["inf", "1e999"])
def test_an_infinite_number_to_predict_is_an_error(written: str) -> None:
    label = [written if place % 50 == 7 else f"{place * 1.37:.2f}" for place in range(ROWS)]
    table = frame(ROWS).assign(label=label)
    [error] = checked(csv(table), csv(table[:40])).errors
    assert error.code == "target_numbers_and_texts" and error.facts["rows"] == 8


def told_codes(values: Any) -> dict[str, int]:
    check = with_columns(len(values), x=values)
    told = [f for f in check.findings if f.code == "missing_codes"]
    return {p["code"]: p["rows"] for f in told for p in phrases(f, "codes")}


def mixed(values: Any, **codes_at: float) -> Any:
    """The values, with each code as often as its name tells."""
    mixed = np.array(values, float)
    for every, code in codes_at.items():
        mixed[1 :: int(every[1:])] = code
    return mixed


AGES = RANDOM.integers(18, 91, ROWS)
COUNTS = RANDOM.poisson(3, ROWS)
CODES: dict[str, tuple[Any, set[str]]] = {
    "age 999": (mixed(AGES, _40=999), {"999"}),
    "age -1": (mixed(AGES, _40=-1), {"-1"}),
    "age -999": (mixed(AGES, _40=-999), {"-999"}),
    "age -99 and 999": (mixed(AGES, _40=-99, _37=999), {"-99", "999"}),
    "rating 99": (mixed(RANDOM.integers(1, 6, ROWS), _30=99), {"99"}),
    "temperature -9999": (mixed(RANDOM.normal(8, 9, ROWS).round(1), _30=-9999), {"-9999"}),
    "days since -1, as banks have it": (mixed(RANDOM.integers(1, 400, ROWS), _2=-1), {"-1"}),
    "days since 999": (mixed(RANDOM.integers(0, 28, ROWS), _2=999), {"999"}),
    "income -1": (mixed(RANDOM.lognormal(8, 0.5, ROWS).round(2), _30=-1), {"-1"}),
}
NO_CODES: dict[str, Callable[[Any], Any]] = {
    "ages up to 99": lambda r: r.integers(0, 100, ROWS),
    "people of 99 among younger ones": lambda r: mixed(r.integers(20, 96, ROWS), _90=99),
    "ratings of 1 to 9": lambda r: r.integers(1, 10, ROWS),
    "prices up to 9999": lambda r: mixed(r.integers(100, 10_000, ROWS), _60=9999),
    "prices that end with 99": lambda r: r.integers(1, 100, ROWS) * 100 + 99,
    "one price of 99999": lambda r: [*r.integers(100, 900, ROWS - 1), 99999],
    "differences": lambda r: r.integers(-1, 2, ROWS),
    "steps from -1 on": lambda r: r.integers(-1, 12, ROWS),
    "spring days": lambda r: np.maximum(r.normal(9, 5, ROWS), -1).round(),
    "spring days in tenths": lambda r: r.normal(4, 2, ROWS).round(1),
    "centred": lambda r: r.normal(0, 50, ROWS).round(),
    "zeros and ones and minus ones": lambda r: r.choice([-1, 0, 1], ROWS),
    "heavy tail": lambda r: r.pareto(1.2, ROWS).round(),
    "counts": lambda r: r.poisson(40, ROWS) - 20,
}


@pytest.mark.parametrize("case", CODES)
def test_a_code_for_missing_values_is_told_with_its_rows(case: str) -> None:
    values, wanted = CODES[case]
    in_train = np.delete(values, np.s_[::4])
    assert told_codes(values) == {code: int((in_train == float(code)).sum()) for code in wanted}


@pytest.mark.parametrize("case", NO_CODES)
def test_amounts_are_no_codes(case: str) -> None:
    for seed in range(15):
        assert not told_codes(NO_CODES[case](np.random.default_rng(seed))), seed


def test_in_a_large_file_the_share_of_a_code_is_an_estimate() -> None:
    table = frame(20_000).assign(x=mixed(np.arange(20_000) % 70, _25=999))
    told = finding(checked(csv(table), csv(frame(40).assign(x=1))), "missing_codes")
    assert told.sampled and "999 stands in about" in told.seen
    [code] = phrases(told, "codes")
    assert code["share"] == pytest.approx(0.04, abs=0.01)


def test_a_code_among_the_numbers_to_predict_is_told() -> None:
    table = frame(ROWS).assign(label=mixed(RANDOM.normal(50, 9, ROWS).round(2), _50=-999))
    assert finding(check_of(table, table[:40]), "missing_codes").column == "label"
