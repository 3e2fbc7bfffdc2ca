"""Which service may assume which role, and how a service says that a role may not."""

import io
import json
import zipfile
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.access.clients import RoleClients
from local.access.control import Denied
from local.access.needs import Need
from local.aws import REGION, LocalAws
from tests.local.roles import role_trusting
from tests.local.stacks import client

TRAINING = {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync"}


def machine(aws: LocalAws, name: str, role: str) -> str:
    state = TRAINING | {"Parameters": {"TrainingJobName": "j"}, "End": True}
    definition = json.dumps({"StartAt": "Train", "States": {"Train": state}})
    made = aws.states.create_state_machine(name=name, definition=definition, roleArn=role)
    return made["stateMachineArn"]


def test_a_state_machine_needs_a_role_that_trusts_step_functions(aws: LocalAws, iam: Any) -> None:
    missing = "arn:aws:iam::123456789012:role/not-there"
    for role in (role_trusting(iam, "lambda"), missing):
        with pytest.raises(ClientError, match="nor the regional one is authorized to assume the"):
            machine(aws, "trusted-by-none", role)


def test_a_state_machine_that_waits_for_jobs_needs_to_hear_of_their_end(
    aws: LocalAws, iam: Any
) -> None:
    with pytest.raises(ClientError, match=r"AccessDenied.*is not authorized to create managed-rul"):
        machine(aws, "deaf", role_trusting(iam, "states"))
    rules = {"Effect": "Allow", "Action": "events:*", "Resource": "*"}
    assert machine(aws, "hearing", role_trusting(iam, "states", rules))


def test_a_function_needs_a_role_that_trusts_lambda(aws: LocalAws, iam: Any) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): return 1")
    functions = client(aws, "lambda")
    with pytest.raises(ClientError, match=r"InvalidParameterValue.*cannot be assumed by Lambda"):
        functions.create_function(
            FunctionName="f",
            Runtime="python3.12",
            Handler="index.handler",
            Role=role_trusting(iam, "sagemaker"),
            Code={"ZipFile": packed.getvalue()},
        )


def test_a_job_needs_a_role_that_trusts_sagemaker(aws: LocalAws, iam: Any) -> None:
    with pytest.raises(ClientError, match=r"Could not assume role .* 'sagemaker.amazonaws.com'"):
        aws.sagemaker.create_training_job(
            TrainingJobName="untrusted",
            RoleArn=role_trusting(iam, "lambda"),
            AlgorithmSpecification={"TrainingInputMode": "File"},
            OutputDataConfig={"S3OutputPath": "s3://b/"},
            ResourceConfig={"InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
            StoppingCondition={"MaxRuntimeInSeconds": 60},
        )


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "action", "code", "status"),
    [
        ("sagemaker", "list_training_jobs", {}, "ListTrainingJobs", "AccessDeniedException", 400),
        ("lambda", "invoke", {"FunctionName": "f"}, "InvokeFunction", "AccessDeniedException", 403),
        (
            "sns",
            "publish",
            {"TopicArn": f"arn:aws:sns:{REGION}:123456789012:t", "Message": "x"},
            "Publish",
            "AuthorizationError",
            403,
        ),
        (
            "logs",
            "create_log_group",
            {"logGroupName": "g"},
            "CreateLogGroup",
            "AccessDeniedException",
            400,
        ),
        ("iam", "list_roles", {}, "ListRoles", "AccessDenied", 403),
    ],
)
def test_a_service_denies_with_its_own_code(
    aws: LocalAws,
    iam: Any,
    service: str,
    operation: str,
    parameters: dict[str, str],
    action: str,
    code: str,
    status: int,
) -> None:
    role = role_trusting(iam, "lambda")
    source = f"arn:aws:lambda:{REGION}:123456789012:function:f"
    session = aws.access.assumed(role, "lambda", "f", source)
    clients = RoleClients(aws.endpoint, Config(retries={"max_attempts": 0}), aws.inside)
    client = clients.client(session, service, REGION)
    who = f"User: arn:aws:sts::123456789012:assumed-role/{role.rpartition('/')[2]}/f"
    with pytest.raises(ClientError) as error:
        getattr(client, operation)(**parameters)
    response: Any = error.value.response
    assert response["Error"]["Code"] == code
    assert response["Error"]["Message"].startswith(
        f"{who} is not authorized to perform: {service}:{action} on resource: "
    )
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_whoever_has_credentials_may_ask_whose_they_are(aws: LocalAws, iam: Any) -> None:
    role = role_trusting(iam, "lambda")
    source = f"arn:aws:lambda:{REGION}:123456789012:function:f"
    session = aws.access.assumed(role, "lambda", "f", source)
    sts = RoleClients(aws.endpoint, Config(), aws.inside).client(session, "sts", REGION)
    assert sts.get_caller_identity()["Arn"] == session.arn


def test_a_template_gives_a_role_its_managed_policies_and_an_update_changes_its_rights(
    aws: LocalAws, iam: Any
) -> None:
    def template(*actions: str, managed: bool) -> str:
        statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        service = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
        trust = {"Statement": [service | {"Action": "sts:AssumeRole"}]}
        basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
        properties = {
            "RoleName": "templated",
            "AssumeRolePolicyDocument": trust,
            "Policies": [{"PolicyName": "own", "PolicyDocument": document}],
            "ManagedPolicyArns": [basic] if managed else [],
        }
        role = {"Type": "AWS::IAM::Role", "Properties": properties}
        return json.dumps({"Resources": {"Role": role}})

    def actions() -> set[str]:
        policies = aws.access.policies("arn:aws:iam::123456789012:role/templated")
        return {action for policy in policies for s in policy for action in s.actions}

    cloudformation = aws.cloudformation
    cloudformation.create_stack(StackName="roles", TemplateBody=template("s3:Get*", managed=True))
    assert {"s3:Get*", "logs:PutLogEvents"} <= actions()
    changed = template("s3:Put*", managed=False)
    cloudformation.update_stack(StackName="roles", TemplateBody=changed)
    assert actions() == {"s3:Put*"}
    own = iam.get_role_policy(RoleName="templated", PolicyName="own")["PolicyDocument"]
    assert own["Statement"][0]["Action"] == ["s3:Put*"]


def test_a_rule_is_let_in_by_its_own_name_alone(aws: LocalAws) -> None:
    rule = "arn:aws:events:us-east-1:123456789012:rule/r"

    def policy(conditions: dict[str, Any]) -> dict[str, Any]:
        allow = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}}
        call = {"Action": "lambda:InvokeFunction", "Resource": "f"}
        return {"Statement": [allow | call | {"Condition": conditions}]}

    by_name = policy({"ArnLike": {"aws:SourceArn": rule}})
    by_account = policy({"StringEquals": {"aws:SourceAccount": "123456789012"}})
    need = Need("lambda:InvokeFunction", "f", resource_policies=(by_name,))
    aws.access.check_service("events", rule, need)
    need = Need("lambda:InvokeFunction", "f", resource_policies=(by_account,))
    with pytest.raises(Denied):
        aws.access.check_service("events", rule, need)
