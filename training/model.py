"""A finished training job's model, taken out of its archive."""

import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from autogluon.tabular import TabularPredictor

from training.failure import JobFailed
from training.train import LEADERBOARD, PREDICTOR, RECORD


@dataclass(frozen=True)
class Model:
    """The predictor, what its training recorded, and the leaderboard of all models."""

    predictor: TabularPredictor
    record: dict[str, Any]
    leaderboard: pd.DataFrame


@dataclass(frozen=True)
class Prediction:
    """What a model says of ``n`` rows: ``values`` (n), ``probabilities`` (n x classes) or None."""

    values: pd.Series
    probabilities: pd.DataFrame | None


def model_in(archive: Path, folder: Path) -> Model:
    """The model in ``archive``, a training job's model.tar.gz, unpacked to ``folder``.

    Raises:
        JobFailed: there is no model inside, or it was saved by other versions.
    """
    try:
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise JobFailed(f"The training left no readable model.tar.gz: {error}") from error
    if not (folder / RECORD).exists():
        raise JobFailed("The model.tar.gz holds no model; the training was stopped too early.")
    try:
        predictor = TabularPredictor.load(str(folder / PREDICTOR))
    except AssertionError as error:
        raise JobFailed(f"The model was saved by another version of AutoGluon: {error}") from error
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    return Model(predictor, record, pd.read_csv(folder / LEADERBOARD))


def prediction(predictor: TabularPredictor, table: pd.DataFrame) -> Prediction:
    """The prediction for each row of ``table``, with the model's own decision threshold.

    Raises:
        JobFailed: a column that the model needs is missing.
    """
    missing = [column for column in predictor.features() if column not in table.columns]
    if missing:
        raise JobFailed(f"The test file lacks the column(s) {', '.join(missing)}.")
    if predictor.problem_type == "regression":
        return Prediction(predictor.predict(table), None)
    probabilities = predictor.predict_proba(table)
    return Prediction(predictor.predict_from_proba(probabilities), probabilities)


def true_values(predictor: TabularPredictor, labels: pd.Series) -> pd.Series:
    """``labels`` of a test file in the terms of the model, missing where they say nothing.

    A label counts as a class when it is written like it: a file in which one label is missing has
    1.0 where the train file has 1. A label that the model has never seen stays as it is.
    """
    if predictor.problem_type == "regression":
        return pd.to_numeric(labels, errors="coerce")
    classes = {_written(label): label for label in predictor.class_labels}
    known = [None if pd.isna(label) else classes.get(_written(label), label) for label in labels]
    return pd.Series(known, index=labels.index, dtype=object)


def _written(label: object) -> str:
    if isinstance(label, float | np.floating) and float(label).is_integer():
        return str(int(label))
    return str(label)
