"""Every way to fill in the parameters: known to the steps, and deployed in each structure."""

import itertools
from typing import Any

import pytest
from autogluon.core.metrics import METRICS

from lambdas.wish import PRESET_ALIASES, Wish, current_preset
from local.aws import REGION, LocalAws
from local.stack import _check, declared_parameters, deploy
from tests.local.stacks import client, resources
from training.fitting.metric_choice import metric_choice

# What decides which resources and which fields there are. cfn-lint goes through both sides of every
# condition in one run, and tests/local/test_template.py deploys all of it at once.
OPTIONS = [
    {"NotificationEmail": "a@example.com"},
    {"SpotTraining": "true"},
    {"OwnKey": "true"},
    {"Subnets": "subnet-01,subnet-02", "SecurityGroups": "sg-01"},
    {"MonthlyBudget": "25"},
    {"Dashboard": "false"},
    {"NetworkIsolation": "true"},
]
ROWS = range(len(OPTIONS) + 1)


def chosen(row: int) -> dict[str, str]:
    """A row of Sylvester's matrix: any two options come together, alone and not at all."""
    places = range(1, len(OPTIONS) + 1)
    options = [OPTIONS[place - 1] for place in places if (row & place).bit_count() % 2]
    of_stack = {"BudgetCovers": "stack"} if row % 2 else {}
    return dict(pair for option in [*options, of_stack] for pair in option.items())


def test_the_choices_have_every_pair_of_options_on_and_off() -> None:
    rows = [{name for option in OPTIONS for name in option if name in chosen(row)} for row in ROWS]
    for one, other in itertools.combinations([next(iter(option)) for option in OPTIONS], 2):
        assert len({(one in row, other in row) for row in rows}) == 4, (one, other)


@pytest.mark.parametrize("row", ROWS)
def test_any_two_options_can_be_deployed_together(
    aws: LocalAws, packed_template: str, row: int
) -> None:
    choice = chosen(row) | each_in_turn(packed_template, row)
    name = f"choice-{row}"
    made = deploy(aws, packed_template, {"BucketName": name} | choice, name=name)
    definition = aws.states.describe_state_machine(stateMachineArn=made.state_machine)["definition"]
    assert ("VpcConfig" in definition) == ("Subnets" in choice)
    assert ("VolumeKmsKeyId" in definition) == ("OwnKey" in choice)
    assert ("StringToJson('true')" in definition) == ("NetworkIsolation" in choice)
    functions = {f["FunctionName"]: f for f in client(aws, "lambda").list_functions()["Functions"]}
    check = functions[resources(aws, made, "AWS::Lambda::Function")["CheckPairFunction"]]
    asked = Wish.from_environment(
        {k: str(v) for k, v in check["Environment"]["Variables"].items()} | {"AWS_REGION": REGION}
    )
    assert asked.eval_metric == choice["EvalMetric"]
    assert asked.problem_type == choice["ProblemType"]
    assert asked.spot == ("SpotTraining" in choice)
    assert asked.presets == current_preset(choice["AutoMLPresets"])


def each_in_turn(template: str, row: int) -> dict[str, str]:
    """Another value for each row of what has no bearing on the stack's structure."""
    declared = declared_parameters(template)
    return {
        name: values[row % len(values)]
        for name in ("EvalMetric", "AutoMLPresets", "ProblemType")
        for values in [declared[name]["AllowedValues"]]
    }


def environment(**parameters: str) -> dict[str, Any]:
    fixed = {
        "BUCKET": "b",
        "AWS_REGION": "us-east-1",
        "TARGET_VARIABLE": "label",
        "PROBLEM_TYPE": "auto",
        "POSITIVE_CLASS": "auto",
        "MISSING_LABELS": "auto",
        "PAGE_LANGUAGE": "en",
        "MOST_MINUTES": "2880",
    }
    numbers = {"TRAINING_MINUTES": "60", "TRAINING_COST": "1", "SPOT_TRAINING": "false"}
    return {"EVAL_METRIC": "f1", "AUTOML_PRESETS": "best_quality", **fixed, **numbers, **parameters}


def test_every_metric_on_the_list_leads_to_one_that_suits(packed_template: str) -> None:
    metrics = declared_parameters(packed_template)["EvalMetric"]["AllowedValues"]
    assert len(metrics) > 30
    for metric in metrics:
        _check(packed_template, {"EvalMetric": metric})
        asked = Wish.from_environment(environment(EVAL_METRIC=metric)).eval_metric
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
        used = Wish.from_environment(environment(AUTOML_PRESETS=preset)).presets
        assert used in {*tabular_presets_dict, *tabular_presets_alias}
