"""What is uploaded to a stack, and what becomes of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from lambdas.uploads.dataset import Dataset
from local.aws import REGION, LocalAws
from local.stack import Stack
from tests.waiting import LONGEST_PAUSE, wait_until

# By ARN and endpoint: many tests share a stack, and each would ask of all its executions.
_requests: dict[tuple[str, str], Any] = {}


# Tests that wait ask again and again, of many executions at once: a quarter of the requests that
# tests of runs made were nothing else. What moto holds in this process is looked at without any.
_LOOK_SECONDS = 0.1


def _begun_here(arn: str) -> list[Execution]:
    """The execution as moto holds it, where this process runs it."""
    machines = list(stepfunctions_parser_backends[DEFAULT_ACCOUNT_ID][REGION].state_machines)
    return [e for machine in machines for e in list(machine.executions) if e.execution_arn == arn]


def _runs(execution: Execution) -> bool:
    return execution.exec_status in (None, ExecutionStatus.RUNNING)


def begun(aws: LocalAws, machine: str) -> list[tuple[str, bool]]:
    """The ARNs of all executions of a state machine, oldest first, and whether each still runs."""
    if isinstance(aws, LocalAws):
        backend = stepfunctions_parser_backends[DEFAULT_ACCOUNT_ID][REGION]
        executions = list(backend.describe_state_machine(machine).executions)
        return [(execution.execution_arn, _runs(execution)) for execution in executions]
    pages = aws.states.get_paginator("list_executions").paginate(stateMachineArn=machine)
    listed = [execution for page in pages for execution in page["executions"]]
    return [(e["executionArn"], e["status"] == "RUNNING") for e in reversed(listed)]


def request_of(aws: LocalAws, arn: str) -> Any:
    """With what an execution was started."""
    if (arn, aws.endpoint) not in _requests:
        here = _begun_here(arn) if isinstance(aws, LocalAws) else []
        text = here[0].execution_input if here else _described(aws.states, arn)["input"]
        _requests[arn, aws.endpoint] = json.loads(text)
    return _requests[arn, aws.endpoint]


def _described(states: Any, arn: str) -> dict[str, Any]:
    return dict(states.describe_execution(executionArn=arn))


def ended(states: Any, arn: str) -> dict[str, Any]:
    """The execution, once it has ended."""
    here = _begun_here(arn)
    wait_until(lambda: not any(map(_runs, here)), _LOOK_SECONDS)

    def told() -> dict[str, Any] | None:
        described = _described(states, arn)
        return None if described["status"] == "RUNNING" else described

    return wait_until(told)


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

    def forget_mails(self) -> None:
        """Has failures mailed again: the stack's other tests may have had all mails of this day."""
        for key in self.keys("runs/mails/"):
            self.aws.s3.delete_object(Bucket=self.stack.bucket, Key=key)

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
        pause = _LOOK_SECONDS if isinstance(self.aws, LocalAws) else LONGEST_PAUSE
        wait_until(lambda: not any(runs for _, runs in self._begun()), pause)
        return self.described()

    def described(self) -> list[dict[str, Any]]:
        return [_described(self.aws.states, arn) for arn, _ in self._begun()]

    def _begun(self) -> list[tuple[str, bool]]:
        of_all = begun(self.aws, self.stack.state_machine)
        return [(arn, runs) for arn, runs in of_all if self._is_ours(arn)]

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
