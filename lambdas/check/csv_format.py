"""How a CSV file is written, recognised from its beginning and handed on to every later reader."""

import codecs
import re
from dataclasses import asdict, dataclass
from typing import Any

from lambdas.check.dialect import decimal_of, delimiter_of
from lambdas.check.encodings import encoding_of
from lambdas.check.finding import Finding, Unreadable
from lambdas.check.first_rows import first_rows
from lambdas.check.header import column_names
from lambdas.check.not_a_csv import other_kind_of_file

# What pandas.read_csv takes for a missing value (pandas documentation), and blanks.
_MISSING_NUMBERS = ("-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "NaN", "nan")
_MISSING_WORDS = ("#N/A", "#N/A N/A", "#NA", "<NA>", "N/A", "NA", "NULL", "None", "n/a", "null")
MISSING = ("", " ", "  ", *_MISSING_NUMBERS, *_MISSING_WORDS)


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
    file: str, head: bytes, whole: bool, compression: str, encoding: str | None, target: str
) -> CsvFormat:
    """The format of the file that begins with ``head`` (after decompression).

    Args:
        file: how the person knows the file.
        head: the first bytes.
        whole: whether these are all.
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
    delimiter = delimiter_of(text, whole)
    rows = first_rows(text, delimiter, whole)
    blank = next(number for number, row in enumerate(rows) if row)
    is_hint = re.fullmatch(r"sep=.?", ",".join(rows[blank]), re.IGNORECASE) is not None
    if is_hint:
        blank = next((n for n, row in enumerate(rows) if n > blank and row), blank)
    header, data = rows[blank], [row for row in rows[blank + 1 :] if row]
    names = column_names(file, header, data, target)
    return CsvFormat(
        encoding=encoding,
        compression=compression,
        delimiter=delimiter,
        decimal=decimal_of(delimiter, data),
        names=names,
        skip_rows=blank + 1,
    )


def _empty(file: str) -> Finding:
    return Finding(
        code="empty_file",
        severity="error",
        file=file,
        seen="The file is empty.",
        expected="It should hold a line with the column names and then one line for each row.",
        action="Upload the file again; the upload may have been cut off.",
    )
