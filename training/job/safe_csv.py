"""CSV files that are safe to open in a spreadsheet, which takes no text in them for a formula.

A text that a spreadsheet could compute (it begins with ``=``, ``+``, ``-``, ``@``, a tab or a
carriage return, and is not a number) gets an apostrophe in front of it (OWASP, "CSV Injection").
So does such a text with an apostrophe already, or two texts could become the same. Signs alone,
such as the labels + and -, or +/-, have nothing to compute and stay as they are.
"""

import csv
import re
from pathlib import Path
from typing import Any, Literal

import pandas as pd

_BEGINS_A_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
# Operators need a number, a name, a text or a bracket to work on.
_SIGNS_ALONE = re.compile(r"'*[=+\-@*/^<>~.% ]*")


def write_csv(table: pd.DataFrame, path: Path, *, append: bool = False) -> None:
    """Writes ``table`` without its index, or appends its rows to an earlier part.

    The file begins with a byte order mark: without one, Excel reads UTF-8 in the system's own
    encoding and garbles Korean.
    """
    safe = table.rename(columns=safe_text)
    texts = {str(name) for name in safe.columns}
    for name in safe.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in safe.dtypes]]:
        different = {value: safe_text(value) for value in safe[name].dropna().unique()}
        texts.update(map(str, different))
        if any(new is not old for old, new in different.items()):
            safe[name] = safe[name].map(different)
    encoding = "utf-8" if append else "utf-8-sig"
    mode: Literal["a", "w"] = "a" if append else "w"
    # Python (up to 3.12) does not see that a carriage return alone ends a row, too.
    quoting: Literal[0, 2] = csv.QUOTE_MINIMAL
    if any("\r" in text for text in texts):
        quoting = csv.QUOTE_NONNUMERIC
    safe.to_csv(path, index=False, mode=mode, header=not append, encoding=encoding, quoting=quoting)


def safe_text(value: Any) -> Any:
    """``value``; a text that would begin a formula with an apostrophe in front of it."""
    return f"'{value}" if isinstance(value, str) and _is_risky(value) else value


def _is_risky(text: str) -> bool:
    if not _BEGINS_A_FORMULA.match(text) or _SIGNS_ALONE.fullmatch(text):
        return False
    return not _is_number(text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()
