"""Pairs that can be trained on; they may have warnings."""

import gzip
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd

from tests.lambdas.check.made_pairs import ROWS, Case, changed, csv, frame, joined, lines, pair


@cache
def good() -> tuple[Case, ...]:
    """All of them, made once: modules that are collected have them as parameters."""
    return (
        *_good_encodings(),
        *_good_dialects(),
        *_good_rows(),
        *_good_strays(),
        *_good_targets(),
        *_good_columns(),
    )


def _good_encodings() -> Iterator[Case]:
    korean = frame().rename(columns={"city": "도시"}).replace({"Seoul": "서울", "Busan": "부산"})
    accents = frame().replace({"Seoul": "Málaga", "Busan": "Köln", "Incheon": "Orléans"})
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield _with(f"Korean in {encoding}", korean, partial(csv, encoding=encoding))
    marked = "\ufeff" + csv(korean).decode()
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        yield Case(f"a mark and {encoding}", marked.encode(encoding), csv(korean[:40]))
    yield _with("CP949", korean, lambda t: csv(t, "cp949"))
    yield _with("EUC-KR", korean, lambda t: csv(t, "euc-kr"))
    yield _with("CP949 with units alone", _with_columns("PM10(㎍/㎥)", "T(℃)"), _in_cp949)
    yield _with("CP949 with signs alone", frame().replace({"Seoul": "①", "Busan": "★"}), _in_cp949)
    yield _with("CP949 with Hanja alone", frame().replace({"yes": "有", "no": "無"}), _in_cp949)
    mixed = _with_columns("PM10(㎍/㎥)", "T(℃)").replace({"yes": "정상", "no": "이상"})
    yield Case(
        "CP949, units alone in test", _in_cp949(mixed), _in_cp949(mixed[:40].drop(columns="label"))
    )
    yield Case(
        "one file UTF-8, one CP949 with units",
        csv(mixed),
        _in_cp949(mixed[:40].assign(label="정상")),
    )
    portuguese = frame().replace({"Seoul": "informação", "Busan": "situação", "Incheon": "ações"})
    yield _with("CP1252 with pairs of accents", portuguese, partial(csv, encoding="cp1252"))
    german = _with_columns("Größe", "Einkommen")
    yield _with("CP1252 with a German name alone", german, partial(csv, encoding="cp1252"))
    yield _with("CP1252 with °C alone", _with_columns("°C", "µg"), partial(csv, encoding="cp1252"))
    yield _with("Latin-1", accents, lambda t: csv(t, "latin-1"))
    yield _with("CP1252 with typographic signs", accents, _typographic)
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


def _in_cp949(table: pd.DataFrame) -> bytes:
    return csv(table, "cp949")


def _with_columns(age: str, income: str) -> pd.DataFrame:
    return frame().rename(columns={"age": age, "income": income})


def _typographic(table: pd.DataFrame) -> bytes:
    return (
        csv(table)
        .replace("Málaga".encode(), b"\x93M\xe1laga\x94 \x80")
        .replace("Köln".encode(), b"K\xf6ln")
        .replace("Orléans".encode(), b"Orl\xe9ans")
    )


def _good_dialects() -> Iterator[Case]:
    for name, separator in {"semicolons": ";", "tabs": "\t", "vertical bars": "|"}.items():
        yield pair(name, partial(csv, sep=separator))
        yield pair(f"{name}, CRLF", partial(csv, sep=separator, lineterminator="\r\n"))
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
    yield from _good_amounts()
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
    yield changed("infinite numbers among many", lambda t: t.assign(d=_some(t, "-Infinity")))
    yield changed("numbers too large for a float", lambda t: t.assign(d=_some(t, "1e400")))
    yield changed("such a number beside a word", lambda t: t.assign(d=_some(t, "1e400", "a word")))
    yield Case(
        "infinite numbers in test alone",
        csv(frame().assign(d=_some(frame(), "5"))),
        csv(frame(40, 1).assign(d=_some(frame(40, 1), " inf ", "-9e999"))),
    )


def _good_strays() -> Iterator[Case]:
    """Rows without a value, and rows that look like none but are."""
    yield pair("hundreds of rows of commas at the end", lambda t: csv(t) + b",,,\n" * 300)
    yield pair("rows of commas in between", lambda t: csv(t).replace(b"\n", b"\n,,,\n", 9))
    yield pair("rows of blanks in quotes", lambda t: csv(t) + b'"","",," "\n , ,,\n')
    yield pair("a row of commas above the names", lambda t: b",,,\n" + csv(t))
    yield pair("lines of blanks", lambda t: csv(t).replace(b"\n", b"\n  \n\t\n", 5) + b"   ")
    yield pair("DOS's end of file on a line of its own", lambda t: csv(t) + b"\x1a")
    yield pair("DOS's end of file behind the last value", lambda t: csv(t)[:-1] + b"\x1a")
    yield pair(
        "a sector of DOS's end of file, packed", lambda t: gzip.compress(csv(t) + b"\x1a" * 99)
    )
    yield pair("rows of words for missing", lambda t: csv(t) + b"NA,NA,NA,\nNA,,,\n")
    yield changed("a person called Sum", lambda t: _named_rows(t, "Sum"))
    yield changed("a company called Total", lambda t: _named_rows(t, "Total"))
    yield changed("a category called Total", lambda t: t.replace({"Seoul": "Total"})[_CITY_FIRST])
    yield changed(
        "classes called Average and Sum", lambda t: t.replace({"yes": "Average", "no": "Sum"})
    )
    yield pair(
        "a row with a name alone", lambda t: csv(_named_rows(t, "Kim 200")) + b"Kim 201,,,,\n"
    )
    yield pair(
        "a first row with a word in it",
        lambda t: csv(t).replace(b"\n", b"\nold,high,Seoul,yes\n", 1),
    )
    yield changed("a name that begins like a comment", lambda t: t.rename(columns={"age": "#age"}))
    yield changed("values that begin like a comment", _colours)
    yield changed(
        "values that are names of columns", lambda t: t.replace({"Seoul": "age", "Busan": "city"})
    )


_CITY_FIRST = ["city", "age", "income", "label"]


def _named_rows(table: pd.DataFrame, last: str) -> pd.DataFrame:
    """Each row with a name of its own, the last one of them given."""
    names = [*(f"Kim {place}" for place in range(len(table) - 1)), last]
    # Nothing in the last row is the greatest of its column.
    return pd.concat([table[1:], table[:1]]).assign(name=names)[["name", *table.columns]]


def _colours(table: pd.DataFrame) -> pd.DataFrame:
    colours = [f"#ff00{place % 50:02}" for place in range(len(table))]
    return table.assign(colour=colours)[["colour", *table.columns]]


def _long(table: pd.DataFrame) -> list[int]:
    return [2**60 + place // 10 for place in range(len(table))]


def _some(table: pd.DataFrame, *written: str) -> list[str]:
    """Amounts, with something else now and then."""
    amounts = [str(amount) for amount in table["income"]]
    for place, text in enumerate(written):
        amounts[3 + place :: 11] = [text] * len(amounts[3 + place :: 11])
    return amounts


def _with_infinite(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(income=[np.inf, *table["income"][1:]])


def _holes(values: "pd.Series[Any]", hole: str) -> list[Any]:
    return [hole if place % 7 == 0 else value for place, value in enumerate(values)]


def _good_amounts() -> Iterator[Case]:
    """Numbers as people write them, as the column to predict and as another one."""
    written: dict[str, Callable[[float], str]] = {
        "accounting": lambda v: f"({v:,.2f})" if v < 2500 else f"{v:,.2f}",
        "German, minus behind": lambda v: f"{v:,.2f}".translate(_SWAPPED) + "-" * (v < 2500),
        "lakhs": lambda v: _in_lakhs(round(v * 1000)),
        "ten thousands of won": lambda v: f"{v:,.0f}만원",
        "a full-width won sign": lambda v: f"￦{v:,.0f}",
        "days": lambda v: f"{v:.0f} days",
        "full-width digits": lambda v: f"{v:.0f}".translate(_FULL_WIDTH),
        "percent": lambda v: f"{v / 100:.1f}%",
        "dollars": lambda v: f"${v:,.2f}",
        "apostrophes": lambda v: f"{v:,.2f}".replace(",", "'"),
        "decimal commas in quotes": lambda v: f"{v:.1f}".replace(".", ","),
    }
    for name, write in written.items():
        for column, place in {"label": "to predict", "amount": "to predict from"}.items():
            yield changed(f"{name} {place}", partial(_with_amounts, column=column, write=write))


def _with_amounts(table: pd.DataFrame, column: str, write: Callable[[float], str]) -> pd.DataFrame:
    return table.assign(**{column: table["income"].map(write)})


_SWAPPED = str.maketrans(",.", ".,")
_FULL_WIDTH = {ord("0") + digit: ord("０") + digit for digit in range(10)}


def _in_lakhs(number: int) -> str:
    head, tail = divmod(number, 1000)
    groups = [f"{tail:03}"]
    while head > 99:
        head, group = divmod(head, 100)
        groups.insert(0, f"{group:02}")
    return ",".join([str(head), *groups])


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
    yield Case(
        "a target with spaces", csv(_named("my label")), csv(_named("my label")[:40]), "my label"
    )


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
