"""What a model predicts as columns, the same for every file and answer that has it.

The test's predictions, a prediction job's, the endpoint's, the batch transform's and the notebook's
are made here. So they are equal to the last digit for the same rows.
"""

import json
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from training.job.digits import digits
from training.model.outcome import Array

PREDICTION = "prediction"
Columns = dict[str, Array]


def prediction_columns(predicted: Array, probabilities: Array | None, labels: list[Any]) -> Columns:
    """The columns ``prediction`` and, for classes, ``probability of CLASS`` for each class.

    Args:
        predicted: (n) values, or places in ``labels``.
        probabilities: (n, classes) of the first of ``labels``, or None for numbers.
        labels: the classes as people write them; empty for numbers.

    Returns:
        For a number one column, float64; for classes the labels as objects, and float32.
    """
    if probabilities is None:
        return {PREDICTION: np.asarray(predicted, np.float64)}
    columns: Columns = {PREDICTION: objects(labels)[predicted]}
    for name, values in zip(probability_names(labels), probabilities.T, strict=False):
        columns[name] = np.asarray(values, np.float32)
    return columns


def probability_names(labels: list[Any]) -> list[str]:
    """The name of each class's column."""
    return [f"probability of {label}" for label in labels]


def objects(values: list[Any]) -> Array:
    """The values as an array of Python's own objects, of whatever kinds they are."""
    array = np.empty(len(values), object)
    array[:] = values
    return array


def json_rows(columns: Columns) -> list[str]:
    """Each row as a JSON object; numbers have the digits that a CSV file has."""
    parts: list[Any] = []
    for name, values in columns.items():
        parts += [f"{',' if parts else '{'}{json.dumps(name, ensure_ascii=False)}:", _json(values)]
    rows: list[str] = pc.binary_join_element_wise(*parts, "}", "").to_pylist()
    return rows


def _json(values: Array) -> "pa.StringArray":
    if values.dtype != object:
        finite = np.where(np.isfinite(values), values, np.asarray(np.nan, values.dtype))
        return pc.fill_null(digits(finite), "null")
    codes, different = pd.factorize(values)
    written = [json.dumps(value, ensure_ascii=False) for value in different]
    return pa.array(written, pa.string()).take(pa.array(codes))
