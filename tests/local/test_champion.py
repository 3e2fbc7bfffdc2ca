"""The Model Registry, from upload to upload: who is approved, and what people read of it."""

import json
import time
from typing import Any

import pytest

from lambdas.models.registry import approve_model, approved_model, list_models, reject_model
from local.access.policy import Request, decision
from local.aws import LocalAws
from local.faults import ApiFault, Fault, FunctionFault
from local.stack import Stack, deploy
from operate.stack.deployment import LONGEST_STACK_NAME
from tests.local.stacks import NO_LIMITS, resources, stack_with_stand_in, stand_in_code
from tests.local.uploads import Uploader, table


@pytest.fixture(scope="module")
def stack(aws: LocalAws, packed_template: str) -> Stack:
    return stack_with_stand_in(aws, packed_template)


def stack_name(stack: Stack) -> str:
    return stack.state_machine.rpartition(":")[2]


def summaries(uploader: Uploader) -> list[dict[str, Any]]:
    """What the runs that are done say of themselves, oldest first."""
    executions = uploader.executions()
    done = [e for e in executions if uploader.states_entered(e)[-1] == "Publish"]
    return [json.loads(execution["output"]) for execution in done]


def test_only_a_clearly_better_model_takes_over(aws: LocalAws, stack: Stack) -> None:
    uploader = Uploader(aws, stack, "새 이름 (1)")
    for done, behaviour in enumerate(("report", "report", "report better"), 1):
        uploader.upload_pair(table(10 + 2 * done), table(6, behaviour))
        while len(summaries(uploader)) < done:
            time.sleep(0.2)
    said = summaries(uploader)
    first, second, third = (summary["Approval"] for summary in said)
    assert first["Text"] == "No other model was approved, so this one is now (version 1)."
    assert second["Status"] == "PendingManualApproval"
    assert second["Text"].startswith("There is no clear difference from the approved model, that")
    assert said[0]["Run"] in second["Text"]
    assert third["Text"].startswith("This model is clearly better than the approved one, that of")
    models = list_models(aws.sagemaker, stack_name(stack), uploader.name)
    assert [model.run for model in models] == [summary["Run"] for summary in reversed(said)]
    assert [model.status for model in models if model.status == "Approved"] == ["Approved"]
    approved = approved_model(aws.sagemaker, stack_name(stack), uploader.name)
    assert approved and approved.run == said[2]["Run"]
    for summary in said:
        key = summary["Results"].split("/", 3)[3] + summary["Metrics"]["report"]
        page = aws.s3.get_object(Bucket=stack.bucket, Key=key)["Body"].read().decode()
        assert f"<!-- approval -->{summary['Approval']['Text']}<!-- /approval -->" in page


def test_a_person_decides_and_the_next_run_keeps_to_it(aws: LocalAws, stack: Stack) -> None:
    uploader = Uploader(aws, stack, "steered")
    uploader.upload_pair(table(), table(6))
    [first] = summaries(uploader)
    [model] = list_models(aws.sagemaker, stack_name(stack), "steered")
    reject_model(aws.sagemaker, model, "Wrong data.")
    uploader.start({"dataset": "steered", "force": True})
    assert summaries(uploader)[-1]["Approval"]["Status"] == "Approved"
    approve_model(aws.sagemaker, stack_name(stack), model, "It was right.")
    uploader.start({"dataset": "steered", "force": True})
    third = summaries(uploader)[-1]["Approval"]
    assert first["Run"] in third["Text"] and third["Status"] == "PendingManualApproval"


def test_a_step_that_dies_or_finds_the_registry_busy_registers_once(
    aws: LocalAws, stack: Stack
) -> None:
    busy = ("ListModelPackages", "CreateModelPackageGroup", "UpdateModelPackage")
    faults: list[Fault] = [
        ApiFault("unlucky", call, "ThrottlingException", "Rate exceeded", times=6) for call in busy
    ]
    faults += [FunctionFault("unlucky", step, "crash") for step in ("SealModel", "Publish")]
    aws.faults.plan(faults)
    uploader = Uploader(aws, stack, "unlucky")
    uploader.upload_pair(table(), table(6))
    [summary] = summaries(uploader)
    assert summary["Approval"]["Text"].startswith("No other model was approved")
    [model] = list_models(aws.sagemaker, stack_name(stack), "unlucky")
    assert (model.version, model.status) == (1, "Approved")


def test_a_registry_that_refuses_fails_no_run(aws: LocalAws, stack: Stack) -> None:
    aws.faults.plan(
        [ApiFault("refused", "CreateModelPackageGroup", "ResourceLimitExceeded", "Too many groups")]
    )
    uploader = Uploader(aws, stack, "refused")
    uploader.upload_pair(table(), table(6))
    [summary] = summaries(uploader)
    assert "could not be entered in SageMaker's Model Registry" in summary["Approval"]["Text"]
    assert "Too many groups" in summary["Approval"]["Text"]


def test_a_stack_with_the_longest_name_has_models_as_others_do(
    aws: LocalAws, packed_template: str
) -> None:
    """Stacks of before there were models have such names, and are updated."""
    name = "x" * LONGEST_STACK_NAME
    stack = deploy(aws, packed_template, {"BucketName": "long-name", **NO_LIMITS}, name)
    aws.s3.put_object(Bucket=stack.bucket, Key="source/sourcedir.tar.gz", Body=stand_in_code())
    uploader = Uploader(aws, stack, "a" * 100)
    uploader.upload_pair(table(), table(6))
    [summary] = summaries(uploader)
    assert summary["Approval"]["Text"].startswith("No other model was approved")
    [model] = list_models(aws.sagemaker, name, uploader.name)
    assert model.status == "Approved"


@pytest.mark.parametrize("kind", ["model-package", "model-package-group"])
def test_a_version_may_be_made_whichever_resource_aws_checks(
    aws: LocalAws, stack: Stack, kind: str
) -> None:
    name = resources(aws, stack, "AWS::IAM::Role")["PublishRole"]
    role = f"arn:aws:iam::123456789012:role/{name}"
    place = f"arn:aws:sagemaker:us-east-1:123456789012:{kind}"

    def is_allowed(group: str) -> bool:
        asked = Request((role,), "sagemaker:CreateModelPackage", f"{place}/{group}")
        return decision(aws.access.policies(role), asked) == "allow"

    assert is_allowed(f"{stack_name(stack)}-titanic-0123abcd")
    assert not is_allowed("another-titanic-0123abcd")
