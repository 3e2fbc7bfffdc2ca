"""How a CSV file is written, recognised from its beginning and handed on to every later reader."""

import codecs
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from lambdas.check.reading.blank_rows import has_value, is_blank
from lambdas.check.reading.comment_lines import is_comment, is_comment_above
from lambdas.check.reading.dialect import decimal_of, delimiter_of
from lambdas.check.reading.encodings import encoding_of, legacy_encoding
from lambdas.check.reading.fact import Phrase
from lambdas.check.reading.first_rows import first_rows
from lambdas.check.reading.header import column_names, header_place
from lambdas.check.reading.missing_words import ALWAYS_MISSING, MISSING_NUMBERS
from lambdas.check.reading.not_a_csv import refuse_other_kinds
from lambdas.check.reading.odd_rows import shown_text
from lambdas.check.reading.row_blocks import without_end_mark
from lambdas.check.reading.second_header import is_second_header
from lambdas.check.reading.unreadable import Unreadable

# Decimals may come late; they are looked for in more rows than the rest.
_ROWS_FOR_NUMBERS = 5_000

_LINE_END = re.compile(r"\r\n|\r|\n")

# A float holds every whole number below this one exactly; greater ones are told apart by text.
LARGEST_EXACT = 2.0**53


@dataclass(frozen=True)
class CsvFormat:
    """Everything that a reader has to know to read the file as the check has read it.

    ``encoding`` is a codec of Python's, ``compression`` is ``gzip`` or empty, ``decimal`` is empty
    as long as the file itself does not tell. ``names`` has one
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
        """The format for check.json, with the words that mean a missing value among numbers, and
        those that do in every column."""
        return asdict(self) | {
            "missing": list(MISSING_NUMBERS),
            "always_missing": sorted(ALWAYS_MISSING),
        }


@dataclass(frozen=True)
class Head:
    """The first bytes of a file, unpacked; whether these are all; and what they were packed with,
    as in :class:`CsvFormat`."""

    content: bytes
    is_whole: bool
    compression: str


@dataclass(frozen=True)
class Evidence:
    """By which bytes the encoding is told if not by the head: those of the other file of the pair,
    and the first ones of this file that are not ASCII, if these come late."""

    other: bytes = b""
    late: bytes = b""


def recognised_format(
    head: Head, target: str, known: Collection[str], evidence: Evidence
) -> CsvFormat:
    """The format of the file that begins with ``head``.

    Args:
        head: how the file begins.
        target: the column to predict.
        known: names that the header may have, such as those of the other file.
        evidence: by what else the encoding is told.

    Raises:
        Unreadable: it is not a table as text, or its header can't be used.
    """
    content = without_end_mark(head.content) if head.is_whole else head.content
    refuse_other_kinds(content)
    late, other = evidence.late, evidence.other
    if late:
        encoding = legacy_encoding(late, other)
    else:
        encoding = encoding_of(content, other, is_whole=head.is_whole)
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    text = decoder.decode(content).lstrip("\ufeff")
    if is_blank(text):
        raise Unreadable("empty_file")
    delimiter = delimiter_of(text, head.is_whole, {target, *known})
    # With commas between the values none stands before decimals, so there is less to look for.
    most = [] if delimiter == "," else [_ROWS_FOR_NUMBERS]
    rows = first_rows(text, delimiter, head.is_whole, *most)
    place = header_place(rows)
    header, below = rows[place], rows[place + 1 :]
    data = [row for row in below if has_value(row) and not _is_short_comment(row, header)]
    if _has_blanks_before_quotes(header, data):
        raise Unreadable("blank_before_quote", sign=Phrase(delimiter))
    if is_comment_above(header, data, {target, *known}):
        raise Unreadable("comment_above_names", line=_line(rows, place), text=shown_text(header))
    names = _names(rows, place, data, target, known)
    if data and not is_comment(data[0][0]) and is_second_header(data[0], data[1:]):
        line = _line(rows, place + 1 + below.index(data[0]))
        raise Unreadable("second_header", line=line, values=[v for v in data[0] if v.strip()])
    return CsvFormat(
        encoding=encoding,
        compression=head.compression,
        delimiter=delimiter,
        decimal=decimal_of(delimiter, data),
        names=names,
        skip_rows=place + 1,
    )


def _names(
    rows: list[list[str]],
    place: int,
    data: list[list[str]],
    target: str,
    known: Collection[str],
) -> tuple[str, ...]:
    try:
        return column_names(rows[place], data, target, known, _line(rows, place))
    except Unreadable as error:
        above = next((at for at, row in enumerate(rows[:place]) if len(row) > 1), None)
        if error.code == "no_header" and above is not None:
            # What should be the header is there, without any name.
            raise Unreadable("no_column_names", line=_line(rows, above)) from error
        raise


def _is_short_comment(row: list[str], header: list[str]) -> bool:
    return len(row) < len(header) and is_comment(row[0])


def _line(rows: list[list[str]], place: int) -> int:
    """On which line the row at ``place`` begins."""
    return 1 + sum(1 + len(_LINE_END.findall("".join(row))) for row in rows[:place])


def _has_blanks_before_quotes(header: list[str], data: list[list[str]]) -> bool:
    """Whether blanks keep quotation marks from holding a name or a value together."""
    torn = [header, *(row for row in data if len(row) > len(header))]
    return any(re.match(r'\s+"', field) for row in torn for field in row)
