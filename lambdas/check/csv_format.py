"""How a CSV file is written, recognised from its beginning and handed on to every later reader."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from lambdas.check.finding import Finding, Unreadable, listed, shortened
from lambdas.check.not_a_csv import other_kind_of_file
from lambdas.check.text_stream import decodes, legacy_encoding, unknown_text

HEAD_BYTES = 1024 * 1024
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_ROWS_LOOKED_AT = 200

# What pandas.read_csv takes for a missing value (pandas documentation), and blanks.
_MISSING_NUMBERS = ("-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "NaN", "nan")
_MISSING_WORDS = ("#N/A", "#N/A N/A", "#NA", "<NA>", "N/A", "NA", "NULL", "None", "n/a", "null")
MISSING = ("", " ", "  ", *_MISSING_NUMBERS, *_MISSING_WORDS)

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")
_DECIMAL_COMMA = re.compile(r"\s*[-+]?\d*,\d+\s*")
_GROUPED_BY_COMMA = re.compile(r"\s*[-+]?\d{1,3}(,\d{3})+\s*")
_DECIMAL_POINT = re.compile(r"\s*[-+]?\d*\.\d+\s*")
_NUMBER = re.compile(r"\s*[-+]?(\d+[.,]?\d*|[.,]\d+)([eE][-+]?\d+)?\s*")


@dataclass(frozen=True)
class CsvFormat:
    """Everything that a reader has to know to read the file as the check has read it.

    ``encoding`` is a codec of Python's, ``compression`` is ``gzip`` or empty. ``names`` has one
    name for every field of a row, in order; a field without a name is left out of the table.
    ``skip_rows`` rows, the header among them, come before the data.
    """

    encoding: str
    compression: str
    delimiter: str
    decimal: str
    names: tuple[str, ...]
    skip_rows: int

    @property
    def columns(self) -> list[str]:
        """The names of the table's columns."""
        return [name for name in self.names if name]

    def as_json(self) -> dict[str, Any]:
        """The format for check.json, with the texts that mean a missing value."""
        return asdict(self) | {"missing": list(MISSING)}


def recognised_format(
    file: str, head: bytes, compression: str, encoding: str | None, target: str
) -> CsvFormat:
    """The format of the file that begins with ``head`` (after decompression).

    Args:
        file: how the person knows the file.
        head: the first bytes, at most ``HEAD_BYTES`` of them.
        compression: what ``head`` was unpacked from.
        encoding: the encoding where it is known from more than the head, else None.
        target: the column to predict; a first line that has it is a header.

    Raises:
        Unreadable: it is not a table as text, or its header can't be used.
    """
    kind = other_kind_of_file(file, head)
    if kind:
        raise Unreadable(kind)
    encoding = encoding or encoding_of(file, head)
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head).lstrip("\ufeff")
    if not text.strip():
        raise Unreadable(_empty(file))
    whole = len(head) < HEAD_BYTES
    delimiter = _delimiter(text, whole)
    rows = _first_rows(text, delimiter, whole)
    blank = next(number for number, row in enumerate(rows) if row)
    is_hint = re.fullmatch(r"sep=.?", ",".join(rows[blank]), re.IGNORECASE) is not None
    if is_hint:
        blank = next((n for n, row in enumerate(rows) if n > blank and row), blank)
    header, data = rows[blank], [row for row in rows[blank + 1 :] if row]
    names = _names(file, header, data, target)
    return CsvFormat(
        encoding=encoding,
        compression=compression,
        delimiter=delimiter,
        decimal=_decimal(delimiter, data),
        names=names,
        skip_rows=blank + 1,
    )


def encoding_of(file: str, head: bytes) -> str:
    """The encoding that ``head`` looks like, as a codec of Python's.

    Raises:
        Unreadable: it is UTF-8 with other bytes in between.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return encoding
    even, odd = head[:4096:2].count(0), head[1:4096:2].count(0)
    if max(even, odd) > len(head[:4096]) // 8:
        return "utf-16-le" if odd > even else "utf-16-be"
    if decodes(head, "utf-8"):
        return "utf-8"
    as_utf8 = head.decode(errors="replace")
    wrong = as_utf8.count("\ufffd")
    if wrong * 10 < len(as_utf8) - sum(map(str.isascii, as_utf8)):
        line = as_utf8.count("\n", 0, as_utf8.index("\ufffd")) + 1
        raise Unreadable(unknown_text(file, "UTF-8", line))
    return legacy_encoding(head)


def _first_rows(text: str, delimiter: str, whole: bool) -> list[list[str]]:
    """The first rows, header and blank ones included; what the head cuts off is left out."""
    rows: list[list[str]] = []
    reader = csv.reader(_lines(text), delimiter=delimiter)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > _ROWS_LOOKED_AT:
                return rows
    except csv.Error:
        return rows or [text.splitlines()[0].split(delimiter)]
    return rows if whole or len(rows) < 2 else rows[:-1]


def _lines(text: str) -> Iterator[str]:
    """The lines as the later readers tell them apart, each with its end."""
    return (line.group() for line in _LINE.finditer(text))


def _delimiter(text: str, whole: bool) -> str:
    """The delimiter that gives the most rows as many fields as the header has."""

    def agreement(delimiter: str) -> tuple[float, int]:
        rows = [row for row in _first_rows(text, delimiter, whole) if row]
        widths = Counter(len(row) for row in rows[1:])
        width = len(rows[0]) if rows else 0
        if width < 2:
            return 0.0, 0
        # A delimiter at the end of the rows, but not of the header, adds one field.
        fitting = max(widths[width], widths[width + 1]) if widths else 1
        return round(fitting / max(1, sum(widths.values())), 1), width

    return max(DELIMITERS, key=agreement)


def _decimal(delimiter: str, rows: list[list[str]]) -> str:
    """``,`` where numbers are written with a decimal comma and none with a decimal point.

    A comma before exactly three digits may separate thousands, so it takes another one to tell.
    """
    fields = [field for row in rows for field in row]
    if any(_DECIMAL_POINT.fullmatch(field) for field in fields):
        return "."
    with_comma = [f for f in fields if _DECIMAL_COMMA.fullmatch(f)]
    certain = [f for f in with_comma if not _GROUPED_BY_COMMA.fullmatch(f)]
    return "," if certain and delimiter != "," else "."


def _names(file: str, header: list[str], data: list[list[str]], target: str) -> tuple[str, ...]:
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


def _empty(file: str) -> Finding:
    return Finding(
        code="empty_file",
        severity="error",
        file=file,
        seen="The file is empty.",
        expected="It should hold a line with the column names and then one line for each row.",
        action="Upload the file again; the upload may have been cut off.",
    )


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
