"""Which rights a call needs, held against AWS's own list of actions and resources."""

import re
from typing import Any

import pytest
from cfnlint.data import AdditionalSpecs
from cfnlint.helpers import load_resource

from local.access.needs import _RESOURCES, Need, Place, needs_of, needs_of_an_image

# The Service Authorization Reference as cfn-lint carries it.
REFERENCE = load_resource(AdditionalSpecs, "Policies.json")
PLACE = Place("aws", "eu-west-1", "111122223333")
NAMES: dict[str, Any] = {
    "Budget": {"BudgetName": "b"},
    "FunctionName": "f",
    "StackName": "arn:aws:cloudformation:eu-west-1:111122223333:stack/s/1",
    "KeyId": "k",
    "TopicArn": "arn:aws:sns:eu-west-1:111122223333:t",
    "executionArn": "arn:aws:states:eu-west-1:111122223333:execution:m:e",
    "stateMachineArn": "arn:aws:states:eu-west-1:111122223333:stateMachine:m",
    "RoleArn": "arn:aws:iam::111122223333:role/r",
    "EndpointConfigName": "c",
    "ResourceArn": "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/e",
    "ModelPackageArn": "arn:aws:sagemaker:eu-west-1:111122223333:model-package/g/1",
}
OPERATIONS = [(service, operation) for service, known in _RESOURCES.items() for operation in known]


def fits_the_reference(need: Need) -> bool:
    """Whether the action exists and takes such a resource."""
    service, _, action = need.action.partition(":")
    kinds = REFERENCE[service]["Actions"][action.lower()].get("Resources", [])
    if not kinds:
        return need.resource == "*"
    formats = [f for kind in kinds for f in REFERENCE[service]["Resources"][kind]["ARNFormats"]]
    patterns = [re.sub(r"\$\{\w+\}", "[^:]*", text) for text in formats]
    return any(re.fullmatch(pattern, need.resource) for pattern in patterns)


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_what_a_call_needs_is_an_action_on_a_resource_of_the_reference(
    service: str, operation: str
) -> None:
    needs = list(needs_of(service, operation, NAMES, PLACE))
    assert needs
    assert all(fits_the_reference(need) for need in needs), needs


def needed(service: str, operation: str, **parameters: Any) -> list[tuple[str, str]]:
    needs = needs_of(service, operation, NAMES | parameters, PLACE)
    return [(need.action, need.resource) for need in needs]


def test_a_function_is_named_or_given_as_an_arn() -> None:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:f"
    assert needed("lambda", "Invoke") == needed("lambda", "Invoke", FunctionName=arn)
    assert needed("lambda", "Invoke") == [("lambda:InvokeFunction", arn)]


def test_a_log_group_is_met_by_its_arn_with_an_ending_alone() -> None:
    [(_, resource)] = needed("logs", "CreateLogGroup", logGroupName="/g")
    assert resource == "arn:aws:logs:eu-west-1:111122223333:log-group:/g:log-stream:"


def test_to_start_a_job_is_to_pass_its_role_and_to_tag_it() -> None:
    job = "arn:aws:sagemaker:eu-west-1:111122223333:training-job/j"
    tags = [{"Key": "app", "Value": "codefree"}]
    needs = list(
        needs_of(
            "sagemaker",
            "CreateTrainingJob",
            NAMES | {"TrainingJobName": "j", "Tags": tags},
            PLACE,
        )
    )
    assert [(need.action, need.resource) for need in needs] == [
        ("sagemaker:CreateTrainingJob", job),
        ("iam:PassRole", NAMES["RoleArn"]),
        ("sagemaker:AddTags", job),
    ]
    assert needs[1].context["iam:PassedToService"] == "sagemaker.amazonaws.com"
    assert needs[2].context == {"aws:RequestTag/app": "codefree", "aws:TagKeys": ("app",)}
    assert ("sagemaker:AddTags", job) not in needed(
        "sagemaker", "CreateTrainingJob", TrainingJobName="j"
    )


def test_an_endpoint_needs_its_configuration_and_a_model_its_role() -> None:
    place = "arn:aws:sagemaker:eu-west-1:111122223333"
    for operation in ("CreateEndpoint", "UpdateEndpoint"):
        assert [resource for _, resource in needed("sagemaker", operation, EndpointName="e")][
            :2
        ] == [f"{place}:endpoint/e", f"{place}:endpoint-config/c"]
    role = "arn:aws:iam::111122223333:role/of-models"
    made = {"ModelName": "m", "ExecutionRoleArn": role, "RoleArn": None}
    assert needed("sagemaker", "CreateModel", **made) == [
        ("sagemaker:CreateModel", f"{place}:model/m"),
        ("iam:PassRole", role),
    ]
    asked = needed("sagemaker", "InvokeEndpoint", EndpointName="e")
    assert asked == [("sagemaker:InvokeEndpoint", f"{place}:endpoint/e")]


def test_an_action_that_knows_no_resource_is_needed_on_all() -> None:
    assert needed("servicequotas", "ListServiceQuotas") == [
        ("servicequotas:ListServiceQuotas", "*")
    ]
    assert needed("monitoring", "PutMetricData") == [("cloudwatch:PutMetricData", "*")]


def test_an_image_is_another_accounts() -> None:
    image = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/autogluon-training:1.5.0"
    needs = list(needs_of_an_image(image, "aws"))
    assert all(fits_the_reference(need) for need in needs)
    repository = "arn:aws:ecr:eu-west-1:763104351884:repository/autogluon-training"
    assert {need.resource for need in needs} == {"*", repository}
