"""The data sets that models are compared on: real ones, and made ones whose structure is known."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from palmerpenguins import load_penguins
from sklearn import datasets
from sklearn.model_selection import train_test_split
from vega_datasets import data as vega

TARGET = "label"
_TITANIC = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
_GOOD = ["great", "lovely", "fine", "solid", "quick", "happy", "recommend"]
_BAD = ["poor", "broken", "slow", "refund", "awful", "sad", "never"]
_FILLING = ["the", "a", "box", "came", "with", "item", "order", "it", "was", "and", "for", "this"]

Split = tuple[pd.DataFrame, pd.DataFrame]


@dataclass(frozen=True)
class DataSet:
    """A table with the column ``label`` to predict, and the metric that is asked for."""

    name: str
    metric: str
    table: pd.DataFrame

    @property
    def is_number(self) -> bool:
        """Whether a number is to be predicted."""
        return self.metric == "root_mean_squared_error"

    def splits(self, count: int) -> Iterator[Split]:
        """Three quarters to learn from and a quarter to test with, each time drawn anew."""
        for seed in range(count):
            train, test = train_test_split(
                self.table,
                test_size=0.25,
                random_state=seed,
                stratify=None if self.is_number else self.table[TARGET],
            )
            yield train.reset_index(drop=True), test.reset_index(drop=True)


def data_sets() -> Iterator[DataSet]:
    """All of them, the real ones first; titanic only where its files are."""
    for name, (metric, make) in (_REAL | _MADE).items():
        yield DataSet(name, metric, make())
    if _TITANIC.exists():
        files = (_TITANIC / f"titanic_{part}.csv" for part in ("train", "test"))
        yield DataSet("titanic", "f1", pd.concat(map(pd.read_csv, files), ignore_index=True))


def _of_scikit_learn(load: Callable[..., Any]) -> Callable[[], pd.DataFrame]:
    return lambda: load(as_frame=True).frame.rename(columns={"target": TARGET})


def _penguins() -> pd.DataFrame:
    table: pd.DataFrame = load_penguins()
    return table.rename(columns={"species": TARGET})


def _cars() -> pd.DataFrame:
    table: pd.DataFrame = vega.cars()
    table = table.rename(columns={"Miles_per_Gallon": TARGET}).dropna(subset=[TARGET])
    return table.assign(Year=table["Year"].dt.year)


def _barley() -> pd.DataFrame:
    table: pd.DataFrame = vega.barley()
    return table.rename(columns={"yield": TARGET})


def _weather() -> pd.DataFrame:
    table: pd.DataFrame = vega.seattle_weather()
    table = table.rename(columns={"weather": TARGET})
    return table.assign(month=table.pop("date").dt.month)


def _linear_classes() -> pd.DataFrame:
    random = np.random.default_rng(1)
    x = random.normal(size=(400, 12))
    signal = x[:, :5] @ [1, -1, 0.8, 0.5, -0.5]
    return _table(x, signal + random.normal(size=400) > 0)


def _linear_number() -> pd.DataFrame:
    random = np.random.default_rng(2)
    x = random.normal(size=(300, 15))
    return _table(x, x[:, :6] @ [3, -2, 1, 1, 0.5, -0.5] + random.normal(size=300))


def _interaction() -> pd.DataFrame:
    random = np.random.default_rng(3)
    x = random.uniform(-1, 1, size=(1500, 8))
    return _table(x, (x[:, 0] * x[:, 1] > 0) ^ (random.random(1500) < 0.08))


def _friedman() -> pd.DataFrame:
    return _table(*datasets.make_friedman1(800, noise=1, random_state=4))


def _noise() -> pd.DataFrame:
    random = np.random.default_rng(5)
    return _table(random.normal(size=(400, 8)), random.random(400) < 0.5)


def _rare_class() -> pd.DataFrame:
    random = np.random.default_rng(6)
    x = random.normal(size=(6000, 10))
    signal = 1.5 * x[:, 0] + x[:, 1] * x[:, 2] - 0.5 * x[:, 3]
    return _table(x, random.random(6000) < 1 / (1 + np.exp(7.2 - 1.6 * signal)))


def _many_categories() -> pd.DataFrame:
    random = np.random.default_rng(7)
    cities, shops = random.integers(0, 200, 2500), random.integers(0, 40, 2500)
    x = random.normal(size=2500)
    signal = random.normal(size=200)[cities] + random.normal(size=40)[shops] + 0.5 * x
    table = _table(x[:, None], signal + random.logistic(size=2500) > 0)
    return table.assign(city=[f"city {c}" for c in cities], shop=[f"shop {s}" for s in shops])


def _missing_values() -> pd.DataFrame:
    random = np.random.default_rng(8)
    x = random.normal(size=(1200, 10))
    signal = x[:, 0] + abs(x[:, 1]) + 0.5 * x[:, 2] * x[:, 3]
    there = random.random(x.shape) > 0.25
    return _table(np.where(there, x, np.nan), signal + 0.3 * random.normal(size=1200))


def _text() -> pd.DataFrame:
    random = np.random.default_rng(9)

    def review(mood: str) -> str:
        own, other = (_GOOD, _BAD) if mood == "good" else (_BAD, _GOOD)
        words = [*random.choice(_FILLING, 8), random.choice(own)]
        words += [random.choice(other)] * (random.random() < 0.35)
        random.shuffle(words)
        return " ".join(words)

    moods = random.choice(["good", "bad"], 800)
    return pd.DataFrame({"review": map(review, moods), TARGET: moods})


def _skewed_amounts() -> pd.DataFrame:
    random = np.random.default_rng(10)
    x = random.normal(size=(2000, 6))
    expected = np.exp(1 + 0.6 * x[:, 0] - 0.4 * x[:, 1] * x[:, 2])
    return _table(x, (expected * random.gamma(2, 0.5, 2000)).round(3))


def _hundred_rows() -> pd.DataFrame:
    return _table(*datasets.make_classification(134, 6, n_informative=4, random_state=11))


def _five_classes() -> pd.DataFrame:
    return _table(
        *datasets.make_classification(
            12_000, 20, n_informative=10, n_classes=5, flip_y=0.05, random_state=12
        )
    )


def _large_classes() -> pd.DataFrame:
    return _table(
        *datasets.make_classification(
            50_000, 25, n_informative=12, weights=[0.85], flip_y=0.05, random_state=13
        )
    )


def _large_number() -> pd.DataFrame:
    return _table(*datasets.make_friedman1(30_000, noise=2, random_state=14))


def _table(features: Any, labels: Any) -> pd.DataFrame:
    plain = np.asarray(labels).astype(int) if np.asarray(labels).dtype == bool else labels
    return pd.DataFrame(features.round(4)).add_prefix("x").assign(**{TARGET: plain})


_RMSE = "root_mean_squared_error"
_REAL = {
    "breast cancer": ("accuracy", _of_scikit_learn(datasets.load_breast_cancer)),
    "wine": ("accuracy", _of_scikit_learn(datasets.load_wine)),
    "iris": ("accuracy", _of_scikit_learn(datasets.load_iris)),
    "digits": ("accuracy", _of_scikit_learn(datasets.load_digits)),
    "diabetes": (_RMSE, _of_scikit_learn(datasets.load_diabetes)),
    "penguins": ("accuracy", _penguins),
    "cars": (_RMSE, _cars),
    "barley": (_RMSE, _barley),
    "weather": ("accuracy", _weather),
}
_MADE = {
    "linear classes": ("f1", _linear_classes),
    "linear number": (_RMSE, _linear_number),
    "interaction": ("accuracy", _interaction),
    "friedman": (_RMSE, _friedman),
    "noise only": ("accuracy", _noise),
    "one in a hundred": ("f1", _rare_class),
    "many categories": ("accuracy", _many_categories),
    "missing values": (_RMSE, _missing_values),
    "text": ("accuracy", _text),
    "skewed amounts": (_RMSE, _skewed_amounts),
    "a hundred rows": ("accuracy", _hundred_rows),
    "five classes": ("accuracy", _five_classes),
    "large classes": ("f1", _large_classes),
    "large number": (_RMSE, _large_number),
}
