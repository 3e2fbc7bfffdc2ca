"""One local AWS and one stack for all tests of this folder; each test has datasets of its own."""

import io
import itertools
import json
import os
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from lambdas.uploads.dataset import Dataset
from local.aws import REGION, LocalAws
from local.stack import Stack, deploy
from workflow.package import template

_numbers = itertools.count(1)
_STAND_IN = Path(__file__).parent / "stand_in"
NO_LIMITS = {"DailyCostLimit": "1000000", "MonthlyCostLimit": "1000000", "RunsAtOnce": "1000"}


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    local_aws = LocalAws(tmp_path_factory.mktemp("home"))
    local_aws.start()
    # As if the lines had been pasted that `codefree up` prints: the commands use them.
    os.environ["AWS_ACCESS_KEY_ID"] = local_aws.credentials.access_key
    os.environ["AWS_SECRET_ACCESS_KEY"] = local_aws.credentials.secret_key
    yield local_aws
    local_aws.stop()


@pytest.fixture(scope="session")
def packed_template() -> str:
    return template()


@pytest.fixture(scope="session")
def stack(aws: LocalAws, packed_template: str) -> Stack:
    return stack_with_stand_in(aws, packed_template)


@pytest.fixture(scope="session")
def iam(aws: LocalAws) -> Any:
    return client(aws, "iam")


def client(aws: LocalAws, service: str, region: str = REGION) -> Any:
    """A client as anybody has it who has pasted what ``codefree up`` prints."""
    own = aws.credentials
    session = boto3.Session(own.access_key, own.secret_key, region_name=region)
    return session.client(service, endpoint_url=aws.endpoint)  # type: ignore[call-overload]


def resources(aws: LocalAws, stack: Stack, kind: str | None = None) -> dict[str, str]:
    """What the stack made, all of it or one type: physical by logical names."""
    pages = aws.cloudformation.get_paginator("list_stack_resources").paginate(
        StackName=stack.state_machine.rpartition(":")[2]
    )
    return {
        made["LogicalResourceId"]: made["PhysicalResourceId"]
        for page in pages
        for made in page["StackResourceSummaries"]
        if kind in (None, made["ResourceType"])
    }


def put_past_policy(s3: Any, bucket: str, key: str, body: str | bytes) -> None:
    """Writes where the workflow alone may, as somebody who may change the bucket's policy."""
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.delete_bucket_policy(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)


def role_trusting(iam: Any, service: str, *statements: dict[str, Any]) -> str:
    """The ARN of a new role that the service may assume, with these rights."""
    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}}
    name = f"role-{next(_numbers)}"
    assumable = policy_text(trust | {"Action": "sts:AssumeRole"})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=assumable)["Role"]
    if statements:
        rights = policy_text(*statements)
        iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=rights)
    return str(role["Arn"])


def policy_text(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@dataclass
class Uploader:
    """Uploads one dataset and sees what becomes of it, with plain AWS clients."""

    aws: LocalAws
    stack: Stack
    name: str
    _ours: dict[str, bool] = field(default_factory=dict)

    def upload(self, half: str, body: str | bytes) -> None:
        self.put(f"data/{self.name}_{half}.csv", body)

    def upload_pair(self, train: str, test: str) -> None:
        self.upload("test", test)
        self.upload("train", train)

    def put(self, key: str, body: str | bytes) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.aws.s3.put_object(Bucket=self.stack.bucket, Key=key, Body=data)

    def put_past_policy(self, key: str, body: str) -> None:
        put_past_policy(self.aws.s3, self.stack.bucket, key, body)

    def start(self, request: Any) -> str:
        started = self.aws.states.start_execution(
            stateMachineArn=self.stack.state_machine, input=json.dumps(request)
        )
        return started["executionArn"]

    def deliver(self, event: Any) -> Any:
        """Starts an execution as EventBridge does, and tells with what it has ended."""
        arn = self.start(event)
        states = self.aws.states
        self.wait(lambda: states.describe_execution(executionArn=arn)["status"] != "RUNNING")
        return json.loads(states.describe_execution(executionArn=arn)["output"])

    def executions(self) -> list[dict[str, Any]]:
        """The dataset's executions, oldest first, once none of them is running."""
        self.wait(lambda: all(e["status"] != "RUNNING" for e in self.described()))
        return self.described()

    def described(self) -> list[dict[str, Any]]:
        pages = self.aws.states.get_paginator("list_executions").paginate(
            stateMachineArn=self.stack.state_machine
        )
        listed = [execution for page in pages for execution in page["executions"]]
        ours = [e["executionArn"] for e in reversed(listed) if self._is_ours(e["executionArn"])]
        return [dict(self.aws.states.describe_execution(executionArn=arn)) for arn in ours]

    def states_entered(self, execution: dict[str, Any]) -> list[str]:
        history = self.aws.states.get_execution_history(executionArn=execution["executionArn"])
        return [
            event["stateEnteredEventDetails"]["name"]
            for event in history["events"]
            if event["type"].endswith("StateEntered")
        ]

    def ends(self) -> list[str]:
        """The last state of every execution that did more than wait for the other file."""
        ends = [self.states_entered(execution)[-1] for execution in self.executions()]
        return sorted(end for end in ends if end != "WaitingForPartner")

    def worked(self) -> dict[str, Any]:
        """The one execution that went on to the end."""
        [execution] = [e for e in self.executions() if self.states_entered(e)[-1] == "Publish"]
        return execution

    def failed(self) -> dict[str, Any]:
        """The one execution that failed."""
        [execution] = [e for e in self.executions() if e["status"] == "FAILED"]
        return execution

    def training_jobs(self) -> list[dict[str, Any]]:
        listed = self.aws.sagemaker.list_training_jobs(MaxResults=100)["TrainingJobSummaries"]
        slug = f"codefree-{Dataset(self.name).job_slug}-"
        described = [
            dict(self.aws.sagemaker.describe_training_job(TrainingJobName=j["TrainingJobName"]))
            for j in listed
            if j["TrainingJobName"].startswith(slug)
        ]
        uri = f"s3://{self.stack.bucket}/results/{self.name}/"
        return [job for job in described if job["OutputDataConfig"]["S3OutputPath"].startswith(uri)]

    def evaluation_jobs(self) -> list[dict[str, Any]]:
        listed = self.aws.sagemaker.list_processing_jobs(MaxResults=100)["ProcessingJobSummaries"]
        described = [
            dict(
                self.aws.sagemaker.describe_processing_job(ProcessingJobName=j["ProcessingJobName"])
            )
            for j in listed
        ]
        return [job for job in described if job["Environment"]["CODEFREE_NAME"] == self.name]

    def keys(self, prefix: str) -> list[str]:
        listed = self.aws.s3.list_objects_v2(Bucket=self.stack.bucket, Prefix=prefix)
        return [entry["Key"] for entry in listed.get("Contents", [])]

    def wait(self, condition: Callable[[], Any], seconds: float = 300) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "waited too long"
            time.sleep(0.2)

    def _is_ours(self, arn: str) -> bool:
        if arn not in self._ours:
            request = self.aws.states.describe_execution(executionArn=arn)["input"]
            self._ours[arn] = self._is_about_us(json.loads(request))
        return self._ours[arn]

    def _is_about_us(self, request: dict[str, Any]) -> bool:
        if "detail" not in request:
            return bool(request["dataset"] == self.name)
        key = request["detail"]["object"]["key"]
        parts = {f"data/{self.name}_train.csv", f"data/{self.name}_test.csv"}
        return key.removesuffix(".gz") in parts


@pytest.fixture
def uploader(aws: LocalAws, stack: Stack) -> Uploader:
    return Uploader(aws, stack, f"set {next(_numbers)}")


@pytest.fixture
def lonely_uploader(aws: LocalAws, packed_template: str) -> Uploader:
    """An uploader whose stack no other test uses."""
    return Uploader(aws, stack_with_stand_in(aws, packed_template), "lonely")


@pytest.fixture(scope="module")
def lonely_stack(aws: LocalAws, packed_template: str) -> Stack:
    """A stack for executions that belong to no dataset."""
    return stack_with_stand_in(aws, packed_template)


def stack_with_stand_in(aws: LocalAws, template: str, **parameters: str) -> Stack:
    """A new stack whose jobs run the quick stand-in, as a user's own training code."""
    number = next(_numbers)
    parameters = {"BucketName": f"bucket-{number}", **NO_LIMITS, **parameters}
    stack = deploy(aws, template, parameters, name=f"codefree-{number}")
    aws.s3.put_object(Bucket=stack.bucket, Key="source/sourcedir.tar.gz", Body=stand_in_code())
    return stack


def stand_in_code() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path in sorted(_STAND_IN.rglob("*.py")):
            archive.add(path, arcname=path.relative_to(_STAND_IN).as_posix())
    return buffer.getvalue()


def table(rows: int = 12, behaviour: str = "", target: str = "label") -> str:
    """A small table with two classes; ``behaviour`` tells the stand-in what to do."""
    lines = [f"{target},size,behaviour"]
    lines += [f"{i % 2},{i},{behaviour}" for i in range(rows)]
    return "\n".join(lines) + "\n"
