"""One model of each kind, trained and evaluated once for all tests of this folder."""

from typing import Any

import pytest
from sklearn import datasets

from tests.shared import SharedFolders
from tests.training.jobs import Results, Trained, evaluated, trained
from tests.training.tables import split


@pytest.fixture(scope="session")
def binary(shared: SharedFolders) -> Trained:
    """Breast cancer with Korean labels: 악성 has fewer rows and is the positive class."""
    return _trained(shared, "binary", datasets.load_breast_cancer, {0: "악성", 1: "양성"})


@pytest.fixture(scope="session")
def multiclass(shared: SharedFolders) -> Trained:
    return _trained(shared, "multiclass", datasets.load_wine)


@pytest.fixture(scope="session")
def regression(shared: SharedFolders) -> Trained:
    return _trained(shared, "regression", datasets.load_diabetes)


@pytest.fixture(scope="session")
def binary_results(shared: SharedFolders, binary: Trained) -> Results:
    return _evaluated(shared, "binary", binary)


@pytest.fixture(scope="session")
def multiclass_results(shared: SharedFolders, multiclass: Trained) -> Results:
    return _evaluated(shared, "multiclass", multiclass)


@pytest.fixture(scope="session")
def regression_results(shared: SharedFolders, regression: Trained) -> Results:
    return _evaluated(shared, "regression", regression)


def _trained(
    shared: SharedFolders, kind: str, load: Any, rename: dict[Any, str] | None = None
) -> Trained:
    rows = split(load, rename)
    folder = shared.made(f"{kind}-model", lambda empty: trained(empty / "job", *rows))
    return Trained(folder / "job" / "model.tar.gz", *rows)


def _evaluated(shared: SharedFolders, kind: str, model: Trained) -> Results:
    folder = shared.made(
        f"{kind}-results", lambda empty: evaluated(empty / "evaluation", model, model.test)
    )
    return Results(folder / "evaluation" / "results", "a")
