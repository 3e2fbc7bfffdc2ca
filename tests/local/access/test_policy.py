"""What policies say of a request, as IAM evaluates them."""

from typing import Any

import pytest

from local.access.policy import NotImitated, Request, Values, decision, statements

BUCKET = "arn:aws:s3:::b"


def said(*policy: dict[str, Any], **request: Any) -> str | None:
    asked: dict[str, Any] = {
        "principals": ("arn:aws:iam::1:role/r",),
        "action": "s3:GetObject",
        "resource": f"{BUCKET}/data/a/x.csv",
    }
    return decision([statements({"Statement": list(policy)})], Request(**(asked | request)))


def allow(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"} | elements


def deny(**elements: Any) -> dict[str, Any]:
    return allow(Effect="Deny") | elements


@pytest.mark.parametrize(
    ("element", "values", "expected"),
    [
        ("Action", "s3:GetObject", "allow"),
        ("Action", "S3:getobject", "allow"),
        ("Action", ["s3:PutObject", "s3:Get*"], "allow"),
        ("Action", "s3:GetObjec?", "allow"),
        ("Action", "s3:GetObjectVersion", None),
        ("Resource", f"{BUCKET}/data/*", "allow"),
        ("Resource", [f"{BUCKET}/runs/*", f"{BUCKET}/*/x.csv"], "allow"),
        ("Resource", f"{BUCKET}/DATA/*", None),
        ("Resource", f"{BUCKET}/data", None),
        ("Resource", "arn.aws:s3:::b/data/a/x.csv", None),
    ],
)
def test_actions_and_resources_match_with_wildcards(
    element: str, values: Any, expected: str | None
) -> None:
    assert said(allow(**{element: values})) == expected


def test_what_is_left_out_by_not_is_not_matched() -> None:
    others = allow(NotAction="s3:Put*")
    del others["Action"]
    assert said(others) == "allow"
    assert said(others, action="s3:PutObject") is None


def test_a_deny_outweighs_every_allow() -> None:
    assert said(deny(), allow()) == said(allow(), deny()) == "deny"
    assert said(deny(Action="s3:PutObject"), allow()) == "allow"
    assert said(deny(Action="s3:PutObject")) is None


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", "allow"),
        ({"AWS": "arn:aws:iam::1:role/r"}, "allow"),
        ({"AWS": ["arn:aws:iam::1:role/other"], "Service": "events.amazonaws.com"}, None),
        ({"AWS": "*"}, "allow"),
    ],
)
def test_a_resource_policy_is_about_its_principals(principal: Any, expected: str | None) -> None:
    assert said(allow(Principal=principal)) == expected


CONTEXT: dict[str, Values] = {
    "iam:PassedToService": "sagemaker.amazonaws.com",
    "aws:SourceArn": "arn:aws:events:us-east-1:1:rule/codefree-UploadRule",
    "aws:SecureTransport": "true",
    "aws:TagKeys": ("app", "run"),
}


@pytest.mark.parametrize(
    ("operator", "key", "values", "holds"),
    [
        ("StringEquals", "iam:PassedToService", "sagemaker.amazonaws.com", True),
        ("StringEquals", "iam:PassedToService", ["a", "sagemaker.amazonaws.com"], True),
        ("StringEquals", "iam:PassedToService", "lambda.amazonaws.com", False),
        ("StringEquals", "IAM:passedtoservice", "sagemaker.amazonaws.com", True),
        ("StringEquals", "aws:SourceAccount", "1", False),
        ("StringEqualsIfExists", "aws:SourceAccount", "1", True),
        ("StringNotEquals", "iam:PassedToService", "lambda.amazonaws.com", True),
        ("StringNotEquals", "iam:PassedToService", ["x", "sagemaker.amazonaws.com"], False),
        ("StringNotEquals", "aws:SourceAccount", "1", True),
        ("StringEqualsIgnoreCase", "iam:PassedToService", "SageMaker.amazonaws.com", True),
        ("StringLike", "iam:PassedToService", "sagemaker.*", True),
        ("StringLike", "iam:PassedToService", "sagemaker", False),
        ("ArnLike", "aws:SourceArn", "arn:aws:events:*:1:rule/codefree-*", True),
        ("ArnEquals", "aws:SourceArn", "arn:aws:events:us-east-1:1:rule/other", False),
        ("ArnNotLike", "aws:SourceArn", "arn:aws:events:*:2:*", True),
        ("Bool", "aws:SecureTransport", False, False),
        ("Bool", "aws:SecureTransport", "true", True),
        ("Null", "aws:SourceAccount", "true", True),
        ("Null", "aws:SourceArn", True, False),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["app", "run", "team"], True),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["app"], False),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["app"], True),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["team"], False),
        ("ForAllValues:StringEquals", "aws:Unheard", ["team"], True),
    ],
)
def test_a_condition_holds_or_not(operator: str, key: str, values: Any, holds: bool) -> None:
    condition = {operator: {key: values}}
    assert said(allow(Condition=condition), context=CONTEXT) == ("allow" if holds else None)
    assert said(deny(Condition=condition), context=CONTEXT) == ("deny" if holds else None)


def test_all_conditions_have_to_hold() -> None:
    holds = {"Bool": {"aws:SecureTransport": "true"}}
    fails = {"StringEquals": {"aws:SourceAccount": "1"}}
    assert said(allow(Condition=holds), context=CONTEXT) == "allow"
    assert said(allow(Condition=holds | fails), context=CONTEXT) is None


@pytest.mark.parametrize(
    "elements",
    [
        {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
        {"Condition": {"ForAnyValue:NotIpAddressIfExists": {"aws:SourceIp": "10.0.0.0/8"}}},
        {"Condition": {"StringEquals": {"aws:Unheard": "x"}, "DateLessThan": {"aws:Unheard": "x"}}},
        {"NotPrincipal": {"AWS": "*"}},
    ],
)
def test_what_is_not_imitated_is_named_whether_it_matters_or_not(elements: Any) -> None:
    with pytest.raises(
        NotImitated, match=r"not support [:A-Za-z]*(IpAddress|DateLess|NotPrincipal)"
    ):
        said(deny(Action="s3:PutObject", **elements))


def test_old_tls_is_less_than_the_one_that_is_asked_for() -> None:
    old = deny(Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}})
    assert said(old, context={"s3:TlsVersion": "1.1"}) == "deny"
    assert said(old, context={"s3:TlsVersion": "1.2"}) is None
    assert said(old) is None
