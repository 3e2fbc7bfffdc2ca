"""Every way to fill in the parameters: known to the steps, and deployed in each structure."""

from typing import Any

import pytest
from autogluon.core.metrics import METRICS

from lambdas.configuration import PRESET_ALIASES, Configuration
from local.aws import LocalAws
from local.stack import _check, declared_parameters, deploy
from training.metric_choice import metric_choice

# What decides which resources and which fields there are. cfn-lint goes through both sides of every
# condition in one run, and tests/local/test_template.py deploys all of it at once.
CHOICES = [
    {"NotificationEmail": "a@example.com"},
    {"SpotTraining": "true"},
    {"OwnKey": "true"},
    {"Subnets": "subnet-01,subnet-02", "SecurityGroups": "sg-01"},
    {"MonthlyBudget": "25"},
    {"MonthlyBudget": "25", "BudgetCovers": "stack"},
    {"Dashboard": "false"},
    {"NetworkIsolation": "true"},
]


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: "-".join(choice))
def test_each_choice_alone_can_be_deployed(
    aws: LocalAws, packed_template: str, choice: dict[str, str]
) -> None:
    name = f"choice-{CHOICES.index(choice)}"
    made = deploy(aws, packed_template, {"BucketName": name} | choice, name=name)
    definition = aws.states.describe_state_machine(stateMachineArn=made.state_machine)["definition"]
    assert ("VpcConfig" in definition) == ("Subnets" in choice)
    assert ("VolumeKmsKeyId" in definition) == ("OwnKey" in choice)
    assert ("StringToJson('true')" in definition) == ("NetworkIsolation" in choice)


def environment(**parameters: str) -> dict[str, Any]:
    fixed = {
        "BUCKET": "b",
        "AWS_REGION": "us-east-1",
        "TARGET_VARIABLE": "label",
        "PROBLEM_TYPE": "auto",
    }
    numbers = {"TRAINING_MINUTES": "60", "TRAINING_COST": "1", "SPOT_TRAINING": "false"}
    return {"EVAL_METRIC": "f1", "AUTOML_PRESETS": "best_quality", **fixed, **numbers, **parameters}


def test_every_metric_on_the_list_leads_to_one_that_suits(packed_template: str) -> None:
    metrics = declared_parameters(packed_template)["EvalMetric"]["AllowedValues"]
    assert len(metrics) > 30
    for metric in metrics:
        _check(packed_template, {"EvalMetric": metric})
        asked = Configuration.from_environment(environment(EVAL_METRIC=metric)).eval_metric
        for problem in ("binary", "multiclass", "regression"):
            used = metric_choice(asked, problem).metric
            assert metric == "auto" or used in METRICS[problem]


def test_every_preset_on_the_list_is_one_that_autogluon_has(packed_template: str) -> None:
    from autogluon.tabular.configs.presets_configs import (
        tabular_presets_alias,
        tabular_presets_dict,
    )

    presets = declared_parameters(packed_template)["AutoMLPresets"]["AllowedValues"]
    assert set(PRESET_ALIASES) < set(presets)
    for preset in presets:
        _check(packed_template, {"AutoMLPresets": preset})
        used = Configuration.from_environment(environment(AUTOML_PRESETS=preset)).presets
        assert used in {*tabular_presets_dict, *tabular_presets_alias}
