"""Reading the uploaded tables, exactly as the check before the training read them."""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from training.job.column_reader import ColumnReader
from training.job.failure import KnownFailure
from training.job.filled_rows import FilledRows
from training.job.language import ENGLISH, spoken

CHECK = "check.json"
TEST_ROWS = "test_rows.bin"

_ROLES = ("row_id", "time", "group")

# A row must fit into a block.
BLOCK_BYTES = 8 * 1024 * 1024

# A float holds every whole number below this one exactly.
_LARGEST_EXACT = 2**53


def read_check(folder: Path) -> dict[str, Any]:
    """What the check found: how the files are written and what their columns hold.

    Where it has split a single file, ``split`` also has ``tested``, which says of each row whether
    it is one to test with, if that is in ``folder``, too.

    Raises:
        KnownFailure: it is not in ``folder``.
    """
    try:
        found: dict[str, Any] = json.loads((folder / CHECK).read_text(encoding="utf-8"))
    except OSError as error:
        raise KnownFailure(
            spoken("What the check found ({file}) did not reach the job.", file=CHECK)
        ) from error
    if split := found.get("split"):
        split["tested"] = _tested_rows(folder / TEST_ROWS, split["rows"])
    return found


def language_in(check: dict[str, Any]) -> str:
    """The language in which people are told what a job did."""
    return str(check.get("language") or ENGLISH)


def _tested_rows(path: Path, rows: int) -> npt.NDArray[np.bool_] | None:
    if not path.exists():
        return None
    packed = np.frombuffer(path.read_bytes(), np.uint8)
    if len(packed) != (rows + 7) // 8:
        raise KnownFailure(
            spoken("{file} is not for a file of {rows:,} rows.", file=path.name, rows=rows)
        )
    return np.unpackbits(packed, count=rows).astype(bool)


def target_in(check: dict[str, Any]) -> str:
    """The name of the column to predict.

    Raises:
        KnownFailure: what the check found does not say it.
    """
    target = check.get("target")
    if not isinstance(target, str):
        raise KnownFailure(
            spoken(
                "What the check found ({file}) does not say which column to predict.", file=CHECK
            )
        )
    return target


def positive_class_in(check: dict[str, Any]) -> str | None:
    """The class that the person has named as the positive one; None where a rule is to choose."""
    named: str | None = check.get("positive_class")
    return named


def row_id_in(check: dict[str, Any]) -> str:
    """The name of the column that identifies rows; empty where none does."""
    name: str = check.get("roles", {}).get("row_id", "")
    return name


def left_out_in(check: dict[str, Any]) -> set[str]:
    """The names of the columns that are not read at all, unless they have another part, too."""
    roles = check.get("roles", {})
    return set(roles.get("leave_out", ())) - {roles.get(role) for role in _ROLES}


def unlearned_in(check: dict[str, Any]) -> set[str]:
    """The names of all columns that nothing is learned from."""
    roles = check.get("roles", {})
    return {*roles.get("leave_out", ()), roles.get("row_id"), roles.get("group")} - {"", None}


def table_in(folder: Path, check: dict[str, Any], part: str) -> pd.DataFrame:
    """The one CSV file in ``folder``, row for row; numbers as int64 or float64, texts as str.

    A column that holds numbers in the train file is read as numbers from both files; anything else
    in it is missing. The column that identifies rows has its texts exactly as they are written, and
    those that are to be left out are not there. The index has each row's place in the file, counted
    from 0: of a single file, only this part's rows are there.

    Args:
        folder: where the file is.
        check: what the check found.
        part: which of its files this is, ``train`` or ``test``.

    Raises:
        KnownFailure: there is not exactly one file, or it can't be read.
    """
    with _opened_table(folder, check, part) as (body, encoding):
        if not check.get("split"):
            return table_from(body, check, part, encoding)
        reader = pyarrow.csv.open_csv(body, *_options(check, part, encoding))
        # Only the rows of this part are kept while the others pass by.
        batches = list(_rows_of_part(reader, check, part))
        places = np.concatenate([np.empty(0, np.int64), *(rows for rows, _ in batches)])
        table = pa.Table.from_batches([batch for _, batch in batches], reader.schema)
        batches.clear()
        return _frame(table, check, part).set_axis(places)


def table_from(
    body: IO[bytes], check: dict[str, Any], part: str, encoding: str = "utf-8"
) -> pd.DataFrame:
    """The same from an open file that is not compressed, all of its rows.

    Raises:
        pyarrow.ArrowInvalid: it can't be read as a table.
    """
    return _frame(pyarrow.csv.read_csv(body, *_options(check, part, encoding)), check, part)


def batches_in(folder: Path, check: dict[str, Any], part: str) -> Iterator[pd.DataFrame]:
    """The same rows in the same order, in tables of a few megabytes; at least one, even if empty.

    A column of numbers may be int64 in one table and float64 in the next. The arguments are those
    of :func:`table_in`.

    Raises:
        KnownFailure: there is not exactly one file, or it can't be read.
    """
    with _opened_table(folder, check, part) as (body, encoding):
        reader = pyarrow.csv.open_csv(body, *_options(check, part, encoding))
        filled = False
        for places, batch in _rows_of_part(reader, check, part):
            filled = True
            yield _frame(pa.Table.from_batches([batch]), check, part).set_axis(places)
        if not filled:
            yield _frame(reader.schema.empty_table(), check, part)


def header_in(folder: Path, check: dict[str, Any], part: str) -> list[str]:
    """The names in the file's header as they are written there.

    Rows may have one field more, without a name. The arguments are those of :func:`table_in`.

    Raises:
        KnownFailure: there is not exactly one file, or it can't be read.
    """
    written = check[part]["format"]
    with _opened_table(folder, check, part) as (body, encoding):
        text = io.TextIOWrapper(body, encoding, newline="")
        lines = chain([text.readline().removeprefix("\ufeff")], text)
        rows = list(islice(csv.reader(lines, delimiter=written["delimiter"]), written["skip_rows"]))
        text.detach()
    return rows[-1]


def texts_in(folder: Path, check: dict[str, Any], part: str) -> Iterator[pa.RecordBatch]:
    """The rows of :func:`batches_in` in the same tables, every field with its text as it is.

    There is a column for each field of a row, also for one without a name. A single file is no
    part of a pair, and is not taken.

    Raises:
        KnownFailure: there is not exactly one file, or it can't be read.
    """
    with _opened_table(folder, check, part) as (body, encoding):
        read, parse, _ = _options(check, part, encoding)
        texts = pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(read.column_names, pa.string()), strings_can_be_null=False
        )
        reader = pyarrow.csv.open_csv(body, read, parse, texts)
        filled = False
        for batch in reader:
            if batch.num_rows:
                filled = True
                yield batch
        if not filled:
            yield from reader.schema.empty_table().to_batches()


def _rows_of_part(
    batches: Iterable[pa.RecordBatch], check: dict[str, Any], part: str
) -> Iterator[tuple[Any, pa.RecordBatch]]:
    """The rows of this part, some at a time and never none, and their places in the file."""
    split, done = check.get("split"), 0
    if split and split["tested"] is None:
        raise KnownFailure(f"Which rows are tested ({TEST_ROWS}) did not reach the job.")
    for batch in batches:
        places: Any = pd.RangeIndex(done, done + batch.num_rows)
        done += batch.num_rows
        if split:
            tested = split["tested"][places.start : places.stop]
            chosen = tested if part == "test" else ~tested
            if len(chosen) < batch.num_rows:
                break
            places = places.start + np.flatnonzero(chosen)
        if len(places):
            yield places, batch.filter(pa.array(chosen)) if split else batch
    if split and done != split["rows"]:
        file = check[part]["file"]
        raise KnownFailure(
            f"{file} has another number of rows than the {split['rows']:,} that were checked."
        )


@contextmanager
def _opened_table(
    folder: Path, check: dict[str, Any], part: str
) -> Iterator[tuple[IO[bytes], str]]:
    """The file without the rows that the check has left out, and its encoding."""
    files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    if len(files) != 1:
        raise KnownFailure(
            spoken(
                "The input folder {folder} has {files} files; one is expected.",
                folder=folder.name,
                files=len(files),
            )
        )
    packed = check[part]["format"]["compression"] == "gzip"
    try:
        with gzip.open(files[0], "rb") if packed else files[0].open("rb") as body:
            yield _filled(cast(IO[bytes], body), check[part])
    except (pa.ArrowInvalid, UnicodeError, EOFError, OSError) as error:
        raise KnownFailure(
            spoken(
                "{file} can't be read as a table: {error}", file=check[part]["file"], error=error
            )
        ) from error


def _filled(body: IO[bytes], found: dict[str, Any]) -> tuple[IO[bytes], str]:
    written = found["format"]
    # To look for rows without a value takes time, and the check has seen whether there are any.
    if found["read_to_the_end"] and not any(found["left_out"].values()):
        return body, written["encoding"]
    rows = FilledRows(body, written["encoding"], written["delimiter"], written["skip_rows"])
    return io.BufferedReader(rows, BLOCK_BYTES), "utf-8"


def _number_names(check: dict[str, Any]) -> set[str]:
    return {c["name"] for c in check["train"]["columns"] if c["kind"] != "text"}


def _options(
    check: dict[str, Any], part: str, encoding: str
) -> tuple[pyarrow.csv.ReadOptions, pyarrow.csv.ParseOptions, pyarrow.csv.ConvertOptions]:
    written = check[part]["format"]
    # Of a single file, the rows of both parts are read.
    read = [
        check[name]["columns"] for name in (("train", "test") if check.get("split") else [part])
    ]
    texts = {c["name"] for columns in read for c in columns if c["kind"] == "text"}
    not_plain = {c["name"] for columns in read for c in columns if not c["is_plain"]}
    known = {c["name"] for c in check[part]["columns"]}
    numbers = (_number_names(check) & known) - texts - not_plain - {row_id_in(check)}
    types = {
        str(place): pa.float64() if name in numbers else pa.string()
        for place, name in enumerate(written["names"])
    }
    return (
        pyarrow.csv.ReadOptions(
            encoding=encoding,
            block_size=BLOCK_BYTES,
            column_names=list(types),
            skip_rows_after_names=written["skip_rows"],
        ),
        pyarrow.csv.ParseOptions(delimiter=written["delimiter"], newlines_in_values=True),
        pyarrow.csv.ConvertOptions(
            column_types=types,
            null_values=written["missing"],
            strings_can_be_null=False,
            quoted_strings_can_be_null=True,
            decimal_point=written["decimal"],
        ),
    )


def _frame(table: pa.Table, check: dict[str, Any], part: str) -> pd.DataFrame:
    written, numbers = check[part]["format"], _number_names(check)
    known = {column["name"]: column for column in check[part]["columns"]}
    readers = {n: ColumnReader.of(known.get(n, {}), written) for n in written["names"] if n}
    left_out, row_id = left_out_in(check), row_id_in(check)
    columns: dict[str, Any] = {}
    for place, name in enumerate(written["names"]):
        if name in left_out:
            continue
        if name and name == row_id:
            columns[name] = table.column(place).to_numpy()
        elif name in numbers:
            columns[name] = as_whole_numbers(_numbers(table.column(place), readers[name]))
        elif name:
            columns[name] = _texts(table.column(place), readers[name])
    return pd.DataFrame(columns)


def as_whole_numbers(values: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    """The numbers as int64 if all are whole and exact, else as they are."""
    is_whole = (values == np.floor(values)) & (np.abs(values) < _LARGEST_EXACT)
    return values.astype(np.int64) if is_whole.all() else values


def _numbers(column: pa.ChunkedArray, reader: ColumnReader) -> npt.NDArray[np.float64]:
    if pa.types.is_floating(column.type):
        values = column.to_numpy().astype(np.float64)
        # Pandas reads some texts as infinite that the check does not take for numbers.
        return np.where(np.isfinite(values), values, np.nan)
    parts = [np.empty(0)]
    for codes, different in map(_different_texts, column.chunks):
        parts.append(reader.numbers(different)[codes])
    return np.concatenate(parts)


def _texts(column: pa.ChunkedArray, reader: ColumnReader) -> npt.NDArray[Any]:
    parts = [np.empty(0, object)]
    for codes, different in map(_different_texts, column.chunks):
        told = np.empty(len(different), object)
        told[:] = reader.texts(different)
        parts.append(told[codes])
    return np.concatenate(parts)


def _different_texts(chunk: "pa.StringArray") -> tuple[npt.NDArray[Any], list[str]]:
    """For each row the place of its text among the different ones, and these."""
    encoded = chunk.dictionary_encode()
    return encoded.indices.to_numpy(), encoded.dictionary.to_pylist()
