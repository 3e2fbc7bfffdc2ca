"""Reading the uploaded tables, exactly as the check before the training has read them."""

import gzip
import json
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from training.failure import JobFailed

CHECK = "check.json"

# A float holds every whole number below this one exactly.
_LARGEST_EXACT = 2**53


def checked(folder: Path) -> dict[str, Any]:
    """What the check found: how the files are written and what their columns hold.

    Raises:
        JobFailed: it is not in ``folder``.
    """
    try:
        found: dict[str, Any] = json.loads((folder / CHECK).read_text(encoding="utf-8"))
    except OSError as error:
        raise JobFailed(f"What the check found ({CHECK}) did not reach the job.") from error
    return found


def table_in(folder: Path, check: dict[str, Any], part: str) -> pd.DataFrame:
    """The one CSV file in ``folder``, row for row; numbers as int64 or float64, texts as str.

    A column is a number where the train file's is, in both files: what is no number there is read
    as missing.

    Args:
        folder: where the file is.
        check: what the check found.
        part: which of its files this is, ``train`` or ``test``.

    Raises:
        JobFailed: there is not exactly one file, or it can't be read.
    """
    files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    if len(files) != 1:
        raise JobFailed(f"The input folder {folder.name} has {len(files)} files; one is expected.")
    numbers = {c["name"] for c in check["train"]["columns"] if c["kind"] != "text"}
    texts = {c["name"] for c in check[part]["columns"] if c["kind"] == "text"}
    written = check[part]["format"]
    read_as_numbers = {
        place for place, name in enumerate(written["names"]) if name in numbers - texts
    }
    try:
        with _opened(files[0], written["compression"]) as body:
            table = _parsed(body, written, read_as_numbers)
    except (pa.ArrowInvalid, UnicodeError, EOFError, OSError) as error:
        raise JobFailed(f"{check[part]['file']} can't be read as a table: {error}") from error
    columns = {}
    for place, name in enumerate(written["names"]):
        if name:
            columns[name] = _column(table.column(place), written["decimal"], name in numbers)
    return pd.DataFrame(columns)


def _opened(path: Path, compression: str) -> Any:
    return gzip.open(path, "rb") if compression == "gzip" else path.open("rb")


def _parsed(body: IO[bytes], written: dict[str, Any], numbers: set[int]) -> pa.Table:
    places = range(len(written["names"]))
    return pyarrow.csv.read_csv(
        body,
        pyarrow.csv.ReadOptions(
            encoding=written["encoding"],
            block_size=8 * 1024 * 1024,
            column_names=[str(place) for place in places],
            skip_rows_after_names=written["skip_rows"],
        ),
        pyarrow.csv.ParseOptions(delimiter=written["delimiter"], newlines_in_values=True),
        pyarrow.csv.ConvertOptions(
            column_types={
                str(place): pa.float64() if place in numbers else pa.string() for place in places
            },
            null_values=written["missing"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            decimal_point=written["decimal"],
        ),
    )


def _column(column: pa.ChunkedArray, decimal: str, is_number: bool) -> "pd.Series[Any]":
    values: pd.Series[Any] = column.to_pandas()
    if not is_number:
        return values.astype(object)
    if not pd.api.types.is_numeric_dtype(values):
        values = pd.to_numeric(values.str.replace(decimal, "."), errors="coerce")
    # What the check took for no number, pandas may take for an infinite one.
    values = values.where(np.isfinite(values))
    is_whole = (values == np.floor(values)) & (values.abs() < _LARGEST_EXACT)
    return values.astype("int64") if is_whole.all() else values
