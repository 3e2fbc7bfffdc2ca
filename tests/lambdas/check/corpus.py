"""Pairs of files as people upload them: those that are good, and those that are not.

Each is made by code. A good pair may have warnings but no error; a bad one has the error that is
named, among others perhaps.
"""

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

ROWS = 120


@dataclass(frozen=True)
class Case:
    """A pair, the column to predict, and the error that it must be rejected with, if any."""

    name: str
    train: bytes
    test: bytes
    target: str = "label"
    code: str | None = None


def frame(rows: int = ROWS, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    age = random.integers(18, 90, rows)
    income = (random.normal(3000, 800, rows)).round(2)
    return pd.DataFrame(
        {
            "age": age,
            "income": income,
            "city": random.choice(["Seoul", "Busan", "Incheon"], rows),
            "label": np.where(age + random.normal(0, 20, rows) > 50, "yes", "no"),
        }
    )


def csv(table: pd.DataFrame, encoding: str = "utf-8", **options: Any) -> bytes:
    return table.to_csv(index=options.pop("index", False), **options).encode(encoding)


def pair(name: str, write: Callable[[pd.DataFrame], bytes], **fields: Any) -> Case:
    return Case(name, write(frame()), write(frame(40, seed=1)), **fields)


def changed(name: str, change: Callable[[pd.DataFrame], pd.DataFrame], **fields: Any) -> Case:
    return pair(name, lambda table: csv(change(table)), **fields)


def lines(table: pd.DataFrame) -> list[str]:
    return csv(table).decode().splitlines()


def joined(rows: list[str], end: str = "\n") -> bytes:
    return (end.join(rows) + end).encode()


def good() -> Iterator[Case]:
    yield from _good_encodings()
    yield from _good_dialects()
    yield from _good_rows()
    yield from _good_targets()
    yield from _good_columns()


def _good_encodings() -> Iterator[Case]:
    korean = frame().rename(columns={"city": "도시"}).replace({"Seoul": "서울", "Busan": "부산"})
    accents = frame().replace({"Seoul": "Málaga", "Busan": "Köln", "Incheon": "Orléans"})
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield _with(f"Korean in {encoding}", korean, lambda t, e=encoding: csv(t, e))
    yield _with("CP949", korean, lambda t: csv(t, "cp949"))
    yield _with("EUC-KR", korean, lambda t: csv(t, "euc-kr"))
    yield _with("Latin-1", accents, lambda t: csv(t, "latin-1"))
    yield _with("CP1252 with typographic signs", accents, lambda t: _typographic(t))
    yield _with("accents in UTF-8", accents, csv)
    late = pd.concat([frame(30_000), accents])
    yield Case("Latin-1 behind a megabyte of ASCII", csv(late, "latin-1"), csv(frame(40)))
    late_korean = pd.concat([frame(30_000).rename(columns={"city": "c"}), frame(30_000, 2)])
    late_korean["city"] = ["Seoul"] * 45_000 + ["서울시 강남구"] * 15_000
    test = late_korean[-40:]
    yield Case("CP949 behind a megabyte", csv(late_korean, "cp949"), csv(test, "cp949"))
    yield Case("one file UTF-16, one CP949", csv(korean, "utf-16"), csv(korean[:40], "cp949"))
    yield _with("emoji", frame().replace({"Seoul": "🙂"}), csv)


def _with(name: str, table: pd.DataFrame, write: Callable[[pd.DataFrame], bytes]) -> Case:
    return Case(name, write(table), write(table[:40]))


def _typographic(table: pd.DataFrame) -> bytes:
    return (
        csv(table)
        .replace("Málaga".encode(), b"\x93M\xe1laga\x94 \x80")
        .replace("Köln".encode(), b"K\xf6ln")
        .replace("Orléans".encode(), b"Orl\xe9ans")
    )


def _good_dialects() -> Iterator[Case]:
    for name, separator in {"semicolons": ";", "tabs": "\t", "vertical bars": "|"}.items():
        yield pair(name, lambda t, s=separator: csv(t, sep=s))
        yield pair(f"{name}, CRLF", lambda t, s=separator: csv(t, sep=s, lineterminator="\r\n"))
    yield pair("decimal commas", lambda t: csv(t, sep=";", decimal=","))
    yield pair("decimal commas beside days and months", _days_and_months)
    yield pair("decimal commas, three decimals each", _three_decimals)
    yield Case(
        "decimal commas that only train can tell", _tenths(frame(), 1), _tenths(frame(40), 3)
    )
    yield Case("decimal commas that only test can tell", _tenths(frame(), 3), _tenths(frame(40), 1))
    yield pair("commas in the names, semicolons between them", _with_units)
    yield pair("decimal commas and tabs", lambda t: csv(t, sep="\t", decimal=","))
    yield pair("CRLF", lambda t: csv(t, lineterminator="\r\n"))
    yield pair("old Macintosh line ends", lambda t: csv(t, lineterminator="\r"))
    yield pair("gzip", lambda t: gzip.compress(csv(t)))
    yield pair(
        "gzip in two members", lambda t: gzip.compress(csv(t)[:500]) + gzip.compress(csv(t)[500:])
    )
    yield pair("gzip of UTF-16", lambda t: gzip.compress(csv(t, "utf-16")))
    yield pair("everything quoted", lambda t: csv(t, quoting=1))
    yield pair("texts quoted", lambda t: csv(t, quoting=2))
    yield pair("a delimiter at the end of each line", lambda t: joined([f"{r}," for r in lines(t)]))
    yield pair("a delimiter at the end of the rows alone", _trailing_in_rows)
    yield pair("no line end at the end", lambda t: csv(t).rstrip(b"\n"))
    yield pair("blank lines", lambda t: b"\n\n" + csv(t).replace(b"\n", b"\n\n", 20) + b"\n\n")
    yield pair("hundreds of blank lines on top", lambda t: b"\n" * 300 + csv(t))
    yield pair("Excel's sep= line", lambda t: b"sep=;\n" + csv(t, sep=";"))
    yield Case("train with semicolons, test with commas", csv(frame(), sep=";"), csv(frame(40, 1)))
    yield Case("train packed, test not", gzip.compress(csv(frame())), csv(frame(40, 1)))


def _days_and_months(table: pd.DataFrame) -> bytes:
    days = [f"{place % 28 + 1:02}.{place % 12 + 1:02}" for place in range(len(table))]
    return csv(table.assign(day=days), sep=";", decimal=",")


def _three_decimals(table: pd.DataFrame) -> bytes:
    return csv(
        table.assign(income=table["income"] / 4000), sep=";", decimal=",", float_format="%.3f"
    )


def _tenths(table: pd.DataFrame, decimals: int) -> bytes:
    amounts = table["income"] / 1000 + 1
    return csv(table.assign(income=amounts), sep=";", decimal=",", float_format=f"%.{decimals}f")


def _with_units(table: pd.DataFrame) -> bytes:
    return csv(table, sep=";", decimal=",").replace(b"age;income", b"age, years;income, EUR")


def _trailing_in_rows(table: pd.DataFrame) -> bytes:
    header, *rows = lines(table)
    return joined([header, *(f"{row}," for row in rows)])


def _good_rows() -> Iterator[Case]:
    def city(value: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
        return lambda t: t.replace({"Seoul": value})

    yield changed("line breaks inside quotes", city("Seoul\nKorea"))
    yield changed("CRLF inside quotes", city("Seoul\r\nKorea"))
    yield changed("doubled quotes", city('the "old" town'))
    yield changed("quotes, delimiters and line breaks", city('a "b", c\n"d", e'))
    yield pair("inches in an unquoted field", lambda t: csv(t).replace(b"Seoul", b"6'2\""))
    yield changed(
        "missing values", lambda t: t.mask(np.random.default_rng(3).random(t.shape) < 0.1)
    )
    yield pair(
        "many blanks for missing numbers",
        lambda t: csv(t.assign(income=_holes(t["income"], " " * 6))),
    )
    yield pair("a control character", lambda t: csv(t[:20]).replace(b"Seoul", b"\x07Seoul", 1))
    yield changed("NA and null", lambda t: t.astype(object).where(t["age"] > 30, "NA"))
    yield pair(
        "blanks for missing numbers", lambda t: csv(t.assign(income=_holes(t["income"], " ")))
    )
    yield changed("numbers with a sign", lambda t: t.assign(d=[f"{v:+}" for v in t["age"] - 50]))
    yield changed("numbers with exponents", lambda t: t.assign(d=[f"{v:e}" for v in t["income"]]))
    yield changed("huge numbers", lambda t: t.assign(d=t["income"] * 1e300))
    yield changed("numbers of 19 digits", lambda t: t.assign(d=2**62 + t["age"]))
    yield changed("long numbers that floats can't tell apart", lambda t: t.assign(d=_long(t)))
    mixed = frame().assign(d=["A1", *_long(frame())[1:]])
    names = frame(60, 1).assign(d=_long(frame(60)))
    yield Case("long numbers that are names in train", csv(mixed), csv(names))
    yield Case("an infinite number in test", csv(frame()), csv(_with_infinite(frame(40, 1))))
    yield changed("infinite numbers", lambda t: t.assign(d=np.where(t["age"] > 40, np.inf, 1.5)))


def _long(table: pd.DataFrame) -> list[int]:
    return [2**60 + place // 10 for place in range(len(table))]


def _with_infinite(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(income=[np.inf, *table["income"][1:]])


def _holes(values: "pd.Series[Any]", hole: str) -> list[Any]:
    return [hole if place % 7 == 0 else value for place, value in enumerate(values)]


def _good_targets() -> Iterator[Case]:
    yield changed("0 and 1", lambda t: t.assign(label=(t["label"] == "yes").astype(int)))
    yield changed("true and false", lambda t: t.assign(label=t["label"] == "yes"))
    yield changed("three classes", lambda t: t.assign(label=t["city"].str[:2]))
    yield changed("long numbers as classes", lambda t: t.assign(label=2**60 + t["age"] % 2))
    yield changed("a number", lambda t: t.assign(label=t["income"] * 1.5))
    yield changed("a whole number", lambda t: t.assign(label=(t["income"] * 7).astype(int)))
    yield pair("a number with decimal commas", _decimal_target)
    yield changed(
        "half of the labels missing", lambda t: t.assign(label=t["label"].where(t.index % 2 == 0))
    )
    yield Case("no target in test", csv(frame()), csv(frame(40, 1).drop(columns="label")))
    yield Case("empty target in test", csv(frame()), csv(frame(40, 1).assign(label="")))
    yield Case("one row in test", csv(frame()), csv(frame(1, 1)))
    yield Case("a new class in test", csv(frame()), csv(frame(40, 1).replace({"no": "maybe"})))
    rare = frame().assign(label=["rare"] * 3 + ["usual"] * (ROWS - 3))
    yield Case("a rare class", csv(rare), csv(rare[:40]))
    yield Case("target 1, named like a number", csv(_named("1")), csv(_named("1")[:40]), target="1")
    yield Case("a target with spaces", csv(_named("my label")), csv(_named("my label")), "my label")


def _decimal_target(table: pd.DataFrame) -> bytes:
    return csv(table.assign(label=table["income"] / 3), sep=";", decimal=",")


def _named(target: str) -> pd.DataFrame:
    return frame().rename(columns={"label": target})


def _good_columns() -> Iterator[Case]:
    yield pair("spaces around names", lambda t: csv(t).replace(b"age,income", b" age , income "))
    yield pair("an index without a name", lambda t: csv(t, index=True))
    yield changed("years as names", lambda t: t.assign(**{"2019": t["age"], "2020": t["age"] + 1}))
    years = [str(year) for year in range(2015, 2021)]
    wide = frame().assign(**{year: frame()["age"] + int(year) % 7 for year in years})
    no_target = wide[:40].drop(columns=["label", "income"])
    yield Case(
        "years as names, no target in test", csv(wide.drop(columns="income")), csv(no_target)
    )
    numbered = frame()[["age", "income", "label"]].set_axis(["1", "2", "label"], axis=1)
    yield Case("numbers as names", csv(numbered), csv(numbered[:40].drop(columns="label")))
    yield changed("constant and empty columns", lambda t: t.assign(same="x", none=None))
    yield changed("a name like a tag", lambda t: t.rename(columns={"age": "<error>"}))
    yield changed("a name like a Parquet file's mark", lambda t: t.rename(columns={"age": "PAR1"}))
    yield changed("dates", lambda t: t.assign(day=pd.date_range("2024-01-01", periods=len(t))))
    yield changed(
        "free text",
        lambda t: t.assign(note=[f"a longer note number {i} about it" for i in range(len(t))]),
    )
    yield changed("an identifier", lambda t: t.assign(id=[f"C-{i:05d}" for i in range(len(t))]))
    yield Case("extra columns in test", csv(frame()), csv(frame(40, 1).assign(extra=1)))
    yield Case(
        "other order in test", csv(frame()), csv(frame(40, 1)[["label", "city", "income", "age"]])
    )
    yield Case("unseen categories", csv(frame()), csv(frame(40, 1).replace({"Seoul": "Jeju"})))
    yield changed(
        "200 columns",
        lambda t: pd.concat([t, *(t["age"].rename(f"x{i}") + i for i in range(200))], axis=1),
    )
    yield Case(
        "some bad values in test",
        csv(frame()),
        csv(frame(40, 1).astype(object).replace({"age": {frame(40, 1)["age"][0]: "?"}})),
    )


def bad() -> Iterator[Case]:
    yield from (*_bad_files(), *_bad_headers(), *_bad_rows(), *_bad_targets(), *_bad_columns())


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
        ("null_character", "a null in the middle"): plain[:3000] + b"\x00" + plain[3000:]
        if len(plain) > 5000
        else plain * 3 + b"1,2,a\x00,no\n",
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
    yield _bad("ragged_rows", "a comment at the end", csv(frame()) + b"exported by me\n")
    yield _bad("ragged_rows", "a long text and a short row", joined([*rows, long, "1,2"]))
    yield _bad("endless_row", "a row of megabytes", joined([*rows, long * 30]))
    yield _bad("ragged_rows", "a short row in test", joined(rows), joined([*rows[:9], "1,2"]))
    yield _bad("open_quote", "a quote never closed", joined([*rows[:50], '1,2,"x,no', *rows[51:]]))
    stray = [*rows[:50], '1,2,"Seoul,no', *rows[51:60], '3,4,"Busan",no', *rows[61:]]
    yield _bad("stray_quote", "a quote opened by mistake", joined(stray))
    yield _bad(
        "stray_quote", "quotes escaped by backslashes", joined([*rows, '1,2,"a \\"b\\" c",no'])
    )


def _bad_targets() -> Iterator[Case]:
    table = frame()
    names = {"another name": "result", "another case": "LABEL", "an underscore": "_label"}
    for name, column in names.items():
        yield _bad(
            "target_missing", f"target under {name}", csv(table.rename(columns={"label": column}))
        )
    yield _bad("target_missing", "target only in test", csv(table.drop(columns="label")))
    unlike = [f"person {i}" for i in range(ROWS)]
    grouped = [f"{1000 + 7 * i:,}" for i in range(ROWS)]
    stray = [*map(str, 3.5 * np.arange(ROWS - 2)), "unknown", "n. a."]
    targets: dict[tuple[str, str], Any] = {
        ("target_empty", "no label at all"): None,
        ("one_class", "one class"): "yes",
        ("one_class", "one number"): 7,
        ("one_class", "one class and missing"): ["yes", None] * (ROWS // 2),
        ("too_few_rows", "nine labels"): ["a", "b", "a"] * 3 + [None] * (ROWS - 9),
        ("class_too_small", "one row of a class"): ["a"] + ["b"] * (ROWS - 1),
        ("class_too_small", "one row of each class"): [*"abcdefghijklmno"] + [None] * (ROWS - 15),
        ("one_class", "the word None and another"): ["None", "sick"] * (ROWS // 2),
        ("target_identifier", "names of people"): unlike,
        ("target_identifier", "dates to predict"): pd.date_range("2024-01-01", periods=ROWS).astype(
            str
        ),
        ("target_not_plain_numbers", "thousands separators"): grouped,
        ("target_not_plain_numbers", "decimal commas between commas"): [
            f"{i},5" for i in range(ROWS)
        ],
        ("target_numbers_and_texts", "numbers and two words"): stray,
    }
    for (code, name), values in targets.items():
        yield _bad(code, name, csv(table.assign(label=values)))
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
