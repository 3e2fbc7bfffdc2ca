"""The model behind a SageMaker endpoint or in a batch transform job.

The container's server calls :func:`model_fn` once and :func:`transform_fn` for each request. There
are two servers: the SageMaker Inference Toolkit in AWS's images up to AutoGluon 1.5, which also
passes the context of a request, and the one in AWS's image since 1.6 (aws/deep-learning-containers,
pull request 6762), which passes none and answers a ValueError with status 400.

Rows come as ``text/csv`` in the train file's form, with or without its first line; as
``application/json``, one row or a list of them by column name; as ``application/jsonlines``; or as
``application/x-parquet``. The target column may be left out.
"""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa

from training.job.column_reader import ColumnReader
from training.job.csv_text import csv_text
from training.job.failure import KnownFailure
from training.job.plain_name import plain_name
from training.job.safe_csv import cells
from training.job.tables import as_whole_numbers
from training.model.csv_rows import read_rows, rows_of_csv
from training.model.files import TRAIN_FILE
from training.model.outcome import plain_label
from training.model.prediction_columns import Columns, json_rows, prediction_columns
from training.model.trained_model import Model, unpacked_model

_CSV, _JSON, _LINES = "text/csv", "application/json", "application/jsonlines"
_PARQUET = "application/x-parquet"


class BadRequest(ValueError):
    """The request can't be answered; the text says why and what is expected."""


@dataclass(frozen=True)
class ServedModel:
    """The model, and how the file that it was trained on is written."""

    model: Model
    train_file: dict[str, Any]

    @classmethod
    def of(cls, model: Model, folder: Path) -> Self:
        """The model that was unpacked to ``folder``."""
        return cls(model, json.loads((folder / TRAIN_FILE).read_text(encoding="utf-8")))

    def predict(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The column ``prediction`` and, for classes, ``probability of CLASS`` for each class."""
        return pd.DataFrame(self.predicted_columns(rows))

    def predicted_columns(self, rows: pd.DataFrame) -> Columns:
        """The same as arrays."""
        labels = [plain_label(label) for label in self.model.classes or []]
        return prediction_columns(*self.model.prediction(rows), labels)

    def reading(
        self, written: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any], list[str], str]:
        """What :func:`rows_of_csv` has to know to read a text that is written like this file."""
        predictor = self.model.predictor
        return self.train_file, written, predictor.features(), predictor.label


def model_fn(model_dir: str) -> ServedModel:
    """Loads the model from ``model_dir``, into which SageMaker unpacks the archive."""
    folder = Path(model_dir)
    model = unpacked_model(folder)
    model.keep_in_memory()
    return ServedModel.of(model, folder)


def read_csv(
    served: ServedModel, path: str | Path, written: dict[str, Any] | None = None
) -> pd.DataFrame:
    """The rows of a CSV file to predict, each value read as the training read it.

    Args:
        served: what :func:`model_fn` returned.
        path: the file, perhaps compressed with gzip, whose first line has the columns' names.
        written: the file that it is written like, as in check.json; by default the train file.

    Raises:
        KnownFailure: it can't be read; the text says why.
    """
    return read_rows(Path(path), *served.reading(written or served.train_file))


def transform_fn(
    served: ServedModel, body: str | bytes, content_type: str, accept: str, context: Any = None
) -> tuple[str, str]:
    """The predictions for the rows in ``body``, and their content type.

    A request that can't be answered gets status 400 and the reason. The toolkit does not pass on
    the text of an error, so with a context the reason is the answer, ``{"error": …}``.

    Args:
        served: what :func:`model_fn` returned.
        body: the rows; a server may have decoded text.
        content_type: how they are written.
        accept: how to write the predictions: ``text/csv``, ``application/json`` or
            ``application/jsonlines``; anything else means JSON.
        context: the toolkit's context of the request, which takes the status.

    Raises:
        BadRequest: the request can't be answered, and there is no context to say so.
    """
    try:
        rows, has_header = _rows(served, body, _media_type(content_type))
        if rows.empty:
            raise BadRequest("The request has no rows.")
        columns = served.predicted_columns(rows)
    except (BadRequest, KnownFailure) as error:
        if context is None:
            raise BadRequest(str(error)) from error
        context.set_response_status(code=HTTPStatus.BAD_REQUEST.value, phrase="Bad Request")
        return json.dumps({"error": str(error)}, ensure_ascii=False), _JSON
    wanted = _media_type(accept)
    if wanted == _CSV:
        return _csv(columns, has_header=has_header), _CSV
    if wanted == _LINES:
        return "".join(f"{row}\n" for row in json_rows(columns)), _LINES
    return f"[{','.join(json_rows(columns))}]", _JSON


def _csv(columns: Columns, *, has_header: bool) -> str:
    """The columns for a program: unlike a file for people, its texts are as they are."""
    names = csv_text([pa.array([name]) for name in columns]) if has_header else b""
    rows = csv_text([cells(pd.Series(values)) for values in columns.values()])
    return (bytes(names) + bytes(rows)).decode()


def _media_type(header: str | None) -> str:
    return (header or "").split(";")[0].strip().lower()


def _rows(served: ServedModel, body: str | bytes, content_type: str) -> tuple[pd.DataFrame, bool]:
    """The request's rows, and whether the answer should name the columns."""
    if content_type == _CSV:
        found = rows_of_csv(
            body.encode() if isinstance(body, str) else body, *served.reading(served.train_file)
        )
        return found.table, found.has_names
    if content_type not in _READERS:
        raise BadRequest(
            f"The content type {content_type!r} is not supported. "
            f"Send one of {', '.join([_CSV, *_READERS])}."
        )
    try:
        table = _READERS[content_type](body)
    except (ValueError, TypeError, KeyError, RecursionError, pa.ArrowException) as error:
        raise BadRequest(f"The request is not valid {content_type}: {error}") from error
    return _as_the_train_file(served, table), True


def _as_the_train_file(served: ServedModel, table: pd.DataFrame) -> pd.DataFrame:
    """The table with numbers where the train file has numbers, and text where it has text."""
    known = {column["name"]: column for column in served.train_file["columns"]}
    table = table.rename(columns=lambda name: plain_name(str(name)))
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise BadRequest(f"The request has more than one column {twice!r}.")
    for name in table.columns.intersection(list(known)):
        reader = ColumnReader.of(known[name], served.train_file["format"])
        values = table[name].astype(object).where(table[name].notna(), None)
        if known[name]["kind"] == "text":
            table[name] = np.array(reader.texts([_text(value) for value in values]), object)
        else:
            table[name] = as_whole_numbers(_numbers(values, reader))
    return table


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _numbers(values: "pd.Series[Any]", reader: ColumnReader) -> Any:
    """The values as numbers; a text is read as in the train file."""
    is_text = np.array([isinstance(value, str) for value in values], bool)
    numbers = pd.to_numeric(values.mask(is_text), errors="coerce").to_numpy(float)
    numbers[is_text] = reader.numbers(values[is_text].to_list())
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _records(body: str | bytes) -> pd.DataFrame:
    found = json.loads(body)
    return pd.DataFrame([found] if isinstance(found, dict) else found, dtype=object)


def _lines(body: str | bytes) -> pd.DataFrame:
    text = body.decode() if isinstance(body, bytes) else body
    lines = [json.loads(line) for line in text.splitlines() if line.strip()]
    return pd.DataFrame(lines, dtype=object)


def _parquet(body: str | bytes) -> pd.DataFrame:
    assert isinstance(body, bytes)  # a server decodes only text
    return pd.read_parquet(io.BytesIO(body))


_READERS: dict[str, Callable[[str | bytes], pd.DataFrame]] = {
    _JSON: _records,
    _LINES: _lines,
    _PARQUET: _parquet,
}
