"""Every right that the template grants is used, every right that is used is granted."""

import html
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from local.access.control import Call
from local.access.policy import Statement, decision, statements
from local.aws import LocalAws
from local.faults import FunctionFault, JobFault
from local.stack import Stack
from tests.local.conftest import Uploader, stack_with_stand_in, table
from tests.local.test_failures import page

Policy = tuple[Statement, ...]

# Rights that only AWS itself uses, and the page of its documentation that asks for them.
ONLY_ON_AWS = {
    "cloudwatch:PutMetricData": "SageMaker AI Developer Guide, SageMaker AI execution roles",
    "logs:DescribeLogStreams": "SageMaker AI Developer Guide, SageMaker AI execution roles",
}


@pytest.fixture(scope="module")
def iam(aws: LocalAws) -> Any:
    return boto3.client(
        "iam",
        endpoint_url=aws.endpoint,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="y",
    )


@pytest.fixture(scope="module")
def rights_stack(aws: LocalAws, packed_template: str) -> Stack:
    return stack_with_stand_in(aws, packed_template)


@pytest.fixture(scope="module")
def calls(aws: LocalAws, rights_stack: Stack) -> list[Call]:
    """What the stack's roles have called, after everything that can become of a pair."""
    played(aws, rights_stack)
    roles = stack_roles(aws, rights_stack)
    return [call for call in aws.access.calls if call.role in roles]


def played(aws: LocalAws, stack: Stack) -> None:
    def uploader(name: str, train: str, test: str) -> Uploader:
        made = Uploader(aws, stack, name)
        made.upload_pair(train, test)
        return made

    def stopped(name: str, train: str, test: str, kind: str) -> Uploader:
        slow = uploader(name, train, test)
        slow.wait({"training": slow.training_jobs, "evaluation": slow.evaluation_jobs}[kind])
        [running] = [e for e in slow.described() if e["status"] == "RUNNING"]
        aws.states.stop_execution(executionArn=running["executionArn"])
        return slow

    good = table()
    done = uploader("done", good, good)
    rejected = uploader("re+jected", "a,b\n1,2\n", good)
    empty = uploader("empty", good, table(12, "no results"))
    poor = uploader("poor", good, table(12, "fail evaluation"))

    # An event whose key is URL-encoded.
    again = json.loads(rejected.failed()["input"]) | {"force": True}
    again["detail"]["object"]["key"] = "data/re%2Bjected_train.csv"
    rejected.start(again)
    done.start(json.loads(done.worked()["input"]))
    aws.states.redrive_execution(executionArn=poor.failed()["executionArn"])
    for fault in (
        JobFault("unlucky", "Training", "crash"),
        FunctionFault("unpicked", "PickInstance", "timeout", times=3),
    ):
        aws.faults.plan([fault])
        taken_over = uploader(fault.about, good, good)
        failure = taken_over.failed()["executionArn"]
        taken_over.upload("train", good)
        assert taken_over.worked()
        aws.states.redrive_execution(executionArn=failure)
        assert taken_over.executions()
    failed = [
        empty,
        poor,
        stopped("stopped", table(12, "slow"), good, "training"),
        stopped("late", good, table(12, "slow evaluation"), "evaluation"),
    ]
    for each in [done, rejected, *failed]:
        each.executions()
    for each in failed:
        page(each)


def stack_roles(aws: LocalAws, stack: Stack) -> dict[str, str]:
    """The stack's roles: ARN and logical name."""
    name = stack.state_machine.rpartition(":")[2]
    resources = aws.cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
    return {
        f"arn:aws:iam::123456789012:role/{resource['PhysicalResourceId']}": resource[
            "LogicalResourceId"
        ]
        for resource in resources
        if resource["ResourceType"] == "AWS::IAM::Role"
    }


Document = dict[str, list[dict[str, Any]]]


def documents(iam: Any, role: str) -> dict[str, Document]:
    """A role's own policies by name."""
    role_name = role.rpartition("/")[2]
    return {
        name: iam.get_role_policy(RoleName=role_name, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role_name)["PolicyNames"]
    }


def attached(aws: LocalAws, iam: Any, role: str) -> list[Policy]:
    """What AWS's managed policies give to a role."""
    return aws.access.policies(role)[len(documents(iam, role)) :]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def narrowed(document: Document) -> Iterator[tuple[str, Document]]:
    """The policy with one action, or one resource, less; and what that was."""
    for number, statement in enumerate(document["Statement"]):
        before, after = document["Statement"][:number], document["Statement"][number + 1 :]
        for element in ("Action", "Resource"):
            values = as_list(statement[element])
            for value in values:
                left = [other for other in values if other != value]
                rest = [statement | {element: left}] if left else []
                yield str(value), {"Statement": [*before, *rest, *after]}


def test_granted_and_used_are_the_same_set(
    aws: LocalAws, rights_stack: Stack, calls: list[Call]
) -> None:
    for role, name in stack_roles(aws, rights_stack).items():
        policies = aws.access.policies(role)
        granted = {action for policy in policies for s in policy for action in s.actions}
        used = {call.request.action for call in calls if call.role == role}
        assert used <= granted, name
        assert granted - used <= set(ONLY_ON_AWS), name
    assert all(call.allowed for call in calls)


def test_every_right_is_needed(
    aws: LocalAws, rights_stack: Stack, calls: list[Call], iam: Any
) -> None:
    """Each action and each resource of each statement is taken away in turn."""
    for role, role_name in stack_roles(aws, rights_stack).items():
        requests = [call.request for call in calls if call.role == role]
        own, given = documents(iam, role), attached(aws, iam, role)
        for name, document in own.items():
            others = [statements(other) for n, other in own.items() if n != name] + given
            for value, left in narrowed(document):
                policies = [statements(left), *others]
                failing = any(decision(policies, request) != "allow" for request in requests)
                assert failing or value in ONLY_ON_AWS, f"{role_name} does not need {value}"


@contextmanager
def without(iam: Any, role: str, action: str) -> Iterator[None]:
    """The role without one action."""
    role_name, own = role.rpartition("/")[2], documents(iam, role)
    for name, document in own.items():
        kept = []
        for statement in document["Statement"]:
            left = [other for other in as_list(statement["Action"]) if other != action]
            kept += [statement | {"Action": left}] if left else []
        left_over = json.dumps(document | {"Statement": kept})
        iam.put_role_policy(RoleName=role_name, PolicyName=name, PolicyDocument=left_over)
    try:
        yield
    finally:
        for name, document in own.items():
            whole = json.dumps(document)
            iam.put_role_policy(RoleName=role_name, PolicyName=name, PolicyDocument=whole)


@pytest.mark.parametrize(
    ("role", "action", "step"),
    [
        ("CheckPairRole", "s3:GetObjectVersion", "CheckPair"),
        ("StateMachineRole", "lambda:InvokeFunction", "CheckPair"),
        ("StateMachineRole", "iam:PassRole", "RecoverTraining"),
        ("JobRole", "s3:PutObject", "RecoverTraining"),
        ("JobRole", "ecr:BatchGetImage", "RecoverTraining"),
    ],
)
def test_a_missing_right_is_told_to_people(
    aws: LocalAws, rights_stack: Stack, iam: Any, role: str, action: str, step: str
) -> None:
    [arn] = [arn for arn, name in stack_roles(aws, rights_stack).items() if name == role]
    uploader = Uploader(aws, rights_stack, action.replace(":", " "))
    uploader.upload("test", table())
    assert uploader.executions()
    with without(iam, arn, action):
        uploader.upload("train", table())
        uploader.failed()
    told = html.unescape(page(uploader))
    assert f"failed at {step}" in told
    assert f"is not authorized to perform: {action} on resource: " in told
    assert f"because no identity-based policy allows the {action} action" in told
