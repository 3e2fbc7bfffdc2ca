"""The model behind a SageMaker endpoint or in a batch transform job.

The container's server calls :func:`model_fn` once and :func:`transform_fn` for each request. There
are two servers: the SageMaker Inference Toolkit in AWS's images up to AutoGluon 1.5, which also
passes the context of a request, and the one in AWS's image since 1.6 (aws/deep-learning-containers,
pull request 6762), which passes none and answers a ValueError with status 400.

Rows come as ``text/csv`` in the train file's form, with or without its first line; as
``application/json``, one row or a list of them by column name; as ``application/jsonlines``; or as
``application/x-parquet``. The target column may be left out.
"""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from training.job.column_reader import ColumnReader
from training.job.failure import KnownFailure
from training.job.tables import as_whole_numbers, table_from
from training.model.files import TRAIN_FILE
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

    @property
    def columns(self) -> list[str]:
        """The columns of the train file without the target, in order."""
        names: list[str] = self.train_file["format"]["names"]
        return [name for name in names if name and name != self.model.predictor.label]


def model_fn(model_dir: str) -> ServedModel:
    """Loads the model from ``model_dir``, into which SageMaker unpacks the archive."""
    folder = Path(model_dir)
    train_file = json.loads((folder / TRAIN_FILE).read_text(encoding="utf-8"))
    model = unpacked_model(folder)
    model.predictor.persist()  # or it would be loaded again for each request
    return ServedModel(model, train_file)


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
        table = _prediction(served, rows)
    except (BadRequest, KnownFailure) as error:
        if context is None:
            raise BadRequest(str(error)) from error
        context.set_response_status(code=HTTPStatus.BAD_REQUEST.value, phrase="Bad Request")
        return json.dumps({"error": str(error)}, ensure_ascii=False), _JSON
    wanted = _media_type(accept)
    if wanted == _CSV:
        return table.to_csv(index=False, header=has_header), _CSV
    if wanted == _LINES:
        return str(table.to_json(orient="records", lines=True, force_ascii=False)), _LINES
    return str(table.to_json(orient="records", force_ascii=False)), _JSON


def _media_type(header: str | None) -> str:
    return (header or "").split(";")[0].strip().lower()


def _rows(served: ServedModel, body: str | bytes, content_type: str) -> tuple[pd.DataFrame, bool]:
    """The request's rows, and whether the answer should name the columns."""
    if content_type == _CSV:
        return _rows_of_csv(served, body.encode() if isinstance(body, str) else body)
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


def _rows_of_csv(served: ServedModel, body: bytes) -> tuple[pd.DataFrame, bool]:
    """CSV in the train file's form; the first line may be the names or already a row."""
    written = served.train_file["format"]
    first = _first_line(body, written["delimiter"])
    has_header = set(served.model.predictor.features()) <= set(first)
    names = first if has_header else _names_by_place(served, first)
    request = {
        "format": written
        | {"names": names, "skip_rows": int(has_header), "encoding": "utf-8", "compression": ""},
        "columns": [c for c in served.train_file["columns"] if c["name"] in names],
    }
    check = {"train": served.train_file, "request": request}
    try:
        return table_from(io.BytesIO(body), check, "request"), has_header
    except (pa.ArrowInvalid, UnicodeError) as error:
        raise BadRequest(f"The request can't be read as CSV: {error}") from error


def _first_line(body: bytes, delimiter: str) -> list[str]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeError as error:
        raise BadRequest("The request is not in UTF-8.") from error
    line = next(csv.reader(io.StringIO(text), delimiter=delimiter), None)
    if not line:
        raise BadRequest("The request has no rows.")
    return [field.strip() for field in line]


def _names_by_place(served: ServedModel, first: list[str]) -> list[str]:
    everything: list[str] = served.train_file["format"]["names"]
    known = sum(field in everything for field in first)
    if known < len(first) / 2:
        for names in (served.columns, everything):
            if len(first) == len(names):
                return names
    missing = [name for name in served.model.predictor.features() if name not in first]
    raise BadRequest(
        f"The first line has {len(first)} fields. It should have the train file's column names (it "
        f"lacks {', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}) or be a row with the "
        f"train file's {len(served.columns)} columns without the target."
    )


def _as_the_train_file(served: ServedModel, table: pd.DataFrame) -> pd.DataFrame:
    """The table with numbers where the train file has numbers, and text where it has text."""
    known = {column["name"]: column for column in served.train_file["columns"]}
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


def _prediction(served: ServedModel, rows: pd.DataFrame) -> pd.DataFrame:
    if rows.empty:
        raise BadRequest("The request has no rows.")
    predicted, probabilities = served.model.prediction(rows)
    classes = served.model.classes
    if classes is None or probabilities is None:
        return pd.DataFrame({"prediction": predicted})
    table = pd.DataFrame({"prediction": [classes[place] for place in predicted]})
    for place, label in enumerate(classes):
        table[f"probability of {label}"] = probabilities[:, place]
    return table


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
