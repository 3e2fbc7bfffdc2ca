"""What one CSV file holds, read once as a stream and never as a whole.

Rows are read with the standard library's ``csv`` module because it notices what table readers let
through in silence: short rows, stray quotes and a last row cut off.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

# What pandas.read_csv, which the training uses, takes for a missing value (pandas documentation).
_MISSING_NUMBERS = ("-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "NaN", "nan")
_MISSING_WORDS = ("#N/A", "#N/A N/A", "#NA", "<NA>", "N/A", "NA", "NULL", "None", "n/a", "null")
MISSING = frozenset(["", *_MISSING_NUMBERS, *_MISSING_WORDS])
_LONGEST_FIELD = 16 * 1024 * 1024
_BLOCK = 1024 * 1024
_RAGGED_ROWS_SHOWN = 5
# One class is all that has to be told from several; a numeric target may have millions of values.
_CLASSES_COUNTED = 1000

csv.field_size_limit(_LONGEST_FIELD)


@dataclass
class Contents:
    """What was found in a file. ``problems`` are sentences; empty means that it can be read."""

    columns: list[str] = field(default_factory=list)
    rows: int = 0
    target_values: Counter[str] = field(default_factory=Counter)
    target_missing: int = 0
    problems: list[str] = field(default_factory=list)


def contents(file_name: str, body: IO[bytes], target: str) -> Contents:
    """What the CSV in ``body`` holds. Never raises for what the file says.

    Args:
        file_name: how the person knows the file; stands in every problem.
        body: the file's bytes, read once, in blocks.
        target: the column whose values are counted.
    """
    stream = io.BufferedReader(body, _BLOCK)  # type: ignore[type-var]
    found = Contents()
    problem = _not_a_csv(stream.peek(_BLOCK)[:4096])
    if problem:
        found.problems.append(f"{file_name} {problem}")
        return found
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    rows = csv.reader(text, strict=True)
    try:
        found.columns = next(rows, [])
        found.problems += [f"{file_name} {p}" for p in _header_problems(found.columns)]
        if not found.problems:
            _count(file_name, _numbered(rows), target, found)
    except UnicodeDecodeError:
        found.problems.append(
            f"{file_name} is not UTF-8 text (noticed near line {rows.line_num + 1}). "
            "Save it again as “CSV UTF-8”."
        )
    except csv.Error as error:
        found.problems.append(
            f"{file_name} breaks the rules of CSV near line {rows.line_num}: {error}. "
            "Look for a quotation mark that is opened and never closed."
        )
    return found


def _not_a_csv(start: bytes) -> str | None:
    if not start:
        return "is empty. Upload the file again; the upload may have been cut off."
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "is UTF-16 text. Save it again as “CSV UTF-8”."
    if b"\x00" in start or start.startswith((b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"%PDF")):
        return (
            "is not a text file (it may be an Excel, ZIP or other binary file). "
            "Save the table as “CSV UTF-8” and upload that."
        )
    if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        return (
            "is a web page (HTML or XML), not a CSV. It was probably saved from a browser that "
            "showed a login or error page: download the data itself and upload it again."
        )
    return None


def _header_problems(columns: list[str]) -> list[str]:
    names = [name for name in columns if name]
    if not names:
        return ["has no column names in its first line. Write one name for each column there."]
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        return [f"has the column {', '.join(twice)} twice. Give each column a name of its own."]
    if len(columns) == 1:
        for separator, word in {";": "semicolons", "\t": "tabs", "|": "vertical bars"}.items():
            if separator in columns[0]:
                return [f"is separated by {word}. Save it again with commas between the columns."]
    return []


def _numbered(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of the line on which it ends, blank lines left out."""
    for row in rows:
        if row:
            yield rows.line_num, row  # type: ignore[attr-defined]


def _count(
    file_name: str, rows: Iterable[tuple[int, list[str]]], target: str, found: Contents
) -> None:
    width = len(found.columns)
    at = found.columns.index(target) if target in found.columns else None
    ragged: list[str] = []
    ragged_rows = 0
    for line, row in rows:
        found.rows += 1
        if len(row) != width:
            ragged_rows += 1
            if len(ragged) < _RAGGED_ROWS_SHOWN:
                ragged.append(f"line {line} has {len(row)}")
        elif at is not None:
            _count_target(row[at], found)
    if ragged_rows:
        found.problems.append(
            f"{file_name} has {ragged_rows} row(s) with a wrong number of values: the header has "
            f"{width} columns, but {', '.join(ragged)}. Repair these rows; a value that contains "
            "a comma must stand in quotation marks."
        )
    if not found.rows:
        found.problems.append(
            f"{file_name} has column names but no rows. Upload the file with its data."
        )


def _count_target(value: str, found: Contents) -> None:
    if value in MISSING:
        found.target_missing += 1
    elif value in found.target_values or len(found.target_values) < _CLASSES_COUNTED:
        found.target_values[value] += 1
