"""What findings say of the training is what AutoGluon does."""

import warnings
from typing import Any

import pandas as pd
from autogluon.core.data.cleaner import Cleaner
from autogluon.features.generators import AutoMLPipelineFeatureGenerator
from autogluon.tabular.configs.pipeline_presets import get_validation_and_stacking_method
from autogluon.tabular.learner.default_learner import DefaultLearner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.check.findings.feature_findings import _may_help
from lambdas.check.findings.size_findings import folds
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import checked


def classes_left(counts: list[int]) -> set[int]:
    """The classes, each named by its place, that AutoGluon keeps of so many rows each."""
    labels = pd.Series([place for place, rows in enumerate(counts) for _ in range(rows)])
    learner: Any = DefaultLearner.__new__(DefaultLearner)
    learner.problem_type = "binary" if len(counts) == 2 else "multiclass"
    threshold, *_ = learner.adjust_threshold_if_necessary(labels, 10, 0.1, 8)
    cleaner = Cleaner.construct(learner.problem_type, label="label", threshold=threshold)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kept = cleaner.fit_transform(pd.DataFrame({"label": labels}))
    return set(kept["label"])


@given(st.lists(st.integers(2, 60), min_size=2, max_size=8))
def test_only_a_rare_class_of_several_is_left_out(counts: list[int]) -> None:
    kept = classes_left(counts)
    assert {place for place, rows in enumerate(counts) if rows >= 10} <= kept
    assert len(counts) > 2 or len(kept) == 2


def test_a_rare_class_may_be_left_out() -> None:
    assert classes_left([200, 200, 5]) == {0, 1}
    assert classes_left([20, 20, 5]) == {0, 1, 2}


def test_rows_are_split_into_as_many_parts_as_the_finding_says() -> None:
    for rows in range(10, 100):
        made, *_ = get_validation_and_stacking_method(
            num_bag_folds=None,
            num_bag_sets=None,
            use_bag_holdout=False,
            holdout_frac=None,
            auto_stack=True,
            num_stack_levels=0,
            dynamic_stacking=False,
            refit_full=False,
            num_train_rows=rows,
            problem_type="binary",
            hpo_enabled=False,
            n_samples_minority_class=None,
        )
        assert made == folds(rows)


texts = st.one_of(st.none(), st.sampled_from(["a", "b"]), st.text("abcxyz", min_size=2, max_size=6))


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.lists(texts, min_size=30, max_size=60), st.booleans())
def test_autogluon_makes_nothing_of_what_is_told_to_be_of_no_use(
    values: list[str | None], is_unique: bool
) -> None:
    if is_unique:
        values = [value and f"{value}q{place}" for place, value in enumerate(values)]
    table = frame(len(values)).assign(x=pd.Series(values, dtype=object))
    check = checked(csv(table), csv(table))
    if not check.profile or _may_help(check.profile.train.columns["x"]):
        return
    features = AutoMLPipelineFeatureGenerator(verbosity=0).fit_transform(table[["age", "x"]])
    assert list(features) == ["age"]
