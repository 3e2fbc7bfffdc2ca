"""CSV files that are safe to open in a spreadsheet, which takes no text in them for a formula.

A text that a spreadsheet could compute (it begins with ``=``, ``+``, ``-``, ``@``, a tab or a
carriage return, and is not a number) gets an apostrophe in front of it (OWASP, "CSV Injection").
So does such a text with an apostrophe already, or two texts could become the same. Signs alone,
such as the labels + and -, or +/-, have nothing to compute and stay as they are; so does a number
however it is written: -3,5 or -1 200.
"""

import codecs
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from training.job.csv_text import csv_text, first_bytes
from training.job.digits import digits

_BEGINS_A_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
# Operators need a number, a name, a text or a bracket to work on.
_SIGNS_ALONE = re.compile(r"'*[=+\-@*/^<>~.% ]*")
# One number, with whatever stands between its digits, and no operator behind its sign.
_NUMBER = re.compile(r"[-+][0-9](?:[0-9.,'’\u00a0\u202f ]*[0-9])?%?")
_MAY_BE_RISKY = np.zeros(256, bool)
_MAY_BE_RISKY[[*b"'=+-@\t\r\n"]] = True


def write_csv(table: pd.DataFrame, path: Path, *, append: bool = False) -> None:
    """Writes ``table`` without its index, or appends its rows to an earlier part.

    The file begins with a byte order mark: without one, Excel reads UTF-8 in the system's own
    encoding and garbles Korean.
    """
    mode: Literal["ab", "wb"] = "ab" if append else "wb"
    with path.open(mode) as file:
        if not append:
            file.write(heading(list(table.columns)))
        file.write(csv_text([safe_texts(cells(table.iloc[:, n])) for n in range(table.shape[1])]))


def heading(names: Sequence[Any]) -> bytes:
    """How a file with these columns begins: the byte order mark and their names."""
    fields = [pa.array([safe_text(str(name))]) for name in names]
    return codecs.BOM_UTF8 + bytes(csv_text(fields))


def cells(column: "pd.Series[Any]") -> "pa.StringArray":
    """The values (n) as texts, null where one is missing."""
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
        return digits(column.to_numpy())
    codes, different = pd.factorize(column)
    texts = pa.array([str(value) for value in different], pa.string())
    return texts.take(pa.array(codes, mask=codes < 0))


def safe_texts(column: "pa.StringArray") -> "pa.StringArray":
    """The texts (n), each as :func:`safe_text` has it; null is an empty text."""
    column = pc.fill_null(column, "")
    places = np.flatnonzero(_MAY_BE_RISKY[first_bytes(column)])
    if not len(places) or _are_numbers(doubtful := column.take(pa.array(places))):
        return column
    encoded = doubtful.dictionary_encode()
    told = [safe_text(text) for text in encoded.dictionary.to_pylist()]
    safe = pa.array(told, pa.string()).take(encoded.indices)
    mask = np.zeros(len(column), bool)
    mask[places] = True
    return pc.replace_with_mask(column, pa.array(mask), safe)


def safe_text(text: str) -> str:
    """``text``; if it would begin a formula, with an apostrophe in front of it."""
    return f"'{text}" if _is_risky(text) else text


def _is_risky(text: str) -> bool:
    if not _BEGINS_A_FORMULA.match(text) or _SIGNS_ALONE.fullmatch(text):
        return False
    return not (_NUMBER.fullmatch(text) or _is_number(text))


def _are_numbers(texts: "pa.StringArray") -> bool:
    """Whether all are negative numbers as programs write them: a quick look at what is usual."""
    try:
        texts.cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()
