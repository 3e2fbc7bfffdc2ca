"""What the model is measured against: guessing without looking, and two simple models.

They are fitted in the training job, which alone has the train file, and saved beside the model.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from training.outcome import Array

FILE = "baselines.joblib"

# Enough for a simple model to be as good as it gets, and done in seconds.
_MOST_ROWS = 20_000
_MOST_CELLS = 2_000_000
_MOST_CATEGORIES = 20
_MOST_CLASSES = 50
_TREE = {"max_depth": 4, "min_samples_leaf": 5, "random_state": 0}
_MEDIAN_METRICS = {"mean_absolute_error", "median_absolute_error"}


@dataclass(frozen=True)
class Baseline:
    """A fitted estimator of scikit-learn, told in words; its classes are places in the model's."""

    name: str
    is_guess: bool
    estimator: Any

    def prediction(self, table: pd.DataFrame, classes: int) -> tuple[Array, Array | None]:
        """Values (n), and the probabilities (n, classes) unless ``classes`` is 0."""
        if not classes:
            return np.asarray(self.estimator.predict(table), float), None
        probabilities = np.zeros((len(table), classes), np.float32)
        probabilities[:, self.estimator.classes_] = self.estimator.predict_proba(table)
        return probabilities.argmax(axis=1), probabilities


def save_baselines(
    table: pd.DataFrame, target: str, classes: list[Any] | None, metric: str, folder: Path
) -> None:
    """Fits the baselines on (a sample of) the labelled rows of ``table`` and saves them.

    Args:
        table: features and target.
        target: the column to predict.
        classes: the model's classes, None for a number.
        metric: the name of the metric, on which depends what is the best guess.
        folder: where the model is saved.
    """
    features, labels = table.drop(columns=target), table[target]
    if classes is not None:
        places = {label: place for place, label in enumerate(classes)}
        known = labels.isin(places)
        features, labels = features[known], labels[known].map(places).astype(int)
    baselines = [_guess(features, labels, classes is None, metric)]
    rows = min(_MOST_ROWS, _MOST_CELLS // max(1, features.shape[1]))
    chosen = labels.sample(min(rows, len(labels)), random_state=0).index
    for name, model in _simple_models(len(classes) if classes is not None else 0).items():
        try:
            estimator = make_pipeline(_as_numbers(), model).fit(
                features.loc[chosen], labels[chosen]
            )
        except ValueError as error:  # a report without this line is better than no model
            print(f"Not compared with {name}: {error}")
            continue
        baselines.append(Baseline(name, False, estimator))
    joblib.dump(baselines, folder / FILE)


def saved_baselines(folder: Path) -> list[Baseline]:
    """What :func:`save_baselines` saved; empty if an own training code did not."""
    baselines: list[Baseline] = joblib.load(folder / FILE) if (folder / FILE).exists() else []
    return baselines


def _guess(features: pd.DataFrame, labels: pd.Series, is_number: bool, metric: str) -> Baseline:
    if not is_number:
        name = "always the most frequent class"
        return Baseline(name, True, DummyClassifier(strategy="prior").fit(features, labels))
    strategy = "median" if metric in _MEDIAN_METRICS else "mean"
    guess = DummyRegressor(strategy=strategy).fit(features, labels)
    return Baseline(f"always the {strategy} of the train file", True, guess)


def _simple_models(classes: int) -> dict[str, Any]:
    if not classes:
        return {"a linear model": Ridge(), "a small tree": DecisionTreeRegressor(**_TREE)}
    tree = {"a small tree": DecisionTreeClassifier(**_TREE)}
    if classes > _MOST_CLASSES:
        return tree
    return {"a linear model": LogisticRegression(max_iter=200)} | tree


def _as_numbers() -> Any:
    numbers = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()
    )
    texts = make_pipeline(
        FunctionTransformer(_as_texts, feature_names_out="one-to-one"),
        OneHotEncoder(
            max_categories=_MOST_CATEGORIES, handle_unknown="infrequent_if_exist", dtype=np.float32
        ),
    )
    return make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (texts, make_column_selector(dtype_exclude="number")),
    )


def _as_texts(table: pd.DataFrame) -> pd.DataFrame:
    return table.fillna("").astype(str)
