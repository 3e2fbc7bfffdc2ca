"""The column names in the first row, or why there are none."""

import re
from collections import Counter
from collections.abc import Collection
from itertools import islice, pairwise

from lambdas.check.reading.blank_rows import has_value
from lambdas.check.reading.nearest_name import nearest_name
from lambdas.check.reading.plain_name import plain_name
from lambdas.check.reading.unreadable import Unreadable

# What the check (in a function of 2 GB), the training and the report can bear: measured in
# docs/architecture.md, "How the files are checked and read".
MOST_COLUMNS = 10_000
_LONGEST_NAME = 1_000
_NUMBER = re.compile(r"\s*[-+]?(\d+[.,]?\d*|[.,]\d+)([eE][-+]?\d+)?\s*")


def header_place(rows: list[list[str]]) -> int:
    """Which of the first rows is the header: the first one that is neither blank nor Excel's line
    that names the delimiter."""
    filled = [*islice((place for place, row in enumerate(rows) if has_value(row)), 2)]
    filled = filled or [*islice((place for place, row in enumerate(rows) if row), 2)]
    is_hint = re.fullmatch(r"sep=.?", ",".join(rows[filled[0]]), re.IGNORECASE) is not None
    return filled[1] if is_hint and len(filled) > 1 else filled[0]


def plain_names(header: list[str]) -> list[str]:
    """The names in the header, in the form in which they are compared."""
    return [plain_name(name) for name in header]


def column_names(
    header: list[str], data: list[list[str]], target: str, known: Collection[str], line: int = 1
) -> tuple[str, ...]:
    """One name for every field of a row; an empty one for a field that is left out.

    Args:
        header: the first row.
        data: some of the rows below it.
        target: the column to predict.
        known: names that the header may have, such as those of the other file.
        line: the line on which the header begins.

    Raises:
        Unreadable: the row can't be used as a header.
    """
    if len(header) > MOST_COLUMNS:
        raise Unreadable("too_many_columns", line=line, columns=len(header), most=MOST_COLUMNS)
    names = plain_names(header)
    if too_long := next((name for name in names if len(name) > _LONGEST_NAME), None):
        raise Unreadable(
            "long_column_name", line=line, column=too_long, length=len(too_long), most=_LONGEST_NAME
        )
    filled = [name for name in names if name]
    if not filled:
        raise Unreadable("no_column_names", line=line)
    if not _is_expected(filled, target, known) and _looks_like_data(names, data):
        raise Unreadable("no_header", line=line, values=header)
    twice = sorted(name for name, count in Counter(filled).items() if count > 1)
    if twice:
        raise Unreadable("duplicate_column", line=line, column=twice[0], names=twice)
    if len(filled) < 2:
        below = max((sum(map(bool, row)) for row in data), default=0)
        if below > 1:
            raise Unreadable("title_above_names", line=line, title=filled[0])
        raise Unreadable("one_column", line=line, name=filled[0])
    if data and all(len(row) == len(names) + 1 for row in data):
        if any(row[-1].strip() for row in data):
            raise Unreadable("one_name_short", line=line, names=len(names), values=len(names) + 1)
        # Rows that end with a delimiter have one field more than a header that does not.
        names.append("")
    return tuple(names)


def _is_expected(names: list[str], target: str, known: Collection[str]) -> bool:
    """Whether these are names that were to be expected, however much they look like values."""
    if target in names or len(set(names).intersection(known)) * 2 >= len(names):
        return True
    return nearest_name(target, [name for name in names if not _NUMBER.fullmatch(name)]) is not None


def _looks_like_data(names: list[str], data: list[list[str]]) -> bool:
    """Whether the first row is as good a row as the ones below it."""
    places = [place for place, name in enumerate(names) if name]
    numeric = [place for place in places if _NUMBER.fullmatch(names[place])]
    words = [place for place in places if place not in set(numeric)]
    repeated = sum(_repeats_below(names[place], place, data) for place in words)
    if words and repeated * 2 >= len(words):
        return bool(numeric) or repeated == len(words)
    values = [_value(names[place]) for place in numeric]
    # Years or numbers can be names, too; then they go up.
    if all(before < after for before, after in pairwise(values)):
        return bool(numeric) and all(_holds(names[place], place, data) for place in numeric)
    return len(numeric) * 2 >= len(places)


def _repeats_below(name: str, place: int, data: list[list[str]]) -> bool:
    return any(place < len(row) and row[place].strip() == name for row in data)


def _holds(name: str, place: int, data: list[list[str]]) -> bool:
    """Whether the number lies between the smallest and the greatest one of its column."""
    fields = [row[place] for row in data if place < len(row)]
    values = [_value(field) for field in fields if _NUMBER.fullmatch(field)]
    return bool(values) and min(values) <= _value(name) <= max(values)


def _value(number: str) -> float:
    return float(number.replace(",", "."))
