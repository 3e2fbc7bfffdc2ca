"""The models are checked on groups that they have not learned from, or on the newest rows."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from autogluon.tabular import TabularPredictor
from hypothesis import given, settings
from hypothesis import strategies as st

from training.fitting.fit_options import fit_options
from training.fitting.validation_rows import ValidationRule, time_order, validation_rule

# More than a busy machine takes.
_SECONDS = 600
PRESETS = ["medium_quality", "good_quality", "high_quality", "best_quality"]


def groups_of_noise(groups: int, rows: int) -> pd.DataFrame:
    """Rows whose class is its group's, as is a feature that tells the group and nothing else: who
    has seen the group knows the class, and who has not can only guess."""
    random = np.random.default_rng(0)
    group = np.repeat(np.arange(groups), rows)
    order = random.permutation(groups * rows)
    table = pd.DataFrame(
        {
            "tells": random.permutation(groups)[group] + random.normal(0, 0.01, groups * rows),
            "noise": random.normal(size=groups * rows),
            "shop": [f"shop {g}" for g in group],
            "day": pd.date_range("2024-01-01", periods=groups * rows).strftime("%d.%m.%Y"),
            "label": random.permutation(np.arange(groups) % 2)[group],
        }
    )
    return table.iloc[order].reset_index(drop=True)


def fitted(
    folder: Path, table: pd.DataFrame, roles: dict[str, Any], presets: str, **options: Any
) -> tuple[TabularPredictor, ValidationRule]:
    """The predictor as the job fits it, with one quick kind of model."""
    rule = validation_rule(table, "label", roles)
    learned = table.drop(columns=["shop", "day"])
    predictor = TabularPredictor(
        "label",
        problem_type="binary",
        path=str(folder),
        learner_kwargs={"ignored_columns": rule.ignored},
        verbosity=0,
    )
    told = fit_options(presets, "binary", *learned.shape, _SECONDS, with_folds=rule.allows_folds)
    told |= rule.options | {"hyperparameters": {"GBM": {}}, "ag_args_fit": {"num_cpus": 1}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AG_CPU_COUNT", "2")
        predictor.fit(
            rule.with_column(learned),
            presets=presets,
            time_limit=_SECONDS,
            **told | {"dynamic_stacking": False} | options,
        )
    return predictor, rule


def validated(predictor: TabularPredictor) -> list[tuple[npt.NDArray[Any], npt.NDArray[Any]]]:
    """The rows, by their index, that were learned from and checked on, for each fold or split."""
    trainer = predictor._trainer
    learned = trainer.load_X().index.to_numpy()
    if not trainer.bagged_mode:
        return [(learned, trainer.load_X_val().index.to_numpy())]
    name = next(name for name in trainer.get_model_names(level=1))
    model = trainer.load_model(name)
    rows, labels = trainer.load_X(), trainer.load_y()
    splits = model._cv_splitters[0].split(X=rows, y=labels)
    assert len(splits) == model.n_children
    return [(learned[train], learned[test]) for train, test in splits]


@pytest.mark.parametrize("presets", PRESETS)
def test_no_group_is_learned_from_and_checked_on(tmp_path: Path, presets: str) -> None:
    table = groups_of_noise(40, 10)
    predictor, rule = fitted(tmp_path / "a", table, {"group": "shop"}, presets)
    folds = validated(predictor)
    assert 5 <= len(folds) <= 8
    for learned, checked in folds:
        assert not set(table["shop"][learned]) & set(table["shop"][checked])
    assert sorted(np.concatenate([checked for _, checked in folds])) == list(range(len(table)))
    board = predictor.leaderboard(display=False)
    score = board["score_val"].max()
    assert score < 0.75, "who has not seen the group can only guess"
    assert rule.why and "shop" in rule.why
    assert predictor.features() == ["tells", "noise"]
    # New rows have neither the column nor the group.
    assert len(predictor.predict(table[["tells", "noise"]])) == len(table)


def test_without_the_rule_the_groups_would_leak(tmp_path: Path) -> None:
    predictor, _ = fitted(tmp_path / "a", groups_of_noise(40, 10), {}, "best_quality")
    assert predictor.leaderboard(display=False)["score_val"].max() > 0.9


def test_rows_that_are_kept_aside_are_whole_groups(tmp_path: Path) -> None:
    table = groups_of_noise(60, 100)  # too many rows for folds
    predictor, _ = fitted(tmp_path / "a", table, {"group": "shop"}, "medium_quality")
    [(learned, checked)] = validated(predictor)
    assert not set(table["shop"][learned]) & set(table["shop"][checked])
    assert 0.03 < len(checked) / len(table) < 0.3


@pytest.mark.parametrize("presets", PRESETS)
@pytest.mark.parametrize("rows", [10, 150])
def test_the_newest_rows_are_checked_on(tmp_path: Path, presets: str, rows: int) -> None:
    table = groups_of_noise(40, rows)
    roles = {"time": "day", "day_first": True}
    predictor, rule = fitted(tmp_path / "a", table, roles, presets)
    [(learned, checked)] = validated(predictor)
    day = pd.to_datetime(table["day"], format="%d.%m.%Y")
    assert day[learned].max() < day[checked].min()
    assert len(learned) + len(checked) == len(table)
    assert 0.01 < len(checked) / len(table) < 0.3
    assert rule.why and "newest" in rule.why
    assert len(predictor.predict(table[["tells", "noise"]])) == len(table)


def test_with_times_and_groups_the_newest_groups_are_checked_on(tmp_path: Path) -> None:
    table = groups_of_noise(40, 10)
    roles = {"time": "day", "day_first": True, "group": "shop"}
    predictor, rule = fitted(tmp_path / "a", table, roles, "best_quality")
    [(learned, checked)] = validated(predictor)
    assert not set(table["shop"][learned]) & set(table["shop"][checked])
    day = pd.to_datetime(table["day"], format="%d.%m.%Y").groupby(table["shop"]).transform("min")
    assert day[learned].max() < day[checked].min()
    assert rule.why and "shop" in rule.why and "day" in rule.why


@pytest.mark.parametrize(
    ("column", "values"), [("time", [2020] * 50), ("group", ["a"] * 50), ("time", [None] * 50)]
)
def test_where_nothing_can_be_told_apart_rows_are_drawn_at_random(
    column: str, values: list[Any]
) -> None:
    rule = validation_rule(pd.DataFrame({"x": values, "label": 1}), "label", {column: "x"})
    assert rule.options == {} and rule.ignored == [] and rule.allows_folds


@pytest.mark.parametrize("role", ["time", "group"])
def test_a_class_that_would_be_missing_is_not_split_off(role: str) -> None:
    # All rows of one class are of one group, and are the newest ones.
    shop = np.repeat(np.arange(10), 10)
    table = pd.DataFrame({"x": shop, "label": np.where(shop == 9, "yes", "no")})
    rule = validation_rule(table, "label", {role: "x"})
    assert rule.options == {} and rule.why and "one class" in rule.why


TIMES = st.lists(st.datetimes(pd.Timestamp("1990"), pd.Timestamp("2060")), min_size=2, max_size=30)


@settings(deadline=None, max_examples=40)
@given(
    times=TIMES,
    form=st.sampled_from(
        ["%Y-%m-%d %H:%M", "%m/%d/%Y %H:%M", "%d.%m.%Y %H:%M", "%d %b %Y %H:%M", "%Y-%m-%dT%H:%M"]
    ),
)
def test_the_order_of_times_is_that_of_the_dates(times: list[pd.Timestamp], form: str) -> None:
    minutes = pd.Series(times).dt.floor("min")
    written = minutes.dt.strftime(form).astype(object)
    written.iloc[0] = None
    order = time_order(written, day_first=form.startswith("%d"))
    assert order[0] == 0
    expected = minutes[1:].rank(method="dense").astype(int)
    assert list(order[1:]) == list(expected)


def test_numbers_are_times_too() -> None:
    order = time_order(pd.Series([2021.5, np.nan, -3, 2021.5]), day_first=False)
    assert list(order) == [2, 0, 1, 2]
