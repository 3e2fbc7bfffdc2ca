"""What the approved model predicts for the test file of a new one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from training.job.failure import KnownFailure
from training.job.language import spoken
from training.model.known_rows import KnownRows
from training.model.outcome import Array
from training.model.trained_model import Model, model_in


@dataclass(frozen=True)
class NewModel:
    """What the approved model is to predict: the new one's target and classes, and the rows that
    the new one was trained on, if it kept them."""

    label: str
    classes: list[Any] | None
    known: KnownRows | None


@dataclass(frozen=True)
class ApprovedPredictions:
    """For each row what is predicted, with classes in the new model's order, and whether the row is
    new to both models; ``is_known`` says whether the approved one kept which rows it has seen."""

    predicted: Array
    probabilities: Array | None
    is_new: Array
    is_known: bool


def approved_predictions(
    archive: Path,
    folder: Path,
    sha256: str,
    new: NewModel,
    read: Callable[[], Iterator[pd.DataFrame]],
) -> ApprovedPredictions:
    """Predicts with the approved model.

    Args:
        archive: its model.tar.gz.
        folder: where to unpack it.
        sha256: its digest.
        new: the model that it is compared with.
        read: gives the batches of the test file.

    Raises:
        KnownFailure: it can't be used here, predicts something else, or a column is missing.
    """
    model = model_in(archive, folder, sha256)
    _same_kind(new, model)
    known = KnownRows.saved_in(folder)
    model.keep_in_memory()
    order = _order(new, model)
    predicted, probabilities, is_new = [], [], []
    for table in read():
        values, given = model.prediction(table)
        if given is None:
            predicted.append(values)
        else:
            predicted.append(np.argsort(order)[values].astype(np.int32))
            probabilities.append(given[:, order].astype(np.float32))
        is_new.append(_are_new(new.known, table) & _are_new(known, table))
    return ApprovedPredictions(
        np.concatenate(predicted),
        np.concatenate(probabilities) if probabilities else None,
        np.concatenate(is_new),
        known is not None,
    )


def _same_kind(new: NewModel, approved: Model) -> None:
    """Makes sure that both predict the same.

    Raises:
        KnownFailure: they don't.
    """
    label = approved.predictor.label
    if label != new.label:
        raise KnownFailure(
            spoken(
                "It predicts another column: “{other}” and not “{target}”.",
                other=label,
                target=new.label,
            )
        )
    if _kind(new.classes) != _kind(approved.classes):
        raise KnownFailure(
            spoken("Of the same column it predicts something else: a number, or other classes.")
        )


def _kind(classes: list[Any] | None) -> tuple[bool, set[Any]]:
    return classes is None, set(classes or [])


def _order(new: NewModel, approved: Model) -> Array:
    """The place of each of the new model's classes among those of the approved one."""
    classes = approved.classes or []
    return np.array([classes.index(label) for label in new.classes or []], int)


def _are_new(known: KnownRows | None, table: pd.DataFrame) -> Array:
    """Which rows the model that kept the ``known`` ones was not trained on; all if it kept none.

    Raises:
        KnownFailure: a column is missing that is part of each row by which it knows them again,
            even if the model itself does without it.
    """
    if known is None:
        return np.ones(len(table), bool)
    if missing := [name for name in known.columns if name not in table]:
        raise KnownFailure(
            spoken(
                "Which of these rows one of the models was trained on can't be told, because they "
                "lack the column(s) {missing} of its train file.",
                missing=", ".join(missing),
            )
        )
    return known.are_new(table)
