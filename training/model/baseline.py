"""What a model is compared with: guessing the same for every row, and simple models."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd

from training.job.language import to_speak
from training.model.files import BASELINES
from training.model.outcome import Array

MOST_FREQUENT_CLASS = to_speak("always the most frequent class")
MEAN = to_speak("always the mean of the train file")
MEDIAN = to_speak("always the median of the train file")
LINEAR_MODEL, SMALL_TREE = to_speak("a linear model"), to_speak("a small tree")

_LARGEST_NUMBER = 1e30


@dataclass(frozen=True)
class Baseline:
    """A fitted estimator of scikit-learn and its name in words; its classes are places in the
    model's. The estimator is a pipeline whose first step prepares the columns, unless there are
    none."""

    name: str
    estimator: Any
    columns: list[str]

    def prediction(
        self, table: pd.DataFrame, classes: int, prepared: dict[int, Any]
    ) -> tuple[Array, Array | None]:
        """Values (n), and the probabilities (n, classes) unless ``classes`` is 0.

        ``prepared`` keeps what first steps have made of this table, for baselines that share one.
        """
        rows: Any = table.reindex(columns=self.columns)
        estimator = self.estimator
        if self.columns:
            first, estimator = estimator[0], estimator[1:]
            if id(first) not in prepared:
                prepared[id(first)] = first.transform(rows)
            rows = prepared[id(first)]
        if not classes:
            return np.asarray(estimator.predict(rows), float), None
        probabilities = np.zeros((len(table), classes), np.float32)
        probabilities[:, estimator.classes_] = estimator.predict_proba(rows)
        return probabilities.argmax(axis=1), probabilities


def is_guess(name: str) -> bool:
    """Whether the baseline of this name predicts the same for every row."""
    return name in {MOST_FREQUENT_CLASS, MEAN, MEDIAN}


def save_baselines(baselines: list[Baseline], folder: Path) -> None:
    """Saves them in the model's folder."""
    # As plain fields, so that a later version of this module can see whether they fit.
    joblib.dump([vars(baseline) for baseline in baselines], folder / BASELINES)


def saved_baselines(folder: Path) -> list[Baseline]:
    """What :func:`save_baselines` saved; empty if custom training code, or another version of this
    one, did not."""
    if not (folder / BASELINES).exists():
        return []
    try:
        return [Baseline(**fields) for fields in joblib.load(folder / BASELINES)]
    except Exception as error:  # noqa: BLE001 (another version's: the report can do without)
        print(f"The simple models to compare with can't be loaded: {error}")
        return []


# A saved baseline refers to these two by this module's name, so they are where it is loaded.


def finite(table: pd.DataFrame) -> pd.DataFrame:
    """Numbers that scikit-learn's trees, which calculate in float32, can take."""
    numbers = table.to_numpy(float)
    kept = np.where(np.isfinite(numbers), numbers, np.nan).clip(-_LARGEST_NUMBER, _LARGEST_NUMBER)
    return pd.DataFrame(kept, table.index, table.columns)


def as_texts(table: pd.DataFrame) -> pd.DataFrame:
    """Every value as text, a missing one as the empty text."""
    return table.fillna("").astype(str)
