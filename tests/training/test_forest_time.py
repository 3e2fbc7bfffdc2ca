"""How long a random forest may take."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from autogluon.core.utils.exceptions import TimeLimitExceeded
from autogluon.tabular.models import RFModel, XTModel

from training.fitting.forest_time import keep_forests_in_time

_FEATURES = pd.DataFrame(np.random.default_rng(0).normal(size=(2_000, 5))).add_prefix("x")


@pytest.fixture(autouse=True)
def _undone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_expected_mem_usage", "_fit"):
        monkeypatch.setattr(RFModel, name, getattr(RFModel, name))


def forest(
    folder: Path, problem_type: str, seconds: float, trees: int, kind: type[Any] = RFModel
) -> Any:
    number = _FEATURES.sum(axis=1) + np.random.default_rng(1).normal(size=len(_FEATURES))
    labels = (number > 0).astype(int) if problem_type == "binary" else number
    told = {"n_estimators": trees}
    model = kind(path=str(folder), problem_type=problem_type, hyperparameters=told)
    return model.fit(X=_FEATURES, y=labels, time_limit=seconds, num_cpus=1, num_gpus=0)


@pytest.mark.parametrize("problem_type", ["binary", "regression"])
@pytest.mark.parametrize("kind", [RFModel, XTModel])
def test_a_forest_that_would_take_too_long_gets_fewer_trees_or_none(
    tmp_path: Path, kind: type[Any], problem_type: str
) -> None:
    keep_forests_in_time(rows=5_000)
    try:
        grown = forest(tmp_path, problem_type, 0.5, trees=3_000, kind=kind).model.n_estimators
    except TimeLimitExceeded:
        grown = 0
    assert grown < 3_000


@pytest.mark.parametrize("problem_type", ["binary", "regression"])
def test_one_that_has_the_time_is_the_same_as_ever(tmp_path: Path, problem_type: str) -> None:
    before = forest(tmp_path / "before", problem_type, 600, trees=20).predict_proba(_FEATURES)
    keep_forests_in_time(rows=5_000)
    after = forest(tmp_path / "after", problem_type, 600, trees=20)
    assert after.model.warm_start
    np.testing.assert_array_equal(after.predict_proba(_FEATURES), before)


@pytest.mark.parametrize(("processors", "limit"), [(2, 10), (4, 10), (16, 40)])
def test_a_forest_that_many_processors_grow_has_as_many_trees_as_they_can(
    monkeypatch: pytest.MonkeyPatch, processors: int, limit: float
) -> None:
    """AutoGluon foresees from four trees at once, which do not keep more than four busy."""
    given = {}
    monkeypatch.setattr(RFModel, "_fit", lambda _, **told: given.update(told))
    keep_forests_in_time(rows=5_000)
    RFModel()._fit(X=None, y=None, num_cpus=processors, time_limit=10)
    assert given["time_limit"] == limit


def test_nothing_changes_for_a_small_table(tmp_path: Path) -> None:
    keep_forests_in_time(rows=4_999)
    assert not forest(tmp_path, "binary", 600, trees=20).model.warm_start
