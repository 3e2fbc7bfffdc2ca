"""The stack as it stands, examined: every check passing, and failing."""

from dataclasses import replace

import pytest
from moto.awslambda.models import lambda_backends
from moto.cloudformation.models import cloudformation_backends

from local.aws import REGION
from operate.doctor.finding import looked_into
from tests.local.doctor.ward import ACCOUNT, CHECKS, Ward, fails
from tests.local.uploads import put_past_policy


@pytest.mark.parametrize(
    ("status", "mark"),
    [
        ("UPDATE_COMPLETE", "✓"),
        ("UPDATE_IN_PROGRESS", "✗"),
        ("UPDATE_ROLLBACK_COMPLETE", "✗"),
        ("ROLLBACK_COMPLETE", "✗"),
    ],
)
def test_how_the_stack_stands_is_told(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, status: str, mark: str
) -> None:
    made = cloudformation_backends[ACCOUNT][REGION].get_stack(ward.name)
    monkeypatch.setattr(made, "status", status)
    finding = ward.found("stack")
    assert finding.mark == mark and status in finding.found


def test_a_stack_of_another_version_is_found(ward: Ward) -> None:
    assert ward.found("code").mark == "✓"
    other = ward.with_text("Description: The bucket.", "Description: Another bucket.")
    assert fails(ward.found("code", other), "another version", "codefree deploy")


def test_a_function_that_was_changed_by_hand_is_found(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = lambda_backends[ACCOUNT][REGION].get_function(ward.made["PublishFunction"])
    monkeypatch.setattr(function, "code_sha_256", "another")
    assert fails(ward.found("code"), "PublishFunction")


def test_a_throttled_function_is_found(ward: Ward) -> None:
    assert ward.found("throttling").mark == "✓"
    function, functions = {"FunctionName": ward.made["PublishFunction"]}, ward.client("lambda")
    before = functions.get_function_concurrency(**function).get("ReservedConcurrentExecutions")
    functions.put_function_concurrency(**function, ReservedConcurrentExecutions=0)
    assert fails(ward.found("throttling"), "PublishFunction", "Concurrency")
    if before is None:
        functions.delete_function_concurrency(**function)
    else:
        functions.put_function_concurrency(**function, ReservedConcurrentExecutions=before)
    assert ward.found("throttling").mark == "✓", "mended"


@pytest.mark.parametrize(
    ("check", "part", "name"),
    [
        ("code", "PublishFunction", "gone"),
        ("throttling", "PublishFunction", "gone"),
        ("notification", "Bucket", "gone"),
        ("upload rule", "UploadRule", "gone"),
        ("upload role", "UploadRuleRole", "gone"),
        ("dead letters", "DeadLetters", "http://127.0.0.1/123456789012/gone"),
        ("last event", "StateMachine", f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:gone"),
    ],
)
def test_a_part_that_was_deleted_by_hand_is_found(
    ward: Ward, check: str, part: str, name: str
) -> None:
    patient = ward.patient()
    patient.__dict__["resources"] = ward.made | {part: name}
    finding = looked_into(CHECKS[check], patient)
    assert fails(finding, "deleted manually", "codefree destroy")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("UPDATE_COMPLETE", "another version of Codefree"),
        ("ROLLBACK_COMPLETE", "because it is ROLLBACK_COMPLETE"),
    ],
)
def test_why_a_stack_lacks_a_part_is_told(ward: Ward, status: str, words: str) -> None:
    patient = ward.patient()
    assert patient.stack
    patient.__dict__.update(resources={}, stack=replace(patient.stack, status=status))
    finding = looked_into(CHECKS["queue"], patient)
    assert finding.mark == "–" and words in finding.found


def test_whose_training_code_it_is_is_told(ward: Ward) -> None:
    key, s3, bucket = "source/sourcedir.tar.gz", ward.client("s3"), ward.stack.bucket
    own = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    assert "Your own" in ward.found("training code").found
    for version, mark in ((ward.template.code_version, "✓"), ("older", "✗")):
        s3.put_object(Bucket=bucket, Key=key, Metadata={"codefree-version": version})
        assert ward.found("training code").mark == mark
    s3.delete_object(Bucket=bucket, Key=key)
    assert fails(ward.found("training code"), "no run can start")
    s3.put_object(Bucket=bucket, Key=key, Body=own)


def test_who_waits_in_line_is_counted(ward: Ward) -> None:
    assert "No runs wait. Limits: 1000000 USD a day" in ward.found("waiting runs").found
    put_past_policy(ward.client("s3"), ward.stack.bucket, "waiting/1.json", "{}")
    assert "1 run waits." in ward.found("waiting runs").found
    ward.client("s3").delete_object(Bucket=ward.stack.bucket, Key="waiting/1.json")
