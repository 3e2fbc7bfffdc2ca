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
_GUESS = "always"
MOST_FREQUENT_CLASS = f"{_GUESS} the most frequent class"

# Enough for a simple model to be as good as it gets, and done in seconds.
_MOST_ROWS, _FEWEST_ROWS = 20_000, 1_000
_MOST_CELLS = 2_000_000
_MOST_CATEGORIES = 20
_MOST_CLASSES = 50
_LARGEST_NUMBER = 1e30
_TREE = {"max_depth": 4, "min_samples_leaf": 5, "random_state": 0}
_MEDIAN_METRICS = {"mean_absolute_error", "median_absolute_error"}


@dataclass(frozen=True)
class Baseline:
    """A fitted estimator of scikit-learn, told in words; its classes are places in the model's."""

    name: str
    estimator: Any
    columns: list[str]

    def prediction(self, table: pd.DataFrame, classes: int) -> tuple[Array, Array | None]:
        """Values (n), and the probabilities (n, classes) unless ``classes`` is 0."""
        table = table.reindex(columns=self.columns)
        if not classes:
            return np.asarray(self.estimator.predict(table), float), None
        probabilities = np.zeros((len(table), classes), np.float32)
        probabilities[:, self.estimator.classes_] = self.estimator.predict_proba(table)
        return probabilities.argmax(axis=1), probabilities


def is_guess(name: str) -> bool:
    """Whether the baseline of this name says the same of every row."""
    return name.startswith(_GUESS)


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
    labels = table[target]
    if classes is not None:
        places = {label: place for place, label in enumerate(classes)}
        labels = labels[labels.isin(places)].map(places).astype(int)
    count = 0 if classes is None else len(classes)
    affordable = _MOST_CELLS // (table.shape[1] * max(1, count))
    rows = min(len(labels), int(np.clip(affordable, _FEWEST_ROWS, _MOST_ROWS)))
    labels_of_some = labels.sample(rows, random_state=0)
    features = table.loc[labels_of_some.index].drop(columns=target)
    baselines = [_guess(labels, classes is None, metric)]
    for name, model in _simple_models(count).items():
        try:
            estimator = make_pipeline(_as_numbers(), model).fit(features, labels_of_some)
        except Exception as error:  # a report without this line is better than no model
            print(f"Not compared with {name}: {error}")
            continue
        baselines.append(Baseline(name, estimator, [str(column) for column in features]))
    # As plain fields, so that a later version of this module can tell whether it knows them.
    joblib.dump([vars(baseline) for baseline in baselines], folder / FILE)


def saved_baselines(folder: Path) -> list[Baseline]:
    """What :func:`save_baselines` saved; empty if an own or another training code did not."""
    if not (folder / FILE).exists():
        return []
    try:
        return [Baseline(**fields) for fields in joblib.load(folder / FILE)]
    except Exception as error:  # saved by another version: the report can do without
        print(f"The simple models to compare with can't be loaded: {error}")
        return []


def _guess(labels: pd.Series, is_number: bool, metric: str) -> Baseline:
    blind = np.zeros((len(labels), 1))
    if not is_number:
        guess = DummyClassifier(strategy="prior").fit(blind, labels)
        return Baseline(MOST_FREQUENT_CLASS, guess, [])
    strategy = "median" if metric in _MEDIAN_METRICS else "mean"
    guess = DummyRegressor(strategy=strategy).fit(blind, labels)
    return Baseline(f"{_GUESS} the {strategy} of the train file", guess, [])


def _simple_models(classes: int) -> dict[str, Any]:
    if not classes:
        return {"a linear model": Ridge(), "a small tree": DecisionTreeRegressor(**_TREE)}
    tree = {"a small tree": DecisionTreeClassifier(**_TREE)}
    if classes > _MOST_CLASSES:
        return tree
    return {"a linear model": LogisticRegression(max_iter=200)} | tree


def _as_numbers() -> Any:
    numbers = make_pipeline(
        FunctionTransformer(_finite, feature_names_out="one-to-one"),
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
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


def _finite(table: pd.DataFrame) -> pd.DataFrame:
    """Numbers that scikit-learn's trees, which calculate in float32, can take."""
    finite = table.astype(float).replace([np.inf, -np.inf], np.nan)
    return finite.clip(-_LARGEST_NUMBER, _LARGEST_NUMBER)


def _as_texts(table: pd.DataFrame) -> pd.DataFrame:
    return table.fillna("").astype(str)
