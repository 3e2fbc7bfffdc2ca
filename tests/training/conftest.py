"""One model of each kind, trained and evaluated once for all tests of this folder."""

import pytest
from sklearn import datasets

from tests.training.jobs import Results, Trained, evaluated, trained
from tests.training.tables import split


@pytest.fixture(scope="session")
def binary(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Breast cancer with Korean labels: 악성 has fewer rows and is the positive class."""
    rows = split(datasets.load_breast_cancer, {0: "악성", 1: "양성"})
    return trained(tmp_path_factory.mktemp("binary") / "job", *rows)


@pytest.fixture(scope="session")
def binary_results(binary: Trained, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return evaluated(tmp_path_factory.mktemp("binary") / "results", binary, binary.test)


@pytest.fixture(scope="session")
def multiclass_results(multiclass: Trained, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return evaluated(tmp_path_factory.mktemp("multi") / "results", multiclass, multiclass.test)


@pytest.fixture(scope="session")
def regression_results(regression: Trained, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return evaluated(tmp_path_factory.mktemp("number") / "results", regression, regression.test)


@pytest.fixture(scope="session")
def multiclass(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    rows = split(datasets.load_wine)
    return trained(tmp_path_factory.mktemp("multiclass") / "job", *rows)


@pytest.fixture(scope="session")
def regression(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    rows = split(datasets.load_diabetes)
    return trained(tmp_path_factory.mktemp("regression") / "job", *rows)
