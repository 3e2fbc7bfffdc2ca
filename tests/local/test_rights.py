"""Every right that the template grants is used, every right that is used is granted."""

import html
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from local.access.control import Call
from local.access.policy import Statement, decision, statements
from local.aws import LocalAws
from local.stack import Stack
from tests.local.predictions import Rows, new_rows
from tests.local.roles import policy_text
from tests.local.stacks import client, resources, stack_with_stand_in
from tests.local.test_failures import page
from tests.local.uploads import Uploader, table
from tests.local.whole_story import play_everything

Policy = tuple[Statement, ...]

# Rights that only AWS itself uses, and the page of its documentation that asks for them.
_SAGEMAKER = "SageMaker AI Developer Guide, How to use SageMaker AI execution roles"
_TRACING = "Step Functions Developer Guide, Trace Step Functions request data in AWS X-Ray"
_VPC = "SageMaker AI Developer Guide, Give SageMaker AI access to resources in your Amazon VPC"
_VOLUMES = "SageMaker AI Developer Guide, Protect data at rest: keys for the jobs' volumes"
ONLY_ON_AWS = {
    "sqs:SendMessage": "Lambda Developer Guide, Adding a dead-letter queue",
    "cloudwatch:PutMetricData": _SAGEMAKER,
    "logs:DescribeLogStreams": _SAGEMAKER,
    "xray:PutTraceSegments": _TRACING,
    "xray:PutTelemetryRecords": _TRACING,
    "xray:GetSamplingRules": _TRACING,
    "xray:GetSamplingTargets": _TRACING,
    "s3:AbortMultipartUpload": "Amazon S3 User Guide, Multipart upload API and permissions",
    "sagemaker:ListTags": "Step Functions Developer Guide, IAM policies for calling SageMaker AI",
    "kms:Encrypt": "SageMaker API reference, OutputDataConfig",
    "kms:DescribeKey": _VOLUMES,
    "kms:CreateGrant": _VOLUMES,
    "ec2:DescribeDhcpOptions": _VPC,
    "ec2:DescribeNetworkInterfaces": _VPC,
    "ec2:DescribeSecurityGroups": _VPC,
    "ec2:DescribeSubnets": _VPC,
    "ec2:DescribeVpcs": _VPC,
    "ec2:CreateNetworkInterface": _VPC,
    "ec2:CreateNetworkInterfacePermission": _VPC,
    "ec2:DeleteNetworkInterface": _VPC,
    "ec2:DeleteNetworkInterfacePermission": _VPC,
}

# What only a stack that is deleted uses; it has a test of its own.
AT_THE_END = {"StopRunsRole"}


@pytest.fixture(scope="module")
def rights_stack(
    aws: LocalAws,
    packed_template: str,
    role_calls: list[Call],  # noqa: ARG001 (from the stack's first call on)
) -> Stack:
    """A stack with every option that asks for rights of its own."""
    return stack_with_stand_in(
        aws,
        packed_template,
        OwnKey="true",
        Subnets="subnet-1",
        SecurityGroups="sg-1",
        MonthlyBudget="25",
    )


@pytest.fixture(scope="module")
def calls(aws: LocalAws, role_calls: list[Call], rights_stack: Stack) -> list[Call]:
    """What the stack's roles have called, after everything that can become of a pair."""
    play_everything(aws, rights_stack)
    roles = set(stack_roles(aws, rights_stack).values())
    return [call for call in role_calls if call.role in roles]


def stack_roles(aws: LocalAws, stack: Stack) -> dict[str, str]:
    """The stack's roles: logical names and ARNs."""
    roles = resources(aws, stack, "AWS::IAM::Role")
    return {name: f"arn:aws:iam::123456789012:role/{role}" for name, role in roles.items()}


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
        if set(as_list(statement["Action"])) <= set(ONLY_ON_AWS):
            continue
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
    for name, role in stack_roles(aws, rights_stack).items():
        if name in AT_THE_END:
            continue
        policies = aws.access.policies(role)
        granted = {action for policy in policies for s in policy for action in s.actions}
        used = {call.request.action for call in calls if call.role == role and call.allowed}
        assert used <= granted, name
        assert granted - used <= set(ONLY_ON_AWS), name
    assert all(call.allowed for call in calls)


def test_every_right_is_needed(
    aws: LocalAws, rights_stack: Stack, calls: list[Call], iam: Any
) -> None:
    """Each action and each resource of each statement is taken away in turn."""
    for role_name, role in stack_roles(aws, rights_stack).items():
        if role_name in AT_THE_END:
            continue
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
        ("TrainRole", "s3:PutObject", "RecoverTraining"),
        ("TrainRole", "ecr:BatchGetImage", "RecoverTraining"),
    ],
)
def test_a_missing_right_is_told_to_people(
    aws: LocalAws, rights_stack: Stack, iam: Any, role: str, action: str, step: str
) -> None:
    arn = stack_roles(aws, rights_stack)[role]
    uploader = Uploader(aws, rights_stack, action.replace(":", " "))
    uploader.upload("test", table(6))
    assert uploader.executions()
    with without(iam, arn, action):
        uploader.upload("train", table())
        uploader.failed()
    told = html.unescape(page(uploader))
    assert f"failed at {step}" in told
    assert f"is not authorized to perform: {action} on resource: " in told
    assert f"because no identity-based policy allows the {action} action" in told


def said_of(aws: LocalAws, words: str) -> Callable[[], bool]:
    log = aws.home / "logs" / "aws.log"
    return lambda: log.exists() and words in log.read_text()


def test_an_upload_starts_nothing_where_the_rules_role_may_not(
    aws: LocalAws, rights_stack: Stack, iam: Any
) -> None:
    role = stack_roles(aws, rights_stack)["UploadRuleRole"]
    place = {"RoleName": role.rpartition("/")[2], "PolicyName": "taken-away"}
    deny = {"Effect": "Deny", "Action": "states:StartExecution", "Resource": "*"}
    iam.put_role_policy(**place, PolicyDocument=policy_text(deny))
    uploader = Uploader(aws, rights_stack, "unheard")
    uploader.upload_pair(table(), table(6))
    iam.delete_role_policy(**place)
    uploader.wait(said_of(aws, "to perform: states:StartExecution on resource: arn:aws:states"))
    assert uploader.executions() == []


def test_a_failure_is_explained_to_whom_the_functions_policy_lets_in(
    aws: LocalAws, rights_stack: Stack
) -> None:
    functions = client(aws, "lambda")
    name = resources(aws, rights_stack, "AWS::Lambda::Function")["ExplainFailureFunction"]
    [statement] = json.loads(functions.get_policy(FunctionName=name)["Policy"])["Statement"]
    functions.remove_permission(FunctionName=name, StatementId=statement["Sid"])
    uploader = Uploader(aws, rights_stack, "untold")
    uploader.start({"dataset": "no/such"})
    uploader.wait(said_of(aws, "events.amazonaws.com is not authorized to perform: lambda:Invoke"))
    functions.add_permission(
        FunctionName=name,
        StatementId="again",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=statement["Condition"]["ArnLike"]["AWS:SourceArn"],
    )
    uploader.start({"dataset": "no/such"})
    uploader.wait(lambda: uploader.keys("results/unknown/"))
    assert len(uploader.keys("results/unknown/")) == 1


def test_the_end_of_a_stack_uses_what_its_roles_have(
    aws: LocalAws, packed_template: str, iam: Any, role_calls: list[Call]
) -> None:
    stack = stack_with_stand_in(aws, packed_template, OwnKey="true", DataRetention="Delete")
    roles = {name: stack_roles(aws, stack)[name] for name in ("StopRunsRole", "DeleteDataRole")}
    own = {name: documents(iam, role) for name, role in roles.items()}
    done, early, late = (Uploader(aws, stack, f"ended {n}") for n in ("done", "early", "late"))
    rows = Rows(aws, stack, done.name)
    done.upload_pair(table(), table(6))
    assert done.worked()
    with aws.jobs.more_slots(3):
        rows.put("slow.csv", new_rows(3, "slow"))
        done.wait(rows.jobs)
        late.upload_pair(table(), table(12, "slow evaluation"))
        late.wait(late.evaluation_jobs)
        early.upload_pair(table(12, "slow"), table(6))
        early.wait(lambda: [j for j in early.training_jobs() if "TrainingStartTime" in j])
        aws.s3.create_multipart_upload(Bucket=stack.bucket, Key="unfinished")
        aws.cloudformation.delete_stack(StackName=stack.state_machine.rpartition(":")[2])
    [training], [evaluation] = early.training_jobs(), late.evaluation_jobs()
    assert training["TrainingJobStatus"] in ("Stopping", "Stopped")
    assert evaluation["ProcessingJobStatus"] in ("Stopping", "Stopped")
    assert stack.bucket not in str(aws.s3.list_buckets()["Buckets"])
    for name, role in roles.items():
        calls = [call for call in role_calls if call.role == role]
        assert calls and all(call.allowed for call in calls)
        for policy, document in own[name].items():
            others = [statements(other) for n, other in own[name].items() if n != policy]
            for value, left in narrowed(document):
                policies = [statements(left), *others]
                failing = any(decision(policies, call.request) != "allow" for call in calls)
                assert failing, f"{name} does not need {value}"
