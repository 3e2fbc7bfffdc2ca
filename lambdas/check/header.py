"""The column names in the first row, or why there are none."""

import re
from collections import Counter
from itertools import pairwise

from lambdas.check.finding import Finding, Unreadable, listed, shortened

_NUMBER = re.compile(r"\s*[-+]?(\d+[.,]?\d*|[.,]\d+)([eE][-+]?\d+)?\s*")


def column_names(
    file: str, header: list[str], data: list[list[str]], target: str
) -> tuple[str, ...]:
    """One name for every field of a row; an empty one for a field that is left out.

    Raises:
        Unreadable: the row can't be used as a header.
    """
    names = [" ".join(name.split()) for name in header]
    # Rows that end with a delimiter have one field more than a header that does not.
    if data and all(len(row) == len(names) + 1 and not row[-1].strip() for row in data):
        names.append("")
    if not any(names):
        raise Unreadable(_no_names(file))
    if target not in names and _looks_like_data(names, data):
        raise Unreadable(_no_header(file, header))
    twice = sorted(name for name, count in Counter(names).items() if name and count > 1)
    if twice:
        raise Unreadable(_twice(file, twice))
    if len([name for name in names if name]) < 2:
        raise Unreadable(_one_column(file, names))
    return tuple(names)


def _looks_like_data(names: list[str], data: list[list[str]]) -> bool:
    """Whether the first row is as good a row as the ones below it."""
    filled = [name for name in names if name]
    numeric = [name for name in filled if _NUMBER.fullmatch(name)]
    if not numeric:
        return False
    # Years or numbers can be names, too; then all are, and they go up.
    if len(numeric) == len(filled) and all(_value(a) < _value(b) for a, b in pairwise(numeric)):
        return _columns_of_numbers_hold(names, data)
    return len(numeric) * 2 >= len(filled) or _repeats_below(names, data)


def _columns_of_numbers_hold(names: list[str], data: list[list[str]]) -> bool:
    """Whether each name lies between the smallest and the greatest value of its column."""
    for place, name in enumerate(names):
        column = [row[place] for row in data if place < len(row)]
        values = [_value(field) for field in column if _NUMBER.fullmatch(field)]
        if not name or not values or not min(values) <= _value(name) <= max(values):
            return False
    return True


def _repeats_below(names: list[str], data: list[list[str]]) -> bool:
    """Whether most of the names are also values of their own columns."""
    repeated = sum(
        any(place < len(row) and row[place].strip() == name for row in data)
        for place, name in enumerate(names)
        if name
    )
    return repeated * 2 > len(names)


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


def _one_column(file: str, names: list[str]) -> Finding:
    return Finding(
        code="one_column",
        severity="error",
        file=file,
        line=1,
        seen=f"Only one column was found: {shortened(next(name for name in names if name))}.",
        expected="A table needs the column to predict and at least one more, separated by commas, "
        "semicolons, tabs or vertical bars.",
        action="Save the table again as “CSV UTF-8” and upload it.",
    )
