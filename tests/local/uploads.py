"""What is uploaded to a stack, and what becomes of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from lambdas.uploads.dataset import Dataset
from local.aws import REGION, LocalAws
from local.stack import Stack
from tests.waiting import wait_until

# By ARN and endpoint: many tests share a stack, and each would ask of all its executions.
_requests: dict[tuple[str, str], Any] = {}


def request_of(aws: LocalAws, arn: str) -> Any:
    """With what an execution was started."""
    if (arn, aws.endpoint) not in _requests:
        described = aws.states.describe_execution(executionArn=arn)
        _requests[arn, aws.endpoint] = json.loads(described["input"])
    return _requests[arn, aws.endpoint]


def wait_here(arn: str) -> None:
    """Waits for the end of an execution that this process runs, without a request; for no other.

    Requests of tests that wait were a sixth of what local mode had to answer.
    """
    backend = stepfunctions_parser_backends[DEFAULT_ACCOUNT_ID][REGION]
    machines = list(backend.state_machines)
    found = [e for machine in machines for e in list(machine.executions) if e.execution_arn == arn]
    wait_until(lambda: all(execution.status != "RUNNING" for execution in found))


def ended(states: Any, arn: str) -> dict[str, Any]:
    """The execution, once it has ended."""
    wait_here(arn)
    described: dict[str, Any] = {}

    def has_ended() -> bool:
        described.update(states.describe_execution(executionArn=arn))
        return bool(described["status"] != "RUNNING")

    wait_until(has_ended)
    return described


@dataclass
class Uploader:
    """Uploads one dataset and sees what becomes of it, with plain AWS clients."""

    aws: LocalAws
    stack: Stack
    name: str
    other_keys: frozenset[str] = frozenset()

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
        return json.loads(ended(states, arn)["output"])

    def executions(self) -> list[dict[str, Any]]:
        """The dataset's executions, oldest first, once none of them is running."""

        def none_runs() -> bool:
            running = self._listed(statusFilter="RUNNING")
            for execution in running:
                wait_here(execution["executionArn"])
            return not running

        self.wait(none_runs)
        return self.described()

    def described(self) -> list[dict[str, Any]]:
        arns = [execution["executionArn"] for execution in self._listed()]
        return [dict(self.aws.states.describe_execution(executionArn=arn)) for arn in arns]

    def _listed(self, **narrowed: Any) -> list[dict[str, Any]]:
        pages = self.aws.states.get_paginator("list_executions").paginate(
            stateMachineArn=self.stack.state_machine, **narrowed
        )
        listed: list[dict[str, Any]] = [dict(e) for page in pages for e in page["executions"]]
        return [e for e in reversed(listed) if self._is_ours(e["executionArn"])]

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
        listed = self.aws.sagemaker.list_training_jobs(NameContains=self._slug, MaxResults=100)
        described: list[dict[str, Any]] = [
            dict(self.aws.sagemaker.describe_training_job(TrainingJobName=j["TrainingJobName"]))
            for j in listed["TrainingJobSummaries"]
        ]
        uri = f"s3://{self.stack.bucket}/results/{self.name}/"
        return [job for job in described if job["OutputDataConfig"]["S3OutputPath"].startswith(uri)]

    def evaluation_jobs(self) -> list[dict[str, Any]]:
        listed = self.aws.sagemaker.list_processing_jobs(NameContains=self._slug, MaxResults=100)
        described: list[dict[str, Any]] = [
            dict(
                self.aws.sagemaker.describe_processing_job(ProcessingJobName=j["ProcessingJobName"])
            )
            for j in listed["ProcessingJobSummaries"]
        ]
        return [job for job in described if job["Environment"]["CODEFREE_NAME"] == self.name]

    @property
    def _slug(self) -> str:
        return f"codefree-{Dataset(self.name).job_slug}-"

    def keys(self, prefix: str) -> list[str]:
        listed = self.aws.s3.list_objects_v2(Bucket=self.stack.bucket, Prefix=prefix)
        return [entry["Key"] for entry in listed.get("Contents", [])]

    def wait(self, condition: Callable[[], Any]) -> None:
        wait_until(condition)

    def _is_ours(self, arn: str) -> bool:
        request = request_of(self.aws, arn)
        if "detail" not in request:
            return bool(request["dataset"] == self.name)
        key = request["detail"]["object"]["key"]
        parts = {f"data/{self.name}_train.csv", f"data/{self.name}_test.csv"}
        return key in self.other_keys or key.removesuffix(".gz") in parts


def table(rows: int = 12, behaviour: str = "", target: str = "label") -> str:
    """A small table with two classes; ``behaviour`` tells the stand-in what to do."""
    lines = [f"{target},size,behaviour"]
    lines += [f"{i % 2},{i},{behaviour}" for i in range(rows)]
    return "\n".join(lines) + "\n"


def put_past_policy(s3: Any, bucket: str, key: str, body: str | bytes) -> None:
    """Writes where the workflow alone may, as somebody who may change the bucket's policy."""
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.delete_bucket_policy(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
