"""A finished training job's model, taken out of its archive."""

import json
import platform
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from training.job.failure import KnownFailure
from training.job.language import spoken
from training.model.archive import unpack
from training.model.baseline import Baseline, saved_baselines
from training.model.files import LEADERBOARD, PREDICTOR, RECORD
from training.model.outcome import Array

if TYPE_CHECKING:
    from autogluon.tabular import TabularPredictor


# For each row the value, or the place in the classes, (n,), and the probabilities (n, classes).
Prediction = tuple[Array, Array | None]

# What is this small on the disk fits into any memory, twice.
_SMALL_BYTES = 50_000_000


@dataclass(frozen=True)
class Model:
    """The predictor, the record of its training, the leaderboard of all models, and the baselines
    to compare it with. ``folder`` is where it was unpacked, None where it was not."""

    predictor: "TabularPredictor"
    record: dict[str, Any]
    leaderboard: pd.DataFrame
    baselines: list[Baseline]
    folder: Path | None = None

    @property
    def classes(self) -> list[Any] | None:
        """The classes, the positive one of two last; None for a number."""
        labels = self.predictor.class_labels
        return None if labels is None else list(labels)

    @property
    def metric(self) -> str:
        """The name of the metric that was optimised."""
        name: str = self.predictor.eval_metric.name
        return name

    @property
    def kept(self) -> list[str]:
        """The names of the single models in it that can predict."""
        return list(self.predictor.model_names(can_infer=True))

    @cached_property
    def is_small(self) -> bool:
        """Whether all its models together are known to be small."""
        if self.folder is None:
            return False
        files = (path for path in (self.folder / PREDICTOR).rglob("*") if path.is_file())
        return sum(path.stat().st_size for path in files) <= _SMALL_BYTES

    def keep_in_memory(self) -> None:
        """Loads what predicts, which else would be loaded for each prediction."""
        if self.is_small:
            # To see whether there is room, AutoGluon would load all of it once more.
            self.predictor.persist(max_memory=None)
        else:
            self.predictor.persist()

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process loads it from its folder."""
        return unpacked_model, (self.folder,)

    def prediction(self, table: pd.DataFrame) -> Prediction:
        """The prediction for each row, with the model's own decision threshold.

        Returns:
            Values (n), float64, and None for a number; otherwise places in ``classes`` (n) and the
            probabilities (n, classes), float32.

        Raises:
            KnownFailure: a column that the model needs is missing.
        """
        best = self.predictor.model_best
        return self.predictions(table, [best])[best]

    def predictions(self, table: pd.DataFrame, models: list[str]) -> dict[str, Prediction]:
        """The prediction of each of these single ``models``, and of those that they are made of,
        which each predict once, by their names.

        Raises:
            KnownFailure: a column that the model needs is missing.
        """
        self._refuse_without_columns(table)
        if not len(table):  # which no model predicts
            return dict.fromkeys(models, self._no_prediction)
        if self.classes is None:
            values = self.predictor.predict_multi(table, models, as_pandas=False)
            return {name: (np.asarray(each, float), None) for name, each in values.items()}
        given = self.predictor.predict_proba_multi(table, models, as_pandas=False)
        return {name: self._by_threshold(each) for name, each in given.items()}

    @property
    def _no_prediction(self) -> Prediction:
        if self.classes is None:
            return np.empty(0), None
        return np.empty(0, np.int32), np.empty((0, len(self.classes)), np.float32)

    def _refuse_without_columns(self, table: pd.DataFrame) -> None:
        missing = [column for column in self.predictor.features() if column not in table.columns]
        if missing:
            raise KnownFailure(
                spoken("The rows lack the column(s) {missing}.", missing=", ".join(missing))
            )

    def _by_threshold(self, probabilities: Array) -> Prediction:
        from autogluon.core.utils.utils import get_pred_from_proba

        # What predict_from_proba() asks, too, which then writes a label for each row.
        predicted = get_pred_from_proba(
            probabilities, self.predictor.problem_type, self.predictor.decision_threshold
        )
        return np.asarray(predicted, np.int32), probabilities.astype(np.float32)


class OtherVersions(KnownFailure):
    """The versions in the sentence ``saved`` made the model, and those in ``here`` are here."""

    def __init__(self, saved: str, here: str) -> None:
        super().__init__(
            spoken(
                "The model was made by {saved}, and this is {here}. A model can only be used with "
                "the versions that made it. Train again: upload the two files again, or type "
                "codefree run.",
                saved=saved,
                here=here,
            )
        )
        self.saved, self.here = saved, here

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        return type(self), (self.saved, self.here)  # it is raised in another process, too


def model_in(archive: Path, folder: Path, sha256: str) -> Model:
    """The model in ``archive``, a training job's model.tar.gz, unpacked to ``folder``.

    Args:
        archive: the file.
        folder: where to unpack it.
        sha256: the digest of the model that the training made; no other is loaded.

    Raises:
        KnownFailure: it is another archive, there is no model in it, or other versions of
            AutoGluon or Python made it.
    """
    unpack(archive, folder, sha256)
    return unpacked_model(folder)


def unpacked_model(folder: Path) -> Model:
    """The model in ``folder``, into which a model.tar.gz was unpacked.

    Raises:
        KnownFailure: there is none, or other versions of AutoGluon or Python made it.
    """
    if not (folder / RECORD).exists():
        raise KnownFailure(
            spoken("The model.tar.gz has no model in it; the training was stopped too early.")
        )
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    if (saved := _versions(record["autogluon"], record["python"])) != (here := _versions_here()):
        raise OtherVersions(saved, here)
    from autogluon.tabular import TabularPredictor  # takes longer than all else here

    # Around this, load() compares the versions, which is done above, and has every installed
    # package say its own, with which it does nothing: that takes longer than the loading.
    predictor = TabularPredictor._load(str((folder / PREDICTOR).absolute()))  # noqa: SLF001
    board = pd.read_csv(folder / LEADERBOARD)
    return Model(predictor, record, board, saved_baselines(folder), folder)


def _versions_here() -> str:
    return _versions(version("autogluon.tabular"), platform.python_version())


def _versions(autogluon: str, python: str) -> str:
    """In words, without the last part of Python's version, which makes no difference."""
    return spoken(
        "AutoGluon {autogluon} on Python {python}",
        autogluon=autogluon,
        python=python.rpartition(".")[0],
    )
