"""The way of an upload, examined: every part of it broken and mended."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from moto.awslambda.models import lambda_backends

from local.aws import REGION
from tests.local.doctor.ward import ACCOUNT, Ward, fails
from tests.local.uploads import table


@contextmanager
def without_notification(ward: Ward) -> Iterator[None]:
    put = ward.client("s3").put_bucket_notification_configuration
    put(Bucket=ward.stack.bucket, NotificationConfiguration={})
    yield
    on: Any = {"EventBridgeConfiguration": {}}
    put(Bucket=ward.stack.bucket, NotificationConfiguration=on)


@contextmanager
def disabled(ward: Ward, rule: str = "UploadRule") -> Iterator[None]:
    ward.client("events").disable_rule(Name=ward.made[rule])
    yield
    ward.client("events").enable_rule(Name=ward.made[rule])


@contextmanager
def about_others(ward: Ward, rule: str, old: str, new: str) -> Iterator[None]:
    """The rule with another word in its pattern, or schedule."""
    events, name = ward.client("events"), ward.made[rule]
    described = events.describe_rule(Name=name)
    before = {
        key: described[key] for key in ("EventPattern", "ScheduleExpression") if key in described
    }
    assert old in str(before)
    events.put_rule(Name=name, **{key: text.replace(old, new) for key, text in before.items()})
    yield
    events.put_rule(Name=name, **before)


@contextmanager
def with_target(ward: Ward, rule: str, **changed: Any) -> Iterator[None]:
    """The rule's target with other fields; without those that are None."""
    events, name = ward.client("events"), ward.made[rule]
    [before] = events.list_targets_by_rule(Rule=name)["Targets"]
    after = {key: value for key, value in (before | changed).items() if value is not None}
    events.put_targets(Rule=name, Targets=[after])
    yield
    events.put_targets(Rule=name, Targets=[before])


@contextmanager
def without_trust(ward: Ward) -> Iterator[None]:
    iam, name = ward.client("iam"), ward.made["UploadRuleRole"]
    before = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    other = json.dumps(before).replace("rule/*-UploadRule-*", "rule/none")
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=other)
    yield
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(before))


@contextmanager
def without_right(ward: Ward) -> Iterator[None]:
    iam, named = ward.client("iam"), {"RoleName": ward.made["UploadRuleRole"]}
    before = iam.get_role_policy(**named, PolicyName="start")["PolicyDocument"]
    iam.delete_role_policy(**named, PolicyName="start")
    yield
    iam.put_role_policy(**named, PolicyName="start", PolicyDocument=json.dumps(before))


@contextmanager
def without_permission(ward: Ward) -> Iterator[None]:
    policy = lambda_backends[ACCOUNT][REGION].get_function(ward.made["SweepFunction"]).policy
    before = policy.statements
    policy.statements = [s for s in before if ward.made["SweepRule"] not in json.dumps(s)]
    yield
    policy.statements = before


@contextmanager
def with_queue_policy(ward: Ward, changed: Callable[[str], str]) -> Iterator[None]:
    sqs, queue = ward.client("sqs"), {"QueueUrl": ward.made["DeadLetters"]}
    [before] = sqs.get_queue_attributes(**queue, AttributeNames=["Policy"])["Attributes"].values()
    sqs.set_queue_attributes(**queue, Attributes={"Policy": changed(before)})
    yield
    sqs.set_queue_attributes(**queue, Attributes={"Policy": before})


@contextmanager
def with_a_dead_letter(ward: Ward) -> Iterator[None]:
    sqs, queue = ward.client("sqs"), {"QueueUrl": ward.made["DeadLetters"]}
    sqs.send_message(**queue, MessageBody="{}")
    yield
    sqs.purge_queue(**queue)


def denying(policy: str, **more: Any) -> str:
    """The policy with one more statement, which lets nobody in."""
    document = json.loads(policy)
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    document["Statement"].append(deny | more)
    return json.dumps(document)


Break = Callable[[Ward], Any]


@pytest.mark.parametrize(
    ("check", "broken", "words"),
    [
        ("notification", without_notification, "Amazon EventBridge: On"),
        ("upload rule", disabled, "UploadRule is disabled"),
        ("upload rule", lambda w: about_others(w, "UploadRule", w.stack.bucket, "another"),
         "another bucket"),
        ("upload rule", lambda w: about_others(w, "UploadRule", "Object Created", "Object Deleted"),
         "UploadRule has another event pattern"),
        ("upload rule", lambda w: about_others(w, "UploadRule", "data/", "data/in/"),
         "UploadRule has another event pattern"),
        ("upload rule", lambda w: with_target(w, "UploadRule", Arn=f"{w.stack.state_machine}2"),
         "does not start the workflow"),
        ("upload rule", lambda w: with_target(w, "UploadRule", RoleArn="arn:aws:iam::1:role/x"),
         "does not use UploadRuleRole"),
        ("upload rule", lambda w: with_target(w, "UploadRule", DeadLetterConfig=None),
         "no dead-letter queue"),
        ("upload role", without_trust, "EventBridge can't assume"),
        ("upload role", without_right, "can't start the workflow (implicitDeny)"),
        ("other rules", lambda w: disabled(w, "SweepRule"), "SweepRule is disabled"),
        ("other rules", lambda w: with_target(w, "FailureRule", Arn=w.stack.state_machine),
         "FailureRule does not call ExplainFailureFunction"),
        ("other rules", lambda w: with_target(w, "RunEndedRule", DeadLetterConfig=None),
         "RunEndedRule has no dead-letter queue"),
        ("other rules", lambda w: about_others(w, "RunEndedRule", "SUCCEEDED", "RUNNING"),
         "RunEndedRule has another event pattern"),
        ("other rules", lambda w: about_others(w, "SweepRule", "rate(1 hour)", "rate(1 day)"),
         "SweepRule has another event pattern or schedule"),
        ("other rules", without_permission, "SweepRule has no permission to call SweepFunction"),
        ("queue", lambda w: with_queue_policy(w, lambda _: ""),
         "UploadRule can't write to the queue"),
        ("queue", lambda w: with_queue_policy(w, denying),
         "UploadRule can't write to the queue"),
        ("dead letters", with_a_dead_letter, "1 undelivered event."),
    ],
)  # fmt: skip
def test_what_is_broken_on_the_way_of_an_upload_is_found(
    ward: Ward, check: str, broken: Break, words: str
) -> None:
    assert ward.found(check).mark == "✓", ward.found(check)
    with broken(ward):
        assert fails(ward.found(check), words)
    assert ward.found(check).mark == "✓", "mended"


def test_when_the_last_event_came_is_told(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No event yet" in ward.found("last event").found
    with disabled(ward):
        for half in ("train", "test"):
            key = f"data/unheard_{half}.csv"
            ward.client("s3").put_object(Bucket=ward.stack.bucket, Key=key, Body=table())
        monkeypatch.setattr("lambdas.uploads.lost_pairs.GRACE", timedelta(0))
        assert fails(
            ward.found("last event"), "1 complete pair is without a run", "codefree status --fix"
        )
        for half in ("train", "test"):
            key = f"data/unheard_{half}.csv"
            ward.client("s3").delete_object(Bucket=ward.stack.bucket, Key=key)
    started = ward.client("stepfunctions").start_execution(
        stateMachineArn=ward.stack.state_machine, input=json.dumps({"dataset": "nothing"})
    )
    ward.client("stepfunctions").stop_execution(executionArn=started["executionArn"])
    assert "newest execution started" in ward.found("last event").found


def test_a_policy_with_conditions_that_are_not_known_is_not_judged(ward: Ward) -> None:
    other = {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}
    with with_queue_policy(ward, lambda policy: denying(policy, Condition=other)):
        finding = ward.found("queue")
    assert finding.mark == "–" and "can't evaluate" in finding.found


def test_a_workflow_that_is_being_deleted_is_found(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = Mock(describe_state_machine=lambda **_: {"status": "DELETING"})
    monkeypatch.setitem(ward.account._clients, ("stepfunctions", None), states)
    assert fails(ward.found("upload rule"), "The workflow is DELETING")
