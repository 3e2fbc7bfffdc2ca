"""The template through plain CloudFormation calls: made, changed, deleted, and what is left."""

import json
from collections import Counter
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError
from moto.cloudformation.parsing import get_model_map
from moto.cloudformation.utils import yaml_tag_constructor

from local.aws import REGION, LocalAws
from local.idle_types import IDLE_TYPES
from tests.local.stacks import client

# What becomes of each type of the template on this machine. A type that is in neither list is one
# that a deployment here proves nothing about.
MADE = {
    "AWS::CloudWatch::Dashboard",
    "AWS::Events::Rule",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::StepFunctions::StateMachine",
    "Custom::CodefreeBudget",
    "Custom::CodefreeCode",
    "Custom::CodefreeConcurrency",
    "Custom::CodefreeDeleteData",
    "Custom::CodefreeStopRuns",
}
EVERYTHING = {
    "DataRetention": "Delete",
    "NotificationEmail": "a@example.com",
    "MonthlyBudget": "50",
    "BudgetCovers": "stack",
    "OwnKey": "true",
    "Subnets": "subnet-0123456789abcdef0",
    "SecurityGroups": "sg-0123456789abcdef0",
}


def parsed(template: str) -> dict[str, Any]:
    loader = type("Loader", (yaml.SafeLoader,), {})
    yaml.add_multi_constructor("", yaml_tag_constructor, Loader=loader)
    return dict(yaml.load(template, Loader=loader))


def create(aws: LocalAws, template: str, name: str, **parameters: str) -> None:
    aws.cloudformation.create_stack(
        StackName=name,
        TemplateBody=template,
        Parameters=_listed({"BucketName": name} | parameters),
        Capabilities=["CAPABILITY_IAM"],
    )


def update(aws: LocalAws, template: str, name: str, **parameters: str) -> None:
    aws.cloudformation.update_stack(
        StackName=name,
        TemplateBody=template,
        Parameters=_listed({"BucketName": name} | parameters),
        Capabilities=["CAPABILITY_IAM"],
    )


def _listed(parameters: dict[str, str]) -> Any:
    return [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()]


@pytest.mark.usefixtures("aws")
def test_every_resource_type_is_accounted_for(packed_template: str) -> None:
    types = {resource["Type"] for resource in parsed(packed_template)["Resources"].values()}
    assert types == MADE | set(IDLE_TYPES)
    assert not set(IDLE_TYPES) & set(get_model_map()), "moto makes it now: let it"


def test_all_that_can_be_asked_for_is_made(aws: LocalAws, packed_template: str) -> None:
    create(aws, packed_template, "stack-with-all", **EVERYTHING)
    made = aws.cloudformation.describe_stack_resources(StackName="stack-with-all")["StackResources"]
    counted = Counter(r["ResourceType"] for r in made if "ResourceType" in r)
    wanted = Counter(r["Type"] for r in parsed(packed_template)["Resources"].values())
    assert counted == Counter({k: v for k, v in wanted.items() if k not in IDLE_TYPES})
    machine = state_machine(aws, "stack-with-all")
    described = aws.states.describe_state_machine(stateMachineArn=machine)
    definition = json.loads(described["definition"])
    train = definition["States"]["Train"]["Parameters"]
    assert train["ResourceConfig"]["VolumeKmsKeyId"].startswith("arn:aws:kms:")
    assert "subnet-0123456789abcdef0" in train["VpcConfig"]["Subnets.$"]
    body = client(aws, "cloudwatch").get_dashboard(DashboardName="codefree-stack-with-all")
    assert "${" not in json.dumps(json.loads(body["DashboardBody"]))


def state_machine(aws: LocalAws, name: str) -> str:
    [stack] = aws.cloudformation.describe_stacks(StackName=name)["Stacks"]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    return outputs["StateMachineArn"]


def test_an_update_changes_what_was_asked_for_and_keeps_the_data(
    aws: LocalAws, packed_template: str
) -> None:
    create(aws, packed_template, "stack-changed")
    aws.s3.put_object(Bucket="stack-changed", Key="data/kept.csv", Body=b"kept")
    machine = state_machine(aws, "stack-changed")
    update(aws, packed_template, "stack-changed", TrainingMinutes="7", NetworkIsolation="true")
    assert state_machine(aws, "stack-changed") == machine
    assert aws.s3.get_object(Bucket="stack-changed", Key="data/kept.csv")["Body"].read() == b"kept"
    functions = client(aws, "lambda").list_functions()["Functions"]
    [check] = [f for f in functions if f["FunctionName"].startswith("stack-changed-CheckPair")]
    assert str(check["Environment"]["Variables"]["TRAINING_MINUTES"]) == "7"
    definition = aws.states.describe_state_machine(stateMachineArn=machine)["definition"]
    assert "States.StringToJson('true')" in definition


def test_the_budget_comes_changes_and_goes_with_its_parameter(
    aws: LocalAws, packed_template: str
) -> None:
    def budgets() -> list[dict[str, Any]]:
        found = client(aws, "budgets").describe_budgets(AccountId="123456789012")
        name = f"stack-warned-{REGION}"
        return [b for b in found.get("Budgets", []) if b["BudgetName"] == name]

    create(aws, packed_template, "stack-warned")
    assert not budgets()
    for amount, filters in (
        ("20", {}),
        ("30.5", {"TagKeyValue": ["user:codefree:stack$stack-warned"]}),
    ):
        covers = "stack" if filters else "account"
        update(aws, packed_template, "stack-warned", MonthlyBudget=amount, BudgetCovers=covers)
        [budget] = budgets()
        assert float(budget["BudgetLimit"]["Amount"]) == float(amount)
        assert budget["CostFilters"] == filters
    update(aws, packed_template, "stack-warned", MonthlyBudget="0")
    assert not budgets()
    assert not [
        name
        for name in names_of(aws, "stack-warned")
        if "-Budget" in name or "MonthlyBudget" in name
    ]


def test_a_deleted_stack_leaves_the_data_and_nothing_else(
    aws: LocalAws, packed_template: str
) -> None:
    create(aws, packed_template, "stack-kept")
    aws.s3.put_object(Bucket="stack-kept", Key="data/a.csv", Body=b"mine")
    aws.cloudformation.delete_stack(StackName="stack-kept")
    assert aws.s3.get_object(Bucket="stack-kept", Key="data/a.csv")["Body"].read() == b"mine"
    assert not names_of(aws, "stack-kept")


def test_a_stack_that_was_told_to_deletes_its_data_too(aws: LocalAws, packed_template: str) -> None:
    create(aws, packed_template, "stack-gone", DataRetention="Delete", OwnKey="true")
    for body in (b"first", b"second"):
        aws.s3.put_object(Bucket="stack-gone", Key="data/a.csv", Body=body)
    aws.s3.delete_object(Bucket="stack-gone", Key="data/a.csv")
    aws.s3.create_multipart_upload(Bucket="stack-gone", Key="data/unfinished.csv")
    keys = resource_ids(aws, "stack-gone", "AWS::KMS::Key")
    aws.cloudformation.delete_stack(StackName="stack-gone")
    assert "stack-gone" not in {bucket["Name"] for bucket in aws.s3.list_buckets()["Buckets"]}
    assert not names_of(aws, "stack-gone")
    [key] = keys
    state = client(aws, "kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    assert state == "PendingDeletion"


def test_taking_back_the_deletion_deletes_nothing(aws: LocalAws, packed_template: str) -> None:
    """CloudFormation asks the custom resource to delete then as well, the stack being changed."""
    create(aws, packed_template, "stack-spared", DataRetention="Delete")
    aws.s3.put_object(Bucket="stack-spared", Key="data/a.csv", Body=b"mine")
    [function] = [n for n in names_of(aws, "stack-spared") if "DeleteDataFunction" in n]
    [stack] = aws.cloudformation.describe_stacks(StackName="stack-spared")["Stacks"]
    request = {
        "RequestType": "Delete",
        "StackId": stack["StackId"],
        "RequestId": "1",
        "LogicalResourceId": "DeleteData",
        "ResponseURL": f"{aws.answers}/cloudformation_{REGION}/cfnresponse?stack=x",
        "ResourceProperties": {"Bucket": "stack-spared"},
    }
    client(aws, "lambda").invoke(FunctionName=function, Payload=json.dumps(request))
    assert aws.s3.get_object(Bucket="stack-spared", Key="data/a.csv")["Body"].read() == b"mine"


def test_nothing_starts_a_run_while_the_stack_stops_those_under_way(packed_template: str) -> None:
    resources = parsed(packed_template)["Resources"]
    assert resources["UploadRule"]["DependsOn"] == "StopRuns"
    assert resources["SweepRule"]["DependsOn"] == "StopRuns"
    assert resources["StopEndpointsRule"]["DependsOn"] == "StopRuns"
    machines = resources["StopRuns"]["Properties"]["StateMachines"]
    assert machines == [{"Ref": "StateMachine"}, {"Ref": "PredictionMachine"}]


def test_the_endpoints_role_stays_until_they_are_gone(packed_template: str) -> None:
    """SageMaker removes an endpoint's network interfaces with it (CreateModel, VpcConfig)."""
    resources = parsed(packed_template)["Resources"]
    assert resources["StopRuns"]["DependsOn"] == "ServeRole"
    assert not {"Policy", "ManagedPolicy"} & {
        resource["Type"].rpartition("::")[2] for resource in resources.values()
    }, "roles have their rights within them, so they go together"


def names_of(aws: LocalAws, stack: str) -> list[str]:
    """What there still is that a stack has made and that could cost money."""
    machines = aws.states.list_state_machines()["stateMachines"]
    rules = client(aws, "events").list_rules()["Rules"]
    groups = aws.logs.describe_log_groups()["logGroups"]
    names = [machine["name"] for machine in machines] + [rule["Name"] for rule in rules]
    names += [f["FunctionName"] for f in client(aws, "lambda").list_functions()["Functions"]]
    names += client(aws, "sqs").list_queues().get("QueueUrls", [])
    names += [topic["TopicArn"] for topic in client(aws, "sns").list_topics()["Topics"]]
    names += [
        group["logGroupName"] for group in groups if "/aws/lambda/" not in group["logGroupName"]
    ]
    names += [role["RoleName"] for role in client(aws, "iam").list_roles()["Roles"]]
    return [name for name in names if stack in name]


def resource_ids(aws: LocalAws, stack: str, kind: str) -> list[str]:
    made = aws.cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    return [r["PhysicalResourceId"] for r in made if r.get("ResourceType") == kind]


@pytest.mark.parametrize(
    ("region", "parameters", "words"),
    [
        ("eu-central-2", {}, "There is no AutoGluon image in this region"),
        (REGION, {"Subnets": "subnet-1a"}, "Subnets and SecurityGroups belong together"),
        (REGION, {"SecurityGroups": "sg-1a"}, "Subnets and SecurityGroups belong together"),
    ],
)
def test_what_can_never_work_is_refused_before_anything_is_made(
    aws: LocalAws, packed_template: str, region: str, parameters: dict[str, str], words: str
) -> None:
    with pytest.raises(ClientError, match=words):
        client(aws, "cloudformation", region).create_stack(
            StackName="refused",
            TemplateBody=packed_template,
            Parameters=_listed({"BucketName": "refused"} | parameters),
            Capabilities=["CAPABILITY_IAM"],
        )
    assert "refused" not in {bucket["Name"] for bucket in aws.s3.list_buckets()["Buckets"]}
