"""How a CSV file is written, recognised from its beginning and handed on to every later reader."""

import codecs
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from lambdas.check.reading.dialect import decimal_of, delimiter_of
from lambdas.check.reading.encodings import encoding_of
from lambdas.check.reading.fact import Phrase
from lambdas.check.reading.first_rows import first_rows
from lambdas.check.reading.header import column_names, header_place
from lambdas.check.reading.missing_words import ALWAYS_MISSING, MISSING_NUMBERS
from lambdas.check.reading.not_a_csv import refuse_other_kinds
from lambdas.check.reading.unreadable import Unreadable

# Decimals may come late; they are looked for in more rows than the rest.
_ROWS_FOR_NUMBERS = 5_000

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


def recognised_format(
    head: Head, target: str, known: Collection[str], encoding: str | None = None
) -> CsvFormat:
    """The format of the file that begins with ``head``.

    Args:
        head: how the file begins.
        target: the column to predict.
        known: names that the header may have, such as those of the other file.
        encoding: the encoding where it is known from more than the head, else None.

    Raises:
        Unreadable: it is not a table as text, or its header can't be used.
    """
    refuse_other_kinds(head.content)
    encoding = encoding or encoding_of(head.content)
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    text = decoder.decode(head.content).lstrip("\ufeff")
    if not text.strip():
        raise Unreadable("empty_file")
    delimiter = delimiter_of(text, head.is_whole, {target, *known})
    # With commas between the values none stands before decimals, so there is less to look for.
    most = [] if delimiter == "," else [_ROWS_FOR_NUMBERS]
    rows = first_rows(text, delimiter, head.is_whole, *most)
    place = header_place(rows)
    header, data = rows[place], [row for row in rows[place + 1 :] if row]
    if _has_blanks_before_quotes(header, data):
        raise Unreadable("blank_before_quote", sign=Phrase(delimiter))
    return CsvFormat(
        encoding=encoding,
        compression=head.compression,
        delimiter=delimiter,
        decimal=decimal_of(delimiter, data),
        names=column_names(header, data, target, known, place + 1),
        skip_rows=place + 1,
    )


def _has_blanks_before_quotes(header: list[str], data: list[list[str]]) -> bool:
    """Whether blanks keep quotation marks from holding a name or a value together."""
    torn = [header, *(row for row in data if len(row) > len(header))]
    return any(re.match(r'\s+"', field) for row in torn for field in row)
