"""Rows that are no data but would be learned from: they are told with their line, and no row of
data is taken for one."""

import gzip
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.check.findings.finding import Finding
from lambdas.check.reading import row_blocks, sampled_blocks
from lambdas.check.reading import source as source_module
from tests.lambdas.check.made_pairs import csv, frame, joined, lines
from tests.lambdas.check.reading import checked, codes

TABLE, TEST = frame(), csv(frame(40, 1))
ROWS = lines(TABLE)
NAMES = ["Kim", "Lee", "Park", "Choi"]
NAMED = TABLE.assign(name=[f"{NAMES[place % 4]} {place}" for place in range(len(TABLE))])[
    ["name", "age", "income", "city", "label"]
]
STRAY = {"repeated_header", "second_header", "total_row", "footer", "comment", "ragged_rows"}


def with_rows(added: Sequence[str], at: int | None = None, table: pd.DataFrame = TABLE) -> bytes:
    rows = lines(table)
    at = len(rows) if at is None else at
    return joined([*rows[:at], *added, *rows[at:]])


def errors(train: bytes, test: bytes = TEST) -> list[Finding]:
    return checked(train, test).errors


def test_a_header_in_the_middle_is_told_with_its_line() -> None:
    for at in (1, 60, len(ROWS)):
        [error] = errors(with_rows(ROWS[:1], at))
        assert error.line == at + 1
        assert error.code == ("second_header" if at == 1 else "repeated_header")


def test_all_of_them_are_counted() -> None:
    rows = [*ROWS, *ROWS, *ROWS]
    [error] = errors(joined(rows))
    assert (error.code, error.line) == ("repeated_header", len(ROWS) + 1)
    assert "and in 1 more line" in error.seen
    [error] = errors(joined(ROWS), joined([*lines(frame(40, 1)), ROWS[0]]))
    assert (error.code, error.file, error.line) == ("repeated_header", "a_test.csv", 42)


@pytest.mark.parametrize(
    "header", ["AGE,INCOME,CITY,LABEL", '"age"," income",city ,label', "income,age,label,city"]
)
def test_a_header_is_one_in_any_case_and_order(header: str) -> None:
    [error] = errors(with_rows([header], 60))
    assert (error.code, error.line) == ("repeated_header", 61)


def test_a_header_is_found_in_every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_blocks, "_FIRST_BLOCK_BYTES", 1_000)
    monkeypatch.setattr(source_module, "block_bytes_for", lambda *_: 1_000)
    monkeypatch.setattr(source_module, "_CHUNK_BYTES", 250)
    table = frame(300)
    for at in (2, 37, 111, 299):
        [error] = errors(with_rows(ROWS[:1], at, table))
        assert (error.code, error.line) == ("repeated_header", at + 1)
    packed = gzip.compress(with_rows(ROWS[:1], 222, table))
    assert errors(packed)[0].line == 223


def test_a_value_that_is_a_name_does_not_make_a_header() -> None:
    table = TABLE.assign(kind=["age", "income", "city", "label"] * 30)
    assert not errors(csv(table), csv(table[:40]))
    texts = table[["kind", "city", "label"]].assign(city=["kind", "city"] * 60)
    assert not errors(csv(texts), csv(texts[:40]))


def test_names_that_are_numbers_are_a_header_only_all_together() -> None:
    table = frame()[["age", "income", "label"]].set_axis(["1", "2", "label"], axis=1)
    assert not errors(csv(table), csv(table[:40]))
    assert errors(with_rows(["1,2,label"], 60, table), csv(table[:40]))[0].line == 61


@pytest.mark.parametrize(
    "row",
    [
        "나이,소득,도시,결과",
        "Alter,Einkommen,Stadt,Ergebnis",
        "age_of_person,income_in_usd,city_name,has_paid",
        "years,USD,,",
        "years,USD,-,-",
        "세,만원,,",
        ",USD,,",
        "(years),[USD],,",
        "int,float,str,str",
        "continuous,continuous,discrete,class",
        "---,------,----,-----",
        "===,===,===,===",
        "year,㎍/㎥,도시,",
    ],
)
def test_a_second_header_is_told_with_its_line(row: str) -> None:
    [error] = errors(with_rows([row], 1))
    assert (error.code, error.line) == ("second_header", 2)
    [error] = errors(joined(ROWS), with_rows(["", ",,,", row], 1, frame(40, 1)))
    assert (error.code, error.file, error.line) == ("second_header", "a_test.csv", 4)


def test_lines_above_it_may_have_line_breaks() -> None:
    rows = ['\n"age\n(years)",income,city,label', "years,USD,,", *ROWS[1:]]
    [error] = errors(joined(rows))
    assert (error.code, error.line) == ("second_header", 4)


@pytest.mark.parametrize(
    "row",
    [
        "세,원,Seoul,yes",
        "old,high,Jeju,yes",
        "?,?,Jeju,maybe",
        "NA,NA,NA,NA",
        "unknown,unknown,Jeju,maybe",
        "70,USD,Jeju,maybe",
        "70,3000,도시,결과",
        ",,도시,결과",
        "12.5%,3000,Jeju,maybe",
    ],
)
def test_an_odd_first_row_is_no_second_header(row: str) -> None:
    assert not {error.code for error in errors(with_rows([row], 1))} & STRAY


def test_a_first_row_of_texts_among_texts_is_no_second_header() -> None:
    table = pd.DataFrame({"name": [f"n{i}" for i in range(60)], "city": ["A", "B"] * 30})
    table["label"] = ["x", "y", "y"] * 20
    assert not errors(with_rows(["new,Jeju,z", "old,Jeju,z"], 1, table), csv(table[:20]))
    amounts = TABLE.assign(income=[f"{value:,.0f}원" for value in TABLE["income"]])
    assert not errors(with_rows(['33,"2,500원",Seoul,yes'], 1, amounts), csv(amounts[:40]))


TOTALS = [
    "Total,361234.50,,",
    "Sum,,,",
    "Grand total,361234.50,,",
    "Grand Total: 120,,,",
    "Subtotal,,,",
    "Average,3010.28,,",
    "Summe,361234.50,,",
    "Gesamt,361234.50,,",
    "Total général,361234.50,,",
    "합계,361234.5,,",
    "총계: 120,,,",
    "소계,,,",
    "계,361234.5,,",
    "합 계,361234.5,,",
    "평균,3010.28,,",
    "2024년 합계,361234.5,,",
    "*** TOTAL ***,,,",
    "Total (n = 120),,,",
    "Total,361234.50",
]
FOOTERS = [
    "Page -1 of 1,,,",
    "Page 1/3,,,",
    "Source: Statistics Korea,,,",
    '"Source: KOSIS, 2024",,,',
    "출처: 통계청,,,",
    "※ 잠정치,,,",
    "exported by me,,,",
    "exported by me",
    "(200 rows),,,",
    "(200 rows)",
    "(120 rows affected)",
    "200 rows affected",
    "End of report,,,",
    "End of report",
    "-- end --",
    "Generated on 2024-01-01 12:00,,,",
    "Thank you for your interest,,,",
    "Applied filters:,,,",
    "Rows: 120",
    "총 120건",
]


@pytest.mark.parametrize("row", TOTALS)
def test_a_total_at_the_end_is_told_with_its_line(row: str) -> None:
    [error] = errors(with_rows([row]))
    assert (error.code, error.line) == ("total_row", 122)
    [error] = errors(joined(ROWS), with_rows(["", row, ",,,"], table=frame(40, 1)))
    assert (error.code, error.file, error.line) == ("total_row", "a_test.csv", 43)


@pytest.mark.parametrize("row", FOOTERS)
def test_a_remark_below_the_table_is_told_with_its_line(row: str) -> None:
    [error] = errors(with_rows([row]))
    assert (error.code, error.line) == ("footer", 122)


def test_several_of_them_are_told_together() -> None:
    found = errors(with_rows(["Total,361234.50,,", ",,,", "Source: X", "Note: y,,,", "(120 rows)"]))
    assert [(f.code, f.line) for f in found] == [("total_row", 122), ("footer", 124)]
    assert "so are 2 more" in found[1].seen
    found = errors(with_rows(["1,2", "Source: X"]))
    assert {f.code for f in found} == {"footer", "ragged_rows"}


def _sums(word: str) -> str:
    return f"{word},{NAMED['age'].sum()},{NAMED['income'].sum():.2f},,"


@pytest.mark.parametrize(
    "row",
    [
        _sums("Total"),
        _sums("합계"),
        _sums("Sum"),
        f"Mean,{NAMED['age'].mean():.2f},{NAMED['income'].mean():.2f},,",
        f"Average,{NAMED['age'].mean():.0f},{NAMED['income'].mean():.0f},,",
        "Grand Total,,,,",
        f",{NAMED['age'].sum()},,,",
        f"Grand Total,{NAMED['age'].sum()},{NAMED['income'].sum()},Seoul,yes",
    ],
)
def test_a_total_below_names_is_told_by_what_stands_beside_the_word(row: str) -> None:
    [error] = errors(with_rows([row], table=NAMED), csv(NAMED[:40]))
    assert (error.code, error.line) == ("total_row", 122)


@pytest.mark.parametrize(
    "row",
    [
        "Kim 200,,,,",
        "Sum,,,,",
        "Sum,34,3000,Seoul,yes",
        "Sum,34,,Seoul,yes",
        "계,34,3000,Seoul,yes",
        "Total,53,3000,Seoul,yes",
        "Total Kim,40,3000,Seoul,no",
        "Note Taker,40,3000,Seoul,yes",
        "Page,40,3000,Seoul,yes",
        "# Kim,40,3000,Seoul,no",
        "Lee 3,99,9000,,",
        ",40,,,",
    ],
)
def test_a_person_is_no_total(row: str) -> None:
    assert not {e.code for e in errors(with_rows([row], table=NAMED), csv(NAMED[:40]))} & STRAY


def test_a_row_in_which_only_an_identifier_stands_is_one_like_others() -> None:
    numbered = TABLE.assign(id=range(1000, 1120))[["id", "age", "income", "city", "label"]]
    for row in ("1120,,,,", "A1120,,,,", "1120,33,,,"):
        assert not errors(with_rows([row], table=numbered), csv(numbered[:40]))


def test_a_class_or_category_called_total_is_no_total() -> None:
    kinds = TABLE.assign(kind=np.where(TABLE.index % 3 == 0, "Total", "Part"))
    kinds = kinds[["kind", "age", "income", "label"]]
    sorted_kinds = kinds.sort_values("kind")
    few_at_the_end = pd.concat(
        [kinds[kinds["kind"] == "Part"], kinds[kinds["kind"] == "Total"][:3]]
    )
    for table in (kinds, sorted_kinds, few_at_the_end):
        assert not errors(csv(table), csv(kinds[:40]))
    classes = TABLE.assign(label=np.where(TABLE.index % 3 == 0, "Average", "Sum"))
    assert not errors(csv(classes), csv(classes[:40]))


@pytest.mark.parametrize("write", [bytes, gzip.compress])
def test_a_total_is_found_in_large_files(write: Callable[[bytes], bytes]) -> None:
    table = frame(30_000)
    assert errors(write(with_rows(["Total,9e9,,"], table=table)))[0].line == 30_002
    named = table.assign(name=[f"p{place}" for place in range(30_000)])
    named = named[["name", "age", "income", "city", "label"]]
    assert errors(write(with_rows(["Total,1500000,9e7,,"], table=named)))[0].line == 30_002
    assert not errors(write(with_rows(["Sum,50,3000,Seoul,no"], table=named)), csv(named[:40]))


@pytest.mark.parametrize("row", ["Total,9e9,,", "Page 1 of 1,,,", "exported by me", "# made today"])
def test_the_end_of_a_file_too_large_to_be_read_whole_is_looked_at(
    row: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "EXACT_UP_TO_BYTES", 500_000)
    monkeypatch.setattr(sampled_blocks, "RANGES", 8)
    monkeypatch.setattr(sampled_blocks, "RANGE_BYTES", 20_000)
    [error] = errors(with_rows([row], table=frame(40_000)))
    assert error.code in {"total_row", "footer", "comment"} and error.line is None


@pytest.mark.parametrize(
    "above",
    ["# exported 2024", "# a, b, c", "# age, income", "# label: yes or no", "#1\n#2\n\n# 3; 4; 5"],
)
def test_a_comment_above_the_names_is_told(above: str) -> None:
    [error] = errors(above.encode() + b"\n" + joined(ROWS))
    assert (error.code, error.line) == ("comment_above_names", 1)


@pytest.mark.parametrize(
    "row", ["# a pause", "# a pause,,,", "#70,3285.9,Seoul,yes", "# a, b, c, d"]
)
def test_a_comment_among_the_rows_is_told_with_its_line(row: str) -> None:
    for at in (1, 60, len(ROWS)):
        [error] = errors(with_rows([row], at))
        assert (error.code, error.line) == ("comment", at + 1)


@pytest.mark.parametrize("first", ["#age", "# age", "#", "#1"])
def test_a_header_may_begin_like_a_comment(first: str) -> None:
    files = [text.replace(b"age", first.encode(), 1) for text in (joined(ROWS), TEST)]
    assert not errors(files[0], files[1])


def test_values_may_begin_like_a_comment() -> None:
    colours = TABLE.assign(colour=[f"#ff00{place % 50:02}" for place in range(len(TABLE))])
    colours = colours[["colour", "age", "label"]]
    assert not errors(csv(colours), csv(colours[:40]))
    assert not errors(csv(colours) + b"#ff0001,,\n", csv(colours[:40]))
    assert errors(csv(colours) + b"#ff0001,\n", csv(colours[:40]))[0].code == "ragged_rows"
    for failed in ("#N/A", "#REF!", "#DIV/0!", "#####"):
        row = f"{failed},3000,Seoul,yes"
        assert not {error.code for error in errors(with_rows([row], 30))} & STRAY


rows_of_words = st.lists(
    st.tuples(*[st.sampled_from(["a", "b", "age", "Total", "7", "x y", ""])] * 3),
    min_size=12,
    max_size=40,
)


@settings(deadline=None, max_examples=100)
@given(rows_of_words)
def test_a_row_is_a_header_if_and_only_if_it_has_all_the_names(
    rows: list[tuple[str, ...]],
) -> None:
    header = ("a", "b", "age")
    text = joined([",".join(row) for row in (header, ("x", "y", "z"), *rows)])
    check = checked(text, text, target="a")
    wanted = [place for place, row in enumerate(rows, 3) if sorted(row) == sorted(header)]
    found = [
        f.line for f in check.errors if f.code == "repeated_header" and f.file == "a_train.csv"
    ]
    assert found == wanted[:1]


def test_a_plain_pair_has_none() -> None:
    for seed in range(20):
        table = frame(150, seed)
        check = checked(csv(table[:110]), csv(table[110:]))
        assert not codes(check) & {*STRAY, "blank_rows", "end_mark"}
