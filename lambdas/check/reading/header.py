"""The column names in the first row, or why there are none."""

import re
from collections import Counter
from collections.abc import Collection
from itertools import pairwise

from lambdas.check.findings.finding import Finding, Unreadable, listed, shortened
from lambdas.check.reading.nearest_name import nearest_name

# What the check (in a function of 2 GB), the training and the report can bear: measured in
# docs/architecture.md, "How the files are checked and read".
MOST_COLUMNS = 10_000
_LONGEST_NAME = 1_000
_NUMBER = re.compile(r"\s*[-+]?(\d+[.,]?\d*|[.,]\d+)([eE][-+]?\d+)?\s*")


def header_place(rows: list[list[str]]) -> int:
    """Which of the first rows is the header: the first one that is neither blank nor Excel's line
    that names the delimiter."""
    filled = [place for place, row in enumerate(rows) if row]
    is_hint = re.fullmatch(r"sep=.?", ",".join(rows[filled[0]]), re.IGNORECASE) is not None
    return filled[1] if is_hint and len(filled) > 1 else filled[0]


def plain_names(header: list[str]) -> list[str]:
    """The names in the header, without blanks around them."""
    return [" ".join(name.split()) for name in header]


def column_names(
    file: str, header: list[str], data: list[list[str]], target: str, known: Collection[str]
) -> tuple[str, ...]:
    """One name for every field of a row; an empty one for a field that is left out.

    Args:
        file: how the person knows the file.
        header: the first row.
        data: some of the rows below it.
        target: the column to predict.
        known: names that the header may have, such as those of the other file.

    Raises:
        Unreadable: the row can't be used as a header.
    """
    if len(header) > MOST_COLUMNS:
        raise Unreadable(_too_many_columns(file, len(header)))
    names = plain_names(header)
    if too_long := next((name for name in names if len(name) > _LONGEST_NAME), None):
        raise Unreadable(_long_name(file, too_long))
    filled = [name for name in names if name]
    if not filled:
        raise Unreadable(_no_names(file))
    if not _is_expected(filled, target, known) and _looks_like_data(names, data):
        raise Unreadable(_no_header(file, header))
    twice = sorted(name for name, count in Counter(filled).items() if count > 1)
    if twice:
        raise Unreadable(_twice(file, twice))
    if len(filled) < 2:
        below = max((sum(map(bool, row)) for row in data), default=0)
        raise Unreadable(_title(file, filled[0]) if below > 1 else _one_column(file, filled[0]))
    if data and all(len(row) == len(names) + 1 for row in data):
        if any(row[-1].strip() for row in data):
            raise Unreadable(_one_name_short(file, len(names)))
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


def _no_names(file: str) -> Finding:
    return Finding(
        code="no_column_names",
        severity="error",
        file=file,
        line=1,
        seen="There are no column names in the first line.",
        expected="The first line should hold one name for each column.",
        action="Write the names there and upload the file again.",
    )


def _no_header(file: str, header: list[str]) -> Finding:
    return Finding(
        code="no_header",
        severity="error",
        file=file,
        line=1,
        seen=f"The first line looks like data, not like column names: {listed(header)}.",
        expected="The first line should hold one name for each column.",
        action="Put a line with the column names on top, the same names in both files, and upload "
        "the file again.",
    )


def _too_many_columns(file: str, columns: int) -> Finding:
    return Finding(
        code="too_many_columns",
        severity="error",
        file=file,
        line=1,
        seen=f"The first line has at least {columns:,} columns.",
        expected=f"A table may have at most {MOST_COLUMNS:,}.",
        action="Keep the columns that tell most, such as those whose values vary most, and the "
        "column to predict, the same ones in both files, and upload them again. If each row of "
        "the table should be a column, turn it.",
    )


def _long_name(file: str, name: str) -> Finding:
    return Finding(
        code="long_column_name",
        severity="error",
        file=file,
        line=1,
        column=shortened(name),
        seen=f"The column's name has {len(name):,} characters.",
        expected=f"A name may have at most {_LONGEST_NAME:,}.",
        action="Shorten it, in both files, and upload them again. If this is a value and no name, "
        "put a line with the column names on top.",
    )


def _twice(file: str, names: list[str]) -> Finding:
    return Finding(
        code="duplicate_column",
        severity="error",
        file=file,
        line=1,
        column=shortened(names[0]),
        seen=f"More than one column has the name {listed(names)}.",
        expected="Each column needs a name of its own.",
        action="Rename or remove the repeated columns, in both files, and upload them again.",
    )


def _one_column(file: str, name: str) -> Finding:
    return Finding(
        code="one_column",
        severity="error",
        file=file,
        line=1,
        seen=f"Only one column was found: {shortened(name)}.",
        expected="A table needs the column to predict and at least one more, separated by commas, "
        "semicolons, tabs or vertical bars.",
        action="Save the table again as “CSV UTF-8” and upload it.",
    )


def _title(file: str, name: str) -> Finding:
    return Finding(
        code="title_above_names",
        severity="error",
        file=file,
        line=1,
        seen=f"The first line holds only {shortened(name)!r}; the lines below it hold more values.",
        expected="The first line should hold one name for each column.",
        action="Remove the lines above the column names, such as a title, and upload the file "
        "again.",
    )


def _one_name_short(file: str, names: int) -> Finding:
    return Finding(
        code="one_name_short",
        severity="error",
        file=file,
        line=1,
        seen=f"There are {names:,} column names, and {names + 1:,} values in each row below them.",
        expected="The first line should hold one name for each column.",
        action="Write the missing name into the first line, most likely at its beginning, where "
        "some programs put row numbers without a name; then upload the file again.",
    )
