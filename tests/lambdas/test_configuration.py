"""The template's parameters, with the old names of presets."""

import pytest

from lambdas.configuration import Configuration

ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "BUCKET": "b",
    "TARGET_VARIABLE": "label",
    "PROBLEM_TYPE": "auto",
    "EVAL_METRIC": "f1",
    "AUTOML_PRESETS": "best_quality",
    "TRAINING_MINUTES": "1.5",
    "TRAINING_COST": "2",
    "SPOT_TRAINING": "false",
    "POSITIVE_CLASS": "auto",
    "MISSING_LABELS": "auto",
    "PAGE_LANGUAGE": "en",
    "MOST_MINUTES": "2880",
}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("best_quality_with_high_quality_refit", "high_quality"),
        ("high_quality_fast_inference_only_refit", "high_quality"),
        ("good_quality_faster_inference_only_refit", "good_quality"),
        ("medium_quality_faster_train", "medium_quality"),
        ("best_quality", "best_quality"),
    ],
)
def test_presets_of_the_original_sample_keep_working(old: str, new: str) -> None:
    configuration = Configuration.from_environment(ENVIRONMENT | {"AUTOML_PRESETS": old})
    assert configuration.wish.as_state()["Presets"] == new


def test_minutes_become_the_seconds_that_autogluon_may_fit() -> None:
    assert Configuration.from_environment(ENVIRONMENT).wish.as_state()["TimeLimitSeconds"] == 90


def test_every_parameter_is_part_of_the_identity() -> None:
    fingerprint = Configuration.from_environment(ENVIRONMENT).fingerprint()
    for name, other in {
        "TARGET_VARIABLE": "y",
        "PROBLEM_TYPE": "binary",
        "EVAL_METRIC": "r2",
        "AUTOML_PRESETS": "medium_quality",
        "TRAINING_MINUTES": "9",
        "TRAINING_COST": "9",
        "SPOT_TRAINING": "true",
        "POSITIVE_CLASS": "yes",
        "MISSING_LABELS": "NA",
        "PAGE_LANGUAGE": "ko",
    }.items():
        changed = Configuration.from_environment(ENVIRONMENT | {name: other})
        assert changed.fingerprint() != fingerprint
