"""Fits the baselines that a model is compared with, in the only job that has the train file."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from training.model.baseline import (
    LINEAR_MODEL,
    MEAN,
    MEDIAN,
    MOST_FREQUENT_CLASS,
    SMALL_TREE,
    Baseline,
    as_texts,
    finite,
)

# Enough for a simple model to be as good as it gets, and done in seconds.
_MOST_ROWS, _FEWEST_ROWS = 20_000, 1_000
_MOST_CELLS = 2_000_000
_MOST_CATEGORIES = 20
_MOST_CLASSES = 50
_TREE = {"max_depth": 4, "min_samples_leaf": 5, "random_state": 0}
_MEDIAN_METRICS = {"mean_absolute_error", "median_absolute_error"}


def fitted_baselines(
    table: pd.DataFrame, target: str, classes: list[Any] | None, metric: str
) -> list[Baseline]:
    """Guessing, and the simple models, fitted on (a sample of) the labelled rows of ``table``.

    Args:
        table: features and target.
        target: the column to predict.
        classes: the model's classes, None for a number.
        metric: the name of the metric, on which the best guess depends.
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
    as_numbers = _as_numbers()
    try:
        numbers = as_numbers.fit_transform(features)
    except Exception as error:  # noqa: BLE001 (the report can do without them)
        print(f"Compared with no simple model: {error}")
        return baselines
    for name, model in _simple_models(count).items():
        try:
            model.fit(numbers, labels_of_some)
        except Exception as error:  # noqa: BLE001 (the report can do without it)
            print(f"Not compared with {name}: {error}")
            continue
        # All begin with the same step, whose work is then done once.
        estimator = make_pipeline(as_numbers, model)
        baselines.append(Baseline(name, estimator, [str(column) for column in features]))
    return baselines


def _guess(labels: pd.Series, is_number: bool, metric: str) -> Baseline:
    no_features = np.zeros((len(labels), 1))
    if not is_number:
        guess = DummyClassifier(strategy="prior").fit(no_features, labels)
        return Baseline(MOST_FREQUENT_CLASS, guess, [])
    is_median = metric in _MEDIAN_METRICS
    guess = DummyRegressor(strategy="median" if is_median else "mean").fit(no_features, labels)
    return Baseline(MEDIAN if is_median else MEAN, guess, [])


def _simple_models(classes: int) -> dict[str, Any]:
    if not classes:
        return {LINEAR_MODEL: Ridge(), SMALL_TREE: DecisionTreeRegressor(**_TREE)}
    tree = {SMALL_TREE: DecisionTreeClassifier(**_TREE)}
    if classes > _MOST_CLASSES:
        return tree
    return {LINEAR_MODEL: LogisticRegression(max_iter=200)} | tree


def _as_numbers() -> Any:
    numbers = make_pipeline(
        FunctionTransformer(finite, feature_names_out="one-to-one"),
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
    )
    texts = make_pipeline(
        FunctionTransformer(as_texts, feature_names_out="one-to-one"),
        OneHotEncoder(
            max_categories=_MOST_CATEGORIES, handle_unknown="infrequent_if_exist", dtype=np.float32
        ),
    )
    return make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (texts, make_column_selector(dtype_exclude="number")),
    )
