"""Pairs that must be rejected with the error that is named, among others perhaps."""

import gzip
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from tests.lambdas.check.made_pairs import ROWS, Case, csv, frame, joined, lines


@cache
def bad() -> tuple[Case, ...]:
    """All of them, made once: modules that are collected have them as parameters."""
    return (
        *_bad_files(),
        *_bad_headers(),
        *_bad_rows(),
        *_bad_strays(),
        *_bad_targets(),
        *_bad_columns(),
    )


def _bad(code: str, name: str, train: bytes, test: bytes | None = None, **fields: Any) -> Case:
    return Case(name, train, csv(frame(40, 1)) if test is None else test, code=code, **fields)


def _bad_files() -> Iterator[Case]:
    plain = csv(frame())
    contents = {
        ("empty_file", "nothing"): b"",
        ("empty_file", "only blanks"): b"  \n\n \n",
        ("empty_file", "only a byte order mark"): b"\xef\xbb\xbf",
        ("empty_file", "gzip of nothing"): gzip.compress(b""),
        ("web_page", "HTML"): b"<!DOCTYPE html><html><body>Sign in</body></html>",
        ("web_page", "HTML in UTF-8 with BOM"): b"\xef\xbb\xbf<html><head></head></html>",
        ("web_page", "HTML in UTF-16"): "<html><body>x</body></html>".encode("utf-16"),
        ("web_page", "XML"): b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
        ("json_file", "JSON"): b'{"columns": ["a", "label"], "data": []}',
        ("json_file", "JSON records"): b'[{"a": 1, "label": 0}]',
        ("excel_file", "Excel"): _zipped("xl/workbook.xml", plain),
        ("excel_file", "old Excel"): b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        ("binary_file", "Parquet"): _parquet(),
        ("binary_file", "PDF"): b"%PDF-1.7\n1 0 obj\n",
        ("binary_file", "a picture"): b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        ("binary_file", "random bytes"): np.random.default_rng(0)
        .bytes(5000)
        .replace(b"\x1f\x8b", b""),
        ("packed_file", "bzip2"): b"BZh91AY&SY\x94$|\x0e\x00\x00\x00\x81",
        ("packed_file", "gzip twice"): gzip.compress(gzip.compress(plain)),
        ("damaged_gzip", "gzip cut off"): gzip.compress(plain)[:-200],
        ("damaged_gzip", "gzip with a wrong byte"): _flipped(gzip.compress(plain), 400),
        ("null_character", "a null in the middle"): plain * 3 + b"1,2,a\x00,no\n",
        ("null_character", "nulls in a few fields"): plain.replace(b",yes", b"\x00,yes", 3),
        ("null_character", "a null in the header"): plain.replace(b"age", b"a\x00ge", 1),
        ("null_character", "nulls behind the rows"): plain + bytes(3000),
        ("binary_file", "nothing but nulls"): bytes(5000),
        ("binary_file", "16-bit numbers"): np.arange(-900, 900, dtype="<i2").tobytes(),
        ("unknown_text", "a broken byte in UTF-8"): _korean()[:2000] + b"\xff" + _korean()[2000:],
    }
    for (code, name), content in contents.items():
        yield _bad(code, name, content)
    yield _bad("web_page", "HTML as test", plain, b"<html></html>")
    yield _bad("empty_file", "empty test", plain, b"")


def _zipped(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def _parquet() -> bytes:
    buffer = io.BytesIO()
    frame().to_parquet(buffer)
    return buffer.getvalue()


def _flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]


def _korean() -> bytes:
    return csv(frame().replace({"Seoul": "서울", "Busan": "부산", "Incheon": "인천"}))


def _bad_headers() -> Iterator[Case]:
    table = frame()
    rows = lines(table)
    yield _bad("no_header", "no header", joined(rows[1:]))
    yield _bad("no_header", "no header, numbers only", csv(table[["age", "income"]], header=False))
    yield _bad("no_header", "no header, texts only", joined([f"{x},{y}" for x, y in _WORDS]))
    yield _bad(
        "target_missing",
        "years as names and another case",
        csv(table.assign(**{"2019": 1.5, "2020": 2.5}).rename(columns={"label": "Label"})),
    )
    yield _bad("title_above_names", "a title", b"Sales report 2024\n" + csv(table))
    yield _bad("title_above_names", "a title from a sheet", b"Sales,,,\n,,,\n" + csv(table))
    yield _bad("one_name_short", "row numbers without a name", joined([rows[0][4:], *rows[1:]]))
    spaced = joined([", ".join(f'"{field}"' for field in row.split(",")) for row in rows])
    yield _bad("blank_before_quote", "blanks before quotes", spaced)
    yield _bad("blank_before_quote", "and in the rows", joined([*rows, '1,2, "a, b",no']))
    yield _bad("duplicate_column", "a name twice", csv(table).replace(b"income", b"age"))
    yield _bad("duplicate_column", "twice but for spaces", csv(table).replace(b"income", b" age "))
    yield _bad("no_column_names", "a header of commas", b",,,\n" + joined(rows[1:]))
    yield _bad("no_rows", "a header alone", joined(rows[:1]))
    yield _bad("no_rows", "a header alone in test", csv(table), joined(rows[:1]))
    yield _bad("one_column", "one column", csv(table[["label"]]))
    yield _bad("one_column", "an unknown delimiter", csv(table, sep="~"))


_WORDS = [("red", "yes"), ("blue", "no")] * 30


def _bad_rows() -> Iterator[Case]:
    rows = lines(frame())
    long = f"1,2,{'x' * 200_000},no"
    yield _bad("ragged_rows", "a short row", joined([*rows[:50], "1,2,x", *rows[51:]]))
    yield _bad("ragged_rows", "a long row", joined([*rows[:50], rows[50] + ",9", *rows[51:]]))
    yield _bad("ragged_rows", "cut off in the last row", csv(frame())[:-9])
    yield _bad(
        "ragged_rows", "commas in an unquoted text", csv(frame()).replace(b"Seoul", b"Seoul, KR")
    )
    yield _bad("ragged_rows", "a long text and a short row", joined([*rows, long, "1,2"]))
    yield _bad("endless_row", "a row of megabytes", joined([*rows, long * 30]))
    yield _bad("ragged_rows", "a short row in test", joined(rows), joined([*rows[:9], "1,2"]))
    yield _bad("open_quote", "a quote never closed", joined([*rows[:50], '1,2,"x,no', *rows[51:]]))
    stray = [*rows[:50], '1,2,"Seoul,no', *rows[51:60], '3,4,"Busan",no', *rows[61:]]
    yield _bad("stray_quote", "a quote opened by mistake", joined(stray))
    yield _bad(
        "stray_quote", "quotes escaped by backslashes", joined([*rows, '1,2,"a \\"b\\" c",no'])
    )


def _bad_strays() -> Iterator[Case]:
    """Rows that are no data."""
    rows, header = lines(frame()), lines(frame())[0]
    added: dict[tuple[str, str], tuple[int, str]] = {
        ("repeated_header", "two files joined"): (60, header),
        ("repeated_header", "two files joined, in capitals"): (60, header.upper()),
        ("repeated_header", "two files joined, columns in another order"): (90, _REORDERED),
        ("second_header", "names in Korean below the names"): (1, "나이,소득,도시,결과"),
        ("second_header", "units below the names"): (1, "years,USD,,"),
        ("second_header", "types below the names"): (1, "int,float,str,str"),
        ("second_header", "a ruled line below the names"): (1, "---,------,----,-----"),
        ("total_row", "a total"): (121, "Total,361234.50,,"),
        ("total_row", "a total in French"): (121, "Total général,361234.50,,"),
        ("total_row", "a total in Korean"): (121, "합계,361234.50,,"),
        ("total_row", "an average"): (121, "Average,3010.28,,"),
        ("footer", "a page number"): (121, "Page -1 of 1,,,"),
        ("footer", "a source"): (121, "Source: KOSIS,,,"),
        ("footer", "who exported it"): (121, "exported by me"),
        ("footer", "how many rows there are"): (121, "(120 rows)"),
        ("comment", "a comment at the end"): (121, "# exported by me"),
        ("comment", "a comment in the middle"): (60, "# from here on in 2024"),
        ("comment", "a row that is commented out"): (60, "#70,3285.9,Seoul,yes"),
        ("comment_above_names", "a comment above the names"): (0, "# made in 2024, by me"),
        ("comment_above_names", "two comments above the names"): (0, "# a\n# b"),
    }
    for (code, name), (at, row) in added.items():
        yield _bad(code, name, joined([*rows[:at], row, *rows[at:]]))
    test = lines(frame(40, 1))
    yield _bad("total_row", "a total in test", joined(rows), joined([*test, "Sum,123456.78,,"]))


_REORDERED = "income,age,label,city"


def _bad_targets() -> Iterator[Case]:
    table = frame()
    names = {"another name": "result", "another case": "LABEL", "an underscore": "_label"}
    for name, column in names.items():
        yield _bad(
            "target_missing", f"target under {name}", csv(table.rename(columns={"label": column}))
        )
    yield _bad("target_missing", "target only in test", csv(table.drop(columns="label")))
    unlike = [f"person {i}" for i in range(ROWS)]
    stray = [*map(str, 3.5 * np.arange(ROWS - 2)), "about 5", "n/m"]
    targets: dict[tuple[str, str], Any] = {
        ("target_empty", "no label at all"): None,
        ("one_class", "one class"): "yes",
        ("one_class", "one number"): 7,
        ("one_class", "one class and missing"): ["yes", None] * (ROWS // 2),
        ("too_few_rows", "nine labels"): ["a", "b", "a"] * 3 + [None] * (ROWS - 9),
        ("class_too_small", "one row of a class"): ["a"] + ["b"] * (ROWS - 1),
        ("class_too_small", "one row of each class"): [*"abcdefghijklmno"] + [None] * (ROWS - 15),
        ("one_class", "the word NULL and another"): ["NULL", "sick"] * (ROWS // 2),
        ("unclear_labels", "a diagnosis or none"): ["None", "mild", "severe"] * (ROWS // 3),
        ("unclear_labels", "a region or none"): ["NA", "EU", "ASIA"] * (ROWS // 3),
        ("unclear_labels", "question marks"): [*["yes", "no"] * (ROWS // 2 - 4), *"?" * 8],
        ("unclear_labels", "a dot"): [*["yes", "no"] * (ROWS // 2 - 4), *"." * 8],
        ("target_identifier", "names of people"): unlike,
        ("target_identifier", "dates to predict"): pd.date_range("2024-01-01", periods=ROWS).astype(
            str
        ),
        ("target_not_plain_numbers", "two units"): [
            f"{v} {'km' if v % 2 else 'm'}" for v in range(ROWS)
        ],
        ("target_not_plain_numbers", "both decimal signs"): [
            f"{i}{',.'[i % 2]}5" for i in range(ROWS)
        ],
        ("target_numbers_and_texts", "numbers and two words"): stray,
        ("target_numbers_and_texts", "an infinite number"): ["inf", *_amounts()],
        ("target_numbers_and_texts", "a number too large"): ["-1e400", *_amounts()],
    }
    for (code, name), values in targets.items():
        yield _bad(code, name, csv(table.assign(label=values)))
    dotted = [f"{i}.{i}" if i > 99 else i for i in range(20, ROWS + 20)]
    yield _bad(
        "target_perhaps_thousands",
        "dots before three digits beside numbers without",
        csv(table.assign(income=range(ROWS), label=dotted)),
        csv(frame(40, 1).assign(income=range(40)).drop(columns="label")),
    )
    yield _bad("too_few_rows", "five rows", csv(pd.concat([table[:5]])))


def _bad_columns() -> Iterator[Case]:
    table, test = frame(), frame(40, 1)
    words = test["income"].astype(str) + " USD"
    yield _bad(
        "columns_missing_in_test",
        "a column missing in test",
        csv(table),
        csv(test.drop(columns="age")),
    )
    yield _bad(
        "columns_missing_in_test",
        "a column renamed in test",
        csv(table),
        csv(test.rename(columns={"age": "Age"})),
    )
    yield _bad(
        "kinds_differ",
        "numbers in train, texts in test",
        csv(table),
        csv(test.assign(income=words)),
    )
    yield _bad(
        "kinds_differ",
        "numbers with a unit in train, without one in test",
        csv(table.assign(income=table["income"].astype(str) + "원")),
        csv(test),
    )
    yield _bad("kinds_differ", "decimal points and commas", csv(table, sep=";"), _commas(test))
    yield _bad(
        "no_usable_column",
        "constant columns only",
        csv(table.assign(age=1, income=2, city="x")),
        csv(test.assign(age=1, income=2, city="x")),
    )
    names = [f"C-{place:04}" for place in range(ROWS)]
    only_names = table[["label"]].assign(name=names, same="x")
    yield _bad("no_usable_column", "names of the rows only", csv(only_names), csv(only_names[:40]))
    yield replace(
        _bad("target_missing", "a target that is not there", csv(table)), target="survived"
    )


def _commas(table: pd.DataFrame) -> bytes:
    """Decimal commas, but one column that has a decimal point."""
    amounts = table["income"].map(lambda v: f"{v:.2f}".replace(".", ","))
    return csv(table.assign(income=amounts, age=table["age"] + 0.5), sep=";")


def _amounts() -> list[str]:
    return [f"{place * 1.37:.2f}" for place in range(1, ROWS)]
