"""What the texts of a column mean: the check and the jobs read them alike, and as people mean them.

Every case is a column of the train file beside a plain one; what the jobs read is compared with
what is meant.
"""

import tempfile
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.check.pair_check import PairCheck
from lambdas.check.profile.zero_led import zero_led_fields
from lambdas.check.reading.missing_words import NO_NUMBERS
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import checked, codes, read_by_the_jobs

ROWS = 60


def read(train: Sequence[Any], test: Sequence[Any] | None = None, name: str = "d") -> Any:
    """The column of both files as the jobs read it."""
    check, tables = both(train, test, name)
    assert not check.errors, [error.text for error in check.errors]
    return tables["train"][name], tables["test"][name]


def both(
    train: Sequence[Any], test: Sequence[Any] | None, name: str, **options: Any
) -> tuple[PairCheck, dict[str, pd.DataFrame]]:
    in_test = train if test is None else test
    files = [
        csv(frame(len(v), s).assign(**{name: list(v)}), **options)
        for s, v in ((0, train), (1, in_test))
    ]
    check = checked(files[0], files[1])
    if check.errors:
        return check, {}
    with tempfile.TemporaryDirectory() as folder:
        return check, read_by_the_jobs(Path(folder), check, *files)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["(1,234.50)", "99.00", "12,345.67"], [-1234.5, 99, 12345.67]),
        (["1.234,56-", "99,00", "12.345,67"], [-1234.56, 99, 12345.67]),
        (["3,39,594", "99,594", "1,03,39,594"], [339594, 99594, 10339594]),
        (["1,131만원", "926만원", "12,131만원"], [1131, 926, 12131]),
        (["￦1,131", "₩926", "￦12,131"], [1131, 926, 12131]),
        (["30 days", "1 day", "7 days"], [30, 1, 7]),
        (["１２３", "４", "５６"], [123, 4, 56]),
        (["12.5%", "7%", "100.0 %"], [12.5, 7, 100]),
        (["$1,000", "-$5", "$-7.5"], [1000, -5, -7.5]),
        (["1'234.5", "12", "1’234’567"], [1234.5, 12, 1234567]),
        (["1_000", "20", "1_000_000"], [1000, 20, 1000000]),
        (["1 234,5", "12", "1\u202f234\u00a0567"], [1234.5, 12, 1234567]),
        (["1.234.567", "12", "1.000"], [1234567, 12, 1000]),
        (["12,5", "7,25", "100"], [12.5, 7.25, 100]),
        (["−5", "7", "-3"], [-5, 7, -3]),
        (["25 ℃", "3 ℃", "-7 ℃"], [25, 3, -7]),
        (["100 m²", "20 m²", "7 m²"], [100, 20, 7]),
    ],
)
def test_numbers_are_read_as_people_write_them(written: list[str], meant: list[float]) -> None:
    for train, test in (read(written * 20), read(written * 20, written * 5)):
        np.testing.assert_allclose(train.to_numpy(float), meant * 20)
        np.testing.assert_allclose(test.to_numpy(float)[:3], meant)


@pytest.mark.parametrize(
    "written",
    [
        ["5 km", "500 m", "7 km"],
        ["12.5%", "7", "3"],
        ["1.5", "2,5", "3"],
        ["C-12", "C-13", "C-14"],
        ["Room 5", "Room 6", "Room 7"],
        ["12:30", "08:15", "23:59"],
        ["1.2.3", "1.2.4", "2.0.1"],
        ["192.168.0.1", "10.0.0.1", "10.0.0.2"],
        ["010-1234", "02-555", "031-77"],
        ["(5", "6)", "7"],
        ["0x10", "1e5", "1d5"],
        ["1,23", "1,234", "1.5"],
        ["3-5", "5-7", "7-9"],
        ["5/10", "6/10", "7/10"],
    ],
)
def test_what_is_not_certainly_a_number_stays_as_it_is_written(written: list[str]) -> None:
    train, _ = read(written * 20)
    assert train.tolist() == written * 20


@pytest.mark.parametrize("sign", [".", ","])
def test_a_sign_before_three_digits_is_read_where_the_rest_of_the_file_tells(sign: str) -> None:
    written = [f"1{sign}131 €", "926 €", f"2{sign}456 €"]
    table = frame(60).assign(d=written * 20, income=range(60))

    def first(table: pd.DataFrame) -> object:
        files = csv(table, sep=";"), csv(table[:30], sep=";")
        check = checked(*files)
        with tempfile.TemporaryDirectory() as folder:
            value: object = read_by_the_jobs(Path(folder), check, *files)["train"]["d"][0]
        return value

    assert first(table) == written[0]
    for decimal in (".", ","):
        told = table.assign(income=[f"{v}{decimal}5" for v in range(60)])
        assert first(told) == (1.131 if decimal == sign else 1131)


@pytest.mark.parametrize(
    "word",
    ["?", "-", ".", "NA", "N/A", "None", "null", "\\N", "(null)", "[NULL]", "#DIV/0!", " ? "],
)
def test_a_word_among_numbers_is_a_missing_number(word: str) -> None:
    train, test = read([*range(50), *[word] * 10], [word, 1, 2])
    assert train.isna().tolist() == [False] * 50 + [True] * 10
    assert test.isna().tolist() == [True, False, False]
    _, alone = read(range(60), [word] * 5)
    assert alone.isna().all()


def test_a_word_that_comes_late_is_a_missing_number_in_every_row() -> None:
    numbers: list[object] = list(range(60_000))
    numbers[59_990] = "?"
    train, _ = read(numbers, range(40))
    assert train.isna().sum() == 1 and train[59_989] == 59_989


@pytest.mark.parametrize("word", sorted(NO_NUMBERS))
def test_each_word_for_nothing_is_a_missing_number_among_numbers(word: str) -> None:
    train, _ = read([word, "1.5", "-2"] * 20)
    assert train.isna().tolist() == [True, False, False] * 20


@pytest.mark.parametrize("word", ["NA", "None", "n/a", "-", "?"])
def test_a_word_among_words_is_a_value(word: str) -> None:
    train, _ = read([word, "Gable", "Hip"] * 20)
    assert train.tolist() == [word, "Gable", "Hip"] * 20


@pytest.mark.parametrize(
    "word", ["null", "NULL", "nan", "\\N", "(null)", "[NULL]", "#N/A", "", " "]
)
def test_a_word_for_nothing_is_no_value_among_words(word: str) -> None:
    train, _ = read([word, "Gable", "Hip"] * 20)
    assert train.isna().tolist() == [True, False, False] * 20


def test_a_word_for_a_missing_number_stands_for_nothing_in_the_whole_file() -> None:
    table = frame(90).assign(n=[*range(60), *["NA"] * 30], w=["NA", "a", "b"] * 30)
    table["label"] = ["NA", "yes", "no"] * 30
    check = checked(csv(table), csv(table))
    assert "unclear_labels" not in codes(check)
    assert check.profile and check.profile.train.columns["w"].missing == 30
    assert check.profile.train.columns["label"].missing == 30


@pytest.mark.parametrize(
    "zero_led", [["01234", "1234", "20001"], ["001", "002", "010"], ["007", "7", "x"]]
)
def test_a_column_with_zeros_in_front_is_text(zero_led: list[str]) -> None:
    train, test = read(zero_led * 20)
    assert train.tolist() == zero_led * 20 and test.tolist() == zero_led * 20


def test_zeros_in_front_are_found_however_late_they_come() -> None:
    codes_late = [str(10_000 + row) for row in range(60_000)] + ["01234"]
    train, _ = read(codes_late, codes_late[:40])
    assert train.tolist() == codes_late
    train, test = read(range(10_000, 10_060), ["01234", "10001"])
    assert test.tolist() == ["01234", "10001"] and train[0] == "10000"


fields = st.lists(
    st.one_of(
        st.integers(0, 10**6).map(str),
        st.integers(0, 999).map(lambda v: f"{v:04}"),
        st.sampled_from(["0", "00", "0.5", "01.5", "08:30", "x0", "", "0x", "-01", "01"]),
    ),
    min_size=2,
    max_size=2,
)


@given(st.lists(fields, min_size=1, max_size=20), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_fields_with_zeros_in_front_are_counted_in_the_bytes(
    rows: list[list[str]], quoted: bool, end: str
) -> None:
    mark = '"' if quoted else ""
    text = "a,b" + end + "".join(f"{mark}{a}{mark},{mark}{b}{mark}{end}" for a, b in rows)
    expected = sum(f.isdigit() and f.startswith("0") and len(f) > 1 for row in rows for f in row)
    for content in (text, text.removesuffix(end)):
        assert zero_led_fields(content.encode(), ",") == expected


LABELS = [
    (["001", "002", "010"], ["001", "002", "010"]),
    (["1.0", "0.0"], ["1.0", "0.0"]),
    (["True", "False"], ["True", "False"]),
    (["1", "0"], ["1", "0"]),
    (["+", "-"], ["+", "-"]),
    (["yes ", "no"], ["yes ", "no"]),
    (["1e3", "2e3"], ["1e3", "2e3"]),
    ([str(2**60 + 1), str(2**60 + 2)], [str(2**60 + 1), str(2**60 + 2)]),
    (["이상", "정상"], ["이상", "정상"]),
]


@pytest.mark.parametrize(("written", "meant"), LABELS)
def test_labels_are_kept_as_they_are_written(written: list[str], meant: list[str]) -> None:
    train, test = read(written * 30, written * 10, "label")
    assert list(map(str, train)) == meant * 30
    assert list(map(str, test)) == meant * 10


MET = [
    (["True", "False"], ["TRUE", "FALSE"]),
    (["True", "False"], ["1", "0"]),
    (["1", "0"], ["true", "false"]),
    (["1", "0"], ["1.0", "0.0"]),
    (["1.0", "0.0"], ["1", "0"]),
    (["yes", "no"], ["yes ", " no"]),
    (["yes", "no"], ["Yes", "NO"]),
    (["yes", "no"], ["y\u200bes", "no\ufeff"]),
    (["new york", "boston"], ["New  York", "boston"]),
    (["이상", "정상"], [unicodedata.normalize("NFD", label) for label in ("이상", "정상")]),
]


@pytest.mark.parametrize(("written", "in_test"), MET)
def test_labels_of_test_meet_those_of_train(written: list[str], in_test: list[str]) -> None:
    train, test = read(written * 30, in_test * 10, "label")
    assert list(map(str, train)) == written * 30
    assert list(map(str, test)) == written * 10


@pytest.mark.parametrize(
    ("written", "in_test"),
    [
        ([">50K", "<=50K"], [">50K.", "<=50K."]),
        (["Yes", "yes", "no"], ["YES"]),
        (["001", "002"], ["1", "2"]),
        (["a", "b"], ["yes", "no"]),
        (["male", "female"], ["0", "1"]),
    ],
)
def test_labels_that_can_not_be_told_do_not_meet(written: list[str], in_test: list[str]) -> None:
    train = (written * 60)[:60]
    check, _ = both(train, (in_test * 40)[:40], "label")
    assert "no_known_class" in codes(check, "error")


def test_one_label_in_several_spellings_is_one_class() -> None:
    train, test = read(["yes", "yes ", "no", "no\u200b"] * 20, ["yes  ", "no"] * 10, "label")
    assert set(train) == set(test) == {"yes", "no"}


cells = st.one_of(
    st.integers(-(10**7), 10**7).map(lambda v: f"{v:,}"),
    st.floats(-1e6, 1e6).map(lambda v: f"{v:,.2f}"),
    st.sampled_from(["", "?", "NA", "001", "0", "1.000", "12%", "3 kg", "(5)", "7-", "1.234,5"]),
    st.text(max_size=4),
)


@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.lists(cells, min_size=12, max_size=30), st.lists(cells, min_size=3, max_size=9))
def test_the_jobs_read_any_column_as_the_check_does(train: list[str], test: list[str]) -> None:
    check, tables = both(train, test, "d", quoting=1)
    if check.errors or not check.profile:
        return
    for part, profile in (("train", check.profile.train), ("test", check.profile.test)):
        column, values = profile.columns["d"], tables[part]["d"]
        if column.kind == check.profile.train.columns["d"].kind:
            assert int(values.isna().sum()) == column.missing
            # The same number counts once, also between texts.
            if not (column.numbers and column.texts):
                assert values.nunique() == column.distinct


@pytest.mark.parametrize("word", ["NAN", "nan(x)", "1e999"])
def test_what_the_reader_takes_for_a_number_is_a_text_wherever_it_stands(word: str) -> None:
    rows = [f"{place}.25,{place % 2}" for place in range(60_000)]
    found = []
    for at in (7, 50_000):
        some = [*rows]
        some[at] = f"{word},1"
        train = "\n".join(["a,label", *some, ""]).encode()
        profile = checked(train, b"a,label\n" + b"1.5,0\n2.5,1\n" * 20).profile
        assert profile
        column = profile.train.columns["a"]
        found.append((column.kind, column.texts, column.missing, column.too_large))
    assert found[0] == found[1]


@pytest.mark.parametrize("word", ["NA", "?", "nan", "-inf", "", "  ", "unknown"])
def test_a_word_that_first_comes_late_stands_for_a_missing_number(word: str) -> None:
    rows = [f"{place}.25,{place % 2}" for place in range(60_000)]
    for at in (50_000, 59_000):
        rows[at] = f"{word},1"
    train = "\n".join(["a,label", *rows, ""]).encode()
    profile = checked(train, b"a,label\n" + b"1.5,0\n2.5,1\n" * 20).profile
    assert profile
    column = profile.train.columns["a"]
    assert (column.kind, column.missing, column.numbers) == ("number", 2, 59_998)
