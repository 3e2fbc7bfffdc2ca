"""The columns of both files, side by side."""

from dataclasses import dataclass
from typing import Any

from training.job.language import spoken
from training.report.wording import number, percent, shown

MOST_COLUMNS = 100


@dataclass(frozen=True)
class ColumnPair:
    """One column in both files, as it is shown; ``difference`` says how they differ."""

    name: str
    holds: str
    missing: tuple[str, str]
    distinct: tuple[str, str]
    span: tuple[str, str]
    difference: str


@dataclass(frozen=True)
class DataProfile:
    """Both files: ``columns`` begins with those that differ, and ``more`` are not shown."""

    rows: tuple[int, int]
    columns: list[ColumnPair]
    more: int
    shifted: int


def data_profile(check: dict[str, Any]) -> DataProfile:
    """The check's profile of both files, column by column."""
    tested = {column["name"]: column for column in check["test"]["columns"]}
    pairs = [
        _pair(column, tested.get(column["name"]), _shift(check, column["name"]))
        for column in check["train"]["columns"]
    ]
    pairs.sort(key=lambda pair: not pair.difference)
    return DataProfile(
        (check["train"]["estimated_rows"], check["test"]["estimated_rows"]),
        pairs[:MOST_COLUMNS],
        len(pairs) - len(pairs[:MOST_COLUMNS]),
        sum(finding["code"] == "shift" for finding in check["findings"]),
    )


def _shift(check: dict[str, Any], column: str) -> str:
    found = [f for f in check["findings"] if f["code"] == "shift" and f["column"] == column]
    return str(found[0]["seen"]) if found else ""


def _pair(train: dict[str, Any], test: dict[str, Any] | None, shift: str) -> ColumnPair:
    both = (train, test)
    outside = _outside(train, test) if test else spoken("Not in the test file.")
    return ColumnPair(
        shown(train["name"]),
        _content(train),
        _texts(percent(c["missing_share"]) if c else "–" for c in both),
        _texts(f"{c['distinct']:,}" if c else "–" for c in both),
        _texts(_span(c) if c else "–" for c in both),
        shift or outside,
    )


def _texts(pair: Any) -> tuple[str, str]:
    first, second = pair
    return first, second


def _content(column: dict[str, Any]) -> str:
    if column["kind"] == "number":
        return spoken("numbers")
    if column["kind"] == "empty":
        return spoken("nothing")
    if column["is_date"]:
        return spoken("dates")
    return spoken("free text") if column["is_free_text"] else spoken("categories")


def _span(column: dict[str, Any]) -> str:
    if column["minimum"] is None or column["kind"] != "number":
        return ""
    low, high = number(column["minimum"]), number(column["maximum"])
    return spoken("{low} to {high}", low=low, high=high)


def _outside(train: dict[str, Any], test: dict[str, Any]) -> str:
    """Whether the test file has numbers far outside the range of the train file."""
    if train["kind"] != "number" or test["kind"] != "number":
        return ""
    reach = 0.5 * (train["maximum"] - train["minimum"])
    if test["maximum"] > train["maximum"] + reach or test["minimum"] < train["minimum"] - reach:
        return spoken("Some values are far outside the train file's range.")
    return ""
