"""CSV files that are safe to open in a spreadsheet, which takes no text in them for a formula.

A text that a spreadsheet would compute (it begins with ``=``, ``+``, ``-``, ``@``, a tab or a
carriage return, and is not a number) gets an apostrophe in front of it (OWASP, "CSV Injection").
So does such a text with an apostrophe already, or two texts could become the same.
"""

import re
from pathlib import Path
from typing import Any, Literal

import pandas as pd

_BEGINS_A_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")


def write_csv(table: pd.DataFrame, path: Path, *, append: bool = False) -> None:
    """Writes ``table`` without its index, or appends its rows to an earlier part.

    The file begins with a byte order mark: without one, Excel reads UTF-8 in the system's own
    encoding and garbles Korean.
    """
    safe = table.rename(columns=safe_text)
    for name in safe.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in safe.dtypes]]:
        different = {value: safe_text(value) for value in safe[name].dropna().unique()}
        if any(new is not old for old, new in different.items()):
            safe[name] = safe[name].map(different)
    encoding = "utf-8" if append else "utf-8-sig"
    mode: Literal["a", "w"] = "a" if append else "w"
    safe.to_csv(path, index=False, mode=mode, header=not append, encoding=encoding)


def safe_text(value: Any) -> Any:
    """``value``; a text that would begin a formula with an apostrophe in front of it."""
    is_risky = isinstance(value, str) and _BEGINS_A_FORMULA.match(value) and not _is_number(value)
    return f"'{value}" if is_risky else value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()
