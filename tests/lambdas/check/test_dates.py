"""Dates: each form is read by AutoGluon as the check says, and what is told of a column is true."""

import warnings
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from autogluon.features.generators import AutoMLPipelineFeatureGenerator
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.check.pair_check import PairCheck
from lambdas.check.profile.date_forms import DateForm, as_read, date_form
from lambdas.check.profile.dates import MAY_BEGIN_A_DATE, dates_in
from lambdas.check.reading.fact import Day
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import checked

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FORMS: dict[DateForm, list[str]] = {
    "sure": [
        "%Y-%m-%d",
        "%Y/%-m/%-d",
        "%Y.%m.%d",
        "%Y. %-m. %-d.",
        "%Y. %m. %d",
        "%Y.%m.%d.",
        " %Y-%m-%d ",
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%dT%H:%M:%S.%f+09:00",
        "%Y-%m-%d %H:%M:%S+0900",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%d %H:%M:%S UTC",
        "%Y-%m-%d %-I:%M %p",
        "%Y. %-m. %-d. %H:%M",
        "%-d %b %Y",
        "%d-%b-%Y",
        "%d-%b-%y",
        "%d%b%Y",
        "%-d. %B %Y",
        "%B %-d, %Y",
        "%b %d %Y",
        "%b. %-d, %Y",
        "%-dth of %B %Y",
        "%b-%d-%Y",
        "%Y-%b-%d",
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %B %-d, %Y",
        "%a %b %d %H:%M:%S %Y",
        "%Y-%m",
        "%m/%Y",
        "%b %Y",
    ],
    "month_first": ["%m/%d/%Y", "%-m/%-d/%Y %-I:%M:%S %p", "%m-%d-%Y", "%m.%d.%Y", "%-m/%-d/%y"],
    "day_first": ["%d/%m/%Y", "%-d.%-m.%Y", "%d-%m-%Y %H:%M", "%d.%m.%Y %H:%M:%S"],
    "short": ["%d/%m/%y", "%-d.%-m.%y", "%d-%m-%y"],
    "unread": [
        "%Y년 %-m월 %-d일",
        "%Y년 %-m월 %-d일 오후 3:05",
        "%Y년%m월",
        "%Y年%-m月%-d日",
        "%Y-%m-%d 오전 %-I:%M",
        "%Y. %-m. %-d. 오후 %-I:%M:%S",
        "%-d. März %Y",
        "%-d de marzo de %Y",
        "%-d août %Y",
        "9999-%m-%d",
        "%d/%m/9999",
        "%G-W%V-%u",
        "Q1 %Y",
        "%b-%d",
    ],
    "time": ["%H:%M", "%H:%M:%S", "%-I:%M %p"],
}
moments = st.integers(0, 90 * 365 * 86_400_000).map(
    lambda milliseconds: EPOCH + timedelta(milliseconds=milliseconds)
)


def read(text: str) -> Any:
    """As AutoGluon's DatetimeFeatureGenerator reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        texts = pd.Series([text, "2000-01-01"])
        return pd.to_datetime(texts, utc=True, errors="coerce", format="mixed")[0]


@settings(deadline=None, max_examples=300)
@given(moments, st.sampled_from(FORMS["sure"]))
def test_what_is_surely_read_is_read_right(moment: datetime, form: str) -> None:
    text = moment.strftime(form)
    seen = read(text)
    if date_form(text) == "short":
        assert "%y" in form and as_read(text) == Day(moment.day, moment.month, seen.year)
        return
    assert date_form(text) == "sure", text
    offset = 9 if "+09" in form else 0
    local = seen + pd.Timedelta(hours=offset)
    assert (local.year, local.month) == (moment.year, moment.month), text
    if "%d" in form or "%-d" in form:
        assert local.day == moment.day, text


@settings(deadline=None, max_examples=200)
@given(moments, st.data())
def test_of_two_numbers_the_first_is_the_month_where_it_can_be(
    moment: datetime, data: st.DataObject
) -> None:
    written: DateForm = data.draw(st.sampled_from(["month_first", "day_first", "short"]))
    text = moment.strftime(data.draw(st.sampled_from(FORMS[written])))
    found, seen = date_form(text), read(text)
    assert as_read(text) == Day(seen.day, seen.month, seen.year)
    if found == "short":
        assert f"{moment.year}" not in text
    elif moment.day > 12:
        assert found == written, text
        assert (seen.day, seen.month, seen.year) == (moment.day, moment.month, moment.year)
    elif found == "sure":
        assert (seen.day, seen.month, seen.year) == (moment.day, moment.month, moment.year)
    else:
        assert found == "either", text


@settings(deadline=None, max_examples=200)
@given(moments, st.sampled_from(FORMS["unread"]))
def test_what_is_told_to_be_unread_is_not_read(moment: datetime, form: str) -> None:
    text = moment.strftime(form)
    assert date_form(text) == "unread", text
    assert read(text) is pd.NaT


@settings(deadline=None)
@given(moments, st.sampled_from(FORMS["time"]))
def test_a_time_of_day_is_read_as_one_of_the_day_of_the_training(
    moment: datetime, form: str
) -> None:
    text = moment.strftime(form)
    assert date_form(text) == "time", text
    assert abs(read(text) - datetime.now(UTC)) < timedelta(days=2)


@pytest.mark.parametrize(
    "text",
    ["", "may", "12", "A1", "1-2", "10.0.0.1", "010-1234-5678", "3:1", "2024", "march on"],
)
def test_other_texts_are_no_dates(text: str) -> None:
    assert date_form(text) is None


@pytest.mark.parametrize(
    "text", ["32/01/2024", "1/2/3/4", "3 days", "5 mg", "2024-13-01", "12:75", "3 Monkeys 1995"]
)
def test_what_is_like_a_date_may_be_none(text: str) -> None:
    assert date_form(text) is None


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(moments, st.sampled_from([*chain(*FORMS.values()), "no date"]))), st.data()
)
def test_many_texts_are_counted_as_each_by_itself(
    written: list[tuple[datetime, str]], data: st.DataObject
) -> None:
    first = ["2024-03-05", *(f"{number} pieces" for number in range(600))]
    texts = list(dict.fromkeys([*first, *(moment.strftime(form) for moment, form in written)]))
    times = data.draw(st.lists(st.integers(1, 9), min_size=len(texts), max_size=len(texts)))
    begins = np.array([text.encode()[0] for text in texts], np.uint8)
    found = dates_in(pa.array(texts), np.array(times), MAY_BEGIN_A_DATE[begins])
    expected: Counter[str] = Counter()
    for text, rows in zip(texts, times, strict=True):
        if form := date_form(text):
            expected[form] += rows
    assert found.rows == expected
    assert all(date_form(text) == form for form, text in found.examples.items())


def dated(train: list[str], test: list[str] | None = None) -> PairCheck:
    """The check of a pair with these dates, over and over again."""
    in_test = train if test is None else test
    return checked(
        csv(frame(200).assign(day=(train * 200)[:200])),
        csv(frame(80, 1).assign(day=(in_test * 80)[:80])),
    )


def told(check: PairCheck) -> set[tuple[str, str]]:
    """The codes on the dates, and of which file."""
    plain = {"written_in", "problem_type", "shift", "rows_in_both_files"}
    return {(f.code, f.file[2:-4]) for f in check.findings if f.code not in plain}


def written(form: str, rows: int = 60) -> list[str]:
    return [f"{EPOCH + timedelta(days=7 * row + 18_262):{form}}" for row in range(rows)]


ISO, DAY_FIRST, MONTH_FIRST = written("%Y-%m-%d"), written("%d/%m/%Y"), written("%m/%d/%Y")
KOREAN, SPELT = written("%Y년 %-m월 %-d일 오후 3:05"), written("%b %d, %Y")
FIRSTS = [f"0{month}/01/2024" for month in range(2, 9)]


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (ISO, "dates"),
        (MONTH_FIRST, "dates"),
        (SPELT, "dates"),
        (written("%Y. %-m. %-d."), "dates"),
        (ISO + SPELT, "dates"),
        (DAY_FIRST, "dates_day_first"),
        (DAY_FIRST + MONTH_FIRST, "dates_day_first"),
        (ISO + DAY_FIRST + SPELT, "dates_day_first"),
        (FIRSTS, "dates_unclear"),
        (written("%y-%m-%d"), "dates_of_short_years"),
        (["1-Jan-70", "9-Mar-71"], "dates_of_short_years"),
        (KOREAN, "dates_unread"),
        (ISO + KOREAN, "dates_unread"),
        ([*ISO[:40], "9999-12-31"], "dates_unread"),
        (ISO[:40] + ["open", "closed"] * 9, "dates_and_texts"),
        ([f"{hour:02}:30" for hour in range(24)], "times_of_day"),
        ([f"{hour}:15 PM" for hour in range(1, 12)], "times_of_day"),
    ],
)
def test_a_column_of_dates_is_told_in_its_own_words(days: list[str], code: str) -> None:
    assert told(dated(days)) == {(code, "train")}


def test_dates_in_few_rows_are_not_told_to_be_read() -> None:
    for count, is_read in ((20, False), (60, True)):
        table = frame(200).assign(day=pd.Series(ISO[:count]))
        [found] = [f for f in checked(csv(table), csv(table)).findings if f.code == "dates"]
        assert ("20 of 200 rows" in found.seen) == (not is_read)
        features = as_autogluon_takes_it([*ISO[:count], *[None] * (200 - count)])
        assert ("day.month" in features) == is_read


def test_what_is_told_of_the_order_is_counted() -> None:
    [found] = [f for f in dated(DAY_FIRST).findings if f.code == "dates_day_first"]
    wrong = [day for day in (DAY_FIRST * 4)[:200] if day[:2] <= "12" and day[:2] != day[3:5]]
    assert f"{len(wrong)} rows are read wrong" in found.expected
    assert "month first wherever that is possible: '" in found.expected
    [both] = [f for f in dated(DAY_FIRST + MONTH_FIRST).findings if f.code == "dates_day_first"]
    assert "others the month" in both.seen and "can't be known" in both.expected


def test_what_the_training_makes_of_unread_dates_is_told() -> None:
    [names] = [f for f in dated(KOREAN).findings if f.code == "dates_unread"]
    assert "200 of 200 values" in names.seen and "for names" in names.expected
    [mean] = [f for f in dated(ISO + KOREAN).findings if f.code == "dates_unread"]
    assert "80 of 200 values" in mean.seen and "for the mean of the other dates" in mean.expected


@pytest.mark.parametrize(
    ("train", "test", "codes"),
    [
        (ISO, SPELT, {("dates", "train")}),
        (DAY_FIRST, MONTH_FIRST, {("dates_day_first", "train"), ("dates_differ", "test")}),
        (
            MONTH_FIRST,
            DAY_FIRST,
            {("dates", "train"), ("dates_day_first", "test")} | {("dates_differ", "test")},
        ),
        (ISO, DAY_FIRST, {("dates", "train"), ("dates_day_first", "test")}),
        (MONTH_FIRST, FIRSTS, {("dates", "train"), ("dates_unclear", "test")}),
        (ISO, KOREAN, {("dates", "train"), ("dates_unread", "test")}),
    ],
)
def test_dates_that_differ_between_the_files_are_told(
    train: list[str], test: list[str], codes: set[tuple[str, str]]
) -> None:
    assert told(dated(train, test)) == codes


def test_words_for_dates_in_test_stop_the_run() -> None:
    [error] = dated(ISO, ["soon", "later"]).errors
    assert error.code == "kinds_differ" and "80 of 80 values are not dates" in error.seen
    some = dated(ISO, [*ISO[:20], "soon", "later"])
    assert not some.errors and ("kinds_differ", "test") in told(some)
    assert not dated(ISO, ["the 5th of March in 2024", "8 March anno 2024"]).errors
    assert ("kinds_differ", "test") in told(dated(ISO, ["20240305", "20240306"]))


def as_autogluon_takes_it(days: list[str | None]) -> pd.DataFrame:
    table = pd.DataFrame({"day": pd.Series(days, dtype=object), "n": range(len(days))})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        features: pd.DataFrame = AutoMLPipelineFeatureGenerator(verbosity=0).fit_transform(table)
    return features.drop(columns="n")


@pytest.mark.parametrize(
    ("days", "is_read"),
    [
        (ISO, True),
        (DAY_FIRST, True),
        (KOREAN, False),
        (ISO[:15] + ["open", "closed"] * 22, True),
        (ISO[:10] + ["open", "closed"] * 25, False),
        (ISO[:15] + [None] * 45, True),
        (KOREAN[:45] + ISO[:15], True),
    ],
)
def test_autogluon_takes_a_column_for_dates_where_the_check_says_so(
    days: list[str | None], is_read: bool
) -> None:
    features = as_autogluon_takes_it(days)
    assert ("day.month" in features) == is_read
    table = frame(len(days)).assign(day=pd.Series(days))
    check = checked(csv(table), csv(table))
    assert check.profile
    assert check.profile.train.columns["day"].is_read_as_dates == is_read


def test_autogluon_takes_what_it_cant_read_for_the_mean_of_the_others() -> None:
    features = as_autogluon_takes_it([*ISO[:30], *KOREAN[:30]])
    seconds = pd.to_datetime(pd.Series(ISO[:30])).astype("int64").mean() / 1e9
    assert features["day"][30:].nunique() == 1
    assert features["day"][40] / 1e9 == pytest.approx(seconds, abs=1)
