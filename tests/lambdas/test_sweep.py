"""What Sweep starts, whatever becomes of the models that it asks for."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from moto import mock_aws

from lambdas import sweep
from lambdas.bucket.bucket import Bucket
from lambdas.errors import NotAllowed
from lambdas.predictions.rows_file import rows_file_of
from lambdas.predictions.waiting_rows import wait_for_model
from lambdas.uploads.pair import Upload

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 100_000)
DENIED = ClientError(
    {"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "ListModelPackages"
)
SLOW = ConnectTimeoutError(endpoint_url="https://api.sagemaker.us-east-1.amazonaws.com")


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The ARNs of the two state machines of a stack, with its bucket."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="bucket")
        role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
        states, made = boto3.client("stepfunctions"), []
        passing = {"StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": True}}}
        for name in ("runs", "predictions"):
            machine = states.create_state_machine(
                name=name, definition=json.dumps(passing), roleArn=role["Role"]["Arn"]
            )
            made.append(machine["stateMachineArn"])
        environment = {"BUCKET": "bucket", "STACK": "s", "RUNS_AT_ONCE": "0", "PAGE_LANGUAGE": "en"}
        environment |= {"STATE_MACHINE": made[0], "PREDICTIONS": made[1]}
        environment |= {"DAILY_COST_LIMIT": "0", "MONTHLY_COST_LIMIT": "0"}
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield made


def started(machine: str) -> list[dict[str, Any]]:
    """What was asked for of the state machine."""
    states = boto3.client("stepfunctions")
    listed = states.list_executions(stateMachineArn=machine)["executions"]
    arns = [execution["executionArn"] for execution in listed]
    return [json.loads(states.describe_execution(executionArn=arn)["input"]) for arn in arns]


@pytest.mark.parametrize(("trouble", "told"), [(DENIED, NotAllowed), (SLOW, ConnectTimeoutError)])
def test_trouble_with_the_models_of_one_dataset_keeps_nothing_else_from_starting(
    machines: list[str], monkeypatch: pytest.MonkeyPatch, trouble: Exception, told: type[Exception]
) -> None:
    def approved_model(_client: object, _stack: str, dataset: str) -> Any:
        if dataset == "a":
            raise trouble
        return SimpleNamespace(version=1, changed=datetime.now(UTC))

    monkeypatch.setattr(sweep, "approved_model", approved_model)
    bucket = Bucket("bucket", boto3.client("s3"))
    for dataset in ("a", "b"):
        key = f"predict/{dataset}/new.csv"
        wait_for_model(bucket, rows_file_of(key), Upload(key, "etag", "version", 1))
    for key in ("data/lost_train.csv", "data/lost_test.csv", "predict/lost/new.csv"):
        bucket.write(key, b"")
    due = {"time": (datetime.now(UTC) + timedelta(minutes=6)).isoformat(), "detail": {}}
    with pytest.raises(told):
        sweep.handler(due | {"detail-type": "Scheduled Event"}, CONTEXT)
    runs, predictions = map(started, machines)
    assert runs == [{"dataset": "lost"}]
    assert sorted(asked["dataset"] for asked in predictions) == ["b", "lost"]
