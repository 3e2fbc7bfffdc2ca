"""New rows from a CSV that is written like the train file, whatever else differs in it."""

import codecs
import csv
import gzip
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from training.job.failure import KnownFailure
from training.job.filled_rows import filled_rows
from training.job.plain_name import plain_name
from training.job.tables import table_from

_GZIP = b"\x1f\x8b"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Empty lines, and Excel's line that names the delimiter.
_ABOVE_THE_NAMES = re.compile(
    r"\A(?:[ \t\r]*\n)*(?:sep=.?[ \t\r]*\n)?(?:[ \t\r]*\n)*", re.IGNORECASE
)
_BAD = (pa.ArrowInvalid, UnicodeError, csv.Error)


@dataclass(frozen=True)
class CsvRows:
    """The rows of a CSV; ``has_names`` where its first line has the columns' names."""

    table: pd.DataFrame
    has_names: bool


def read_rows(
    path: Path, train: dict[str, Any], written: dict[str, Any], needed: list[str], target: str
) -> pd.DataFrame:
    """The rows of a file, perhaps compressed with gzip.

    The arguments are those of :func:`rows_of_csv`.

    Raises:
        KnownFailure: it can't be read; the text says why.
    """
    body = path.read_bytes()
    if body.startswith(_GZIP):
        try:
            body = gzip.decompress(body)
        except (OSError, EOFError, zlib.error) as error:
            raise KnownFailure(f"{path} is a damaged gzip archive: {error}.") from error
    form = written["format"]
    lines = io.StringIO(_decoded(body, form["encoding"]), newline="")
    # As in the train file, a row without any value is none.
    filled = "".join(filled_rows(lines, form["delimiter"], 0))
    return rows_of_csv(filled.encode(), train, written, needed, target).table


def rows_of_csv(
    body: bytes, train: dict[str, Any], written: dict[str, Any], needed: list[str], target: str
) -> CsvRows:
    """The rows in ``body``, each value read as the training read it.

    The columns are recognised by their names in the first line, in any order; if the first line is
    already a row, they are those of the train file in its order, with or without the target.

    Args:
        body: the text; in UTF-8, with another byte order mark, or encoded like ``written``.
        train: the train file: its ``format`` and ``columns``, as in check.json, and the names that
            are ``unlearned``, if any.
        written: the file that this one is written like; the train file, or the test file.
        needed: the columns that the model needs.
        target: the column to predict.

    Raises:
        KnownFailure: it can't be read; the text says why.
    """
    form = written["format"]
    text = _decoded(body, form["encoding"])
    text = _ABOVE_THE_NAMES.sub("", text)
    try:
        first, second = _first_rows(text, form["delimiter"])
        names = _names(first, train["format"]["names"])
        has_names = set(needed) <= set(names)
        if not has_names:
            unlearned = train.get("unlearned", [])
            names = _names_by_place(names, train["format"]["names"], needed, target, unlearned)
        # Rows that end with a delimiter have one field more than a first line that does not.
        names += [""] * (len(second) - len(names) == 1)
        table = _table(text, train, written, names, has_names=has_names)
    except _BAD as error:
        raise KnownFailure(f"The rows can't be read as CSV: {error}") from error
    return CsvRows(table, has_names)


def _decoded(body: bytes, usual: str) -> str:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            candidates = [encoding]
            break
    else:
        # What is in UTF-16 may look like UTF-8 with nulls in it.
        candidates = [usual] if b"\x00" in body else ["utf-8", usual]
    for encoding in candidates:
        try:
            return body.decode(encoding).lstrip("\ufeff")
        except UnicodeError:
            continue
    raise KnownFailure(
        f"The rows are not in {' or '.join(dict.fromkeys(candidates)).upper()}. Save them as "
        "“CSV UTF-8”, or like the train file."
    )


def _first_rows(text: str, delimiter: str) -> tuple[list[str], list[str]]:
    """The first two rows; the second may be empty."""
    rows = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    first = next(rows, None)
    if not first:
        raise KnownFailure("There are no rows.")
    return first, next(rows, [])


def _names(first: list[str], known: list[str]) -> list[str]:
    """The fields of the first line, each as the train file writes that name."""
    by_plain_name = {plain_name(name): name for name in known}
    return [by_plain_name.get(plain_name(field), plain_name(field)) for field in first]


def _names_by_place(
    first: list[str], everything: list[str], needed: list[str], target: str, unlearned: list[str]
) -> list[str]:
    columns = [name for name in everything if name]
    without_target = [name for name in columns if name != target]
    # Of the columns that nothing is learned from, rows may have all or none.
    alone = [name for name in without_target if name not in unlearned]
    if sum(field in everything for field in first) < len(first) / 2:
        for names in (without_target, columns, everything, alone):
            if len(first) == len(names):
                return list(names)
    missing = [name for name in needed if name not in first]
    raise KnownFailure(
        f"The first line has {len(first)} fields. It should have the train file's column names (it "
        f"lacks {', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}) or be a row with the "
        f"train file's {len(without_target)} columns without the target."
    )


def _table(
    text: str, train: dict[str, Any], written: dict[str, Any], names: list[str], *, has_names: bool
) -> pd.DataFrame:
    # A text among the numbers of these rows is no number, and no reason to refuse them.
    columns = [c | {"is_plain": False} for c in written["columns"] if c["name"] in names]
    known = {column["name"] for column in columns}
    rows = {
        "format": written["format"]
        | {
            "names": [name if name in known else "" for name in names],
            "skip_rows": int(has_names),
            "encoding": "utf-8",
        },
        "columns": columns,
    }
    return table_from(io.BytesIO(text.encode()), {"train": train, "rows": rows}, "rows")
