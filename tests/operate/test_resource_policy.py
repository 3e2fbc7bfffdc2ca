"""Whether EventBridge is let in by a policy: yes, no, or not to be told."""

from typing import Any

import pytest

from operate.doctor.resource_policy import lets_in

RULE = "arn:aws:events:eu-west-1:123456789012:rule/codefree-UploadRule-1"
ALLOW = {
    "Effect": "Allow",
    "Principal": {"Service": "events.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Condition": {"ArnEquals": {"aws:SourceArn": [RULE]}},
}
DENY = {"Effect": "Deny", "Principal": "*", "Action": "SQS:*"}


def allowing(**condition: Any) -> dict[str, Any]:
    return ALLOW | {"Condition": condition}


def denying(**condition: Any) -> dict[str, Any]:
    return DENY | {"Condition": condition}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], False),
        ([ALLOW], True),
        (ALLOW, True),
        ([ALLOW | {"Principal": {"AWS": "*"}}], True),
        ([ALLOW | {"Principal": {"Service": "s3.amazonaws.com"}}], False),
        ([ALLOW | {"Action": "sqs:ReceiveMessage"}], False),
        ([ALLOW | {"Action": ["SQS:Send*"]}], True),
        ([allowing(ArnLike={"AWS:SourceArn": "arn:aws:events:*:rule/*-UploadRule-*"})], True),
        ([allowing(StringEquals={"aws:SourceArn": "arn:aws:events:*"})], False),
        ([allowing(StringEquals={"aws:SourceAccount": "999999999999"})], False),
        ([allowing(DateLessThan={"aws:CurrentTime": "2030-01-01T00:00:00Z"})], None),
        ([allowing(StringEquals={"aws:PrincipalOrgID": "o-1"})], None),
        ([allowing(**{"ForAnyValue:StringEquals": {"aws:SourceArn": RULE}})], None),
        ([ALLOW, DENY], False),
        ([ALLOW, DENY | {"Principal": {"AWS": "arn:aws:iam::1:root"}}], True),
        ([ALLOW, denying(Bool={"aws:SecureTransport": "false"})], True),
        ([ALLOW, denying(ArnNotLike={"aws:SourceArn": "*-UploadRule-*"})], True),
        ([ALLOW, denying(ArnNotLikeIfExists={"aws:SourceArn": "*-SweepRule-*"})], False),
        ([ALLOW, denying(StringNotEquals={"aws:PrincipalOrgID": "o-1"})], None),
        ([ALLOW, {"Effect": "Deny", "NotPrincipal": {"AWS": "x"}, "Action": "*"}], None),
        ([DENY, {"Effect": "Deny", "NotPrincipal": {"AWS": "x"}, "Action": "*"}], False),
    ],
)
def test_what_is_not_understood_is_not_guessed(statements: Any, expected: bool | None) -> None:
    assert lets_in({"Statement": statements}, "sqs:SendMessage", RULE) is expected
