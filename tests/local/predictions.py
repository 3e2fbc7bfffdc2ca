"""New rows that are uploaded to a stack, the models that predict them, and what comes back."""

import contextlib
import json
from dataclasses import dataclass
from typing import Any

from lambdas.models.registry import NewModel, RegisteredModel, approve_model, register_model
from lambdas.uploads.dataset import Dataset
from local.aws import LocalAws
from local.stack import Stack
from tests.local.stacks import client
from tests.local.uploads import Uploader, begun, ended, request_of, table
from tests.waiting import wait_until

IMAGE = "763104351884.dkr.ecr.us-east-1.amazonaws.com/autogluon:1.6.3-cpu-amzn2023"


@dataclass
class Rows:
    """Uploads files of new rows for one dataset, and sees what becomes of them."""

    aws: LocalAws
    stack: Stack
    dataset: str

    @property
    def machine(self) -> str:
        return f"{self.stack.state_machine}-predict"

    def key(self, file_name: str) -> str:
        return f"predict/{self.dataset}/{file_name}"

    def put(self, file_name: str, body: str) -> None:
        bucket, key = self.stack.bucket, self.key(file_name)
        self.aws.s3.put_object(Bucket=bucket, Key=key, Body=body.encode())

    def start(self, request: Any) -> str:
        """Starts an execution; returns its ARN."""
        started = self.aws.states.start_execution(
            stateMachineArn=self.machine, input=json.dumps(request, ensure_ascii=False)
        )
        return str(started["executionArn"])

    def asked(self, file_name: str, **more: Any) -> dict[str, Any]:
        return {"dataset": self.dataset, "file": file_name, **more}

    def ended(self, arn: str) -> dict[str, Any]:
        """The execution, once it has ended."""
        return ended(self.aws.states, arn)

    def executions(self, file_name: str) -> list[dict[str, Any]]:
        """The file's executions, oldest first, once none of them is running."""
        return [self.ended(arn) for arn in self._listed(file_name)]

    def _listed(self, file_name: str) -> list[str]:
        arns = [arn for arn, _ in begun(self.aws, self.machine)]
        return [arn for arn in arns if self._is_about(file_name, request_of(self.aws, arn))]

    def predicted(self, file_name: str, executions: int = 1) -> list[dict[str, Any]]:
        """The file's executions, once so many have ended."""
        wait_until(lambda: len(self._listed(file_name)) >= executions)
        return self.executions(file_name)

    def running(self) -> str:
        """The ARN of the one execution that is under way."""
        [running] = self.aws.states.list_executions(
            stateMachineArn=self.machine, statusFilter="RUNNING"
        )["executions"]
        return str(running["executionArn"])

    def states_entered(self, arn: str) -> list[str]:
        history = self.aws.states.get_execution_history(executionArn=arn, maxResults=1000)
        return [
            event["stateEnteredEventDetails"]["name"]
            for event in history["events"]
            if event["type"].endswith("StateEntered")
        ]

    def jobs(self) -> list[dict[str, Any]]:
        """The prediction jobs of the dataset's files."""
        sagemaker = self.aws.sagemaker
        slug = f"codefree-{Dataset(self.dataset).job_slug}-"
        listed = sagemaker.list_processing_jobs(NameContains=slug, MaxResults=100)
        described = [
            sagemaker.describe_processing_job(ProcessingJobName=job["ProcessingJobName"])
            for job in listed["ProcessingJobSummaries"]
            if "-predict-" in job["ProcessingJobName"]
        ]
        return [
            dict(job)
            for job in described
            if job["Environment"].get("CODEFREE_DATASET") == self.dataset
        ]

    def results(self, file: str = "") -> dict[str, str]:
        """What lies in predictions/ for the dataset's files whose names begin so, by its name."""
        folder = f"predictions/{self.dataset}/"
        listed = self.aws.s3.list_objects_v2(Bucket=self.stack.bucket, Prefix=f"{folder}{file}")
        found = {}
        for entry in listed.get("Contents", []):
            # Who publishes deletes the page about an earlier failure.
            with contextlib.suppress(self.aws.s3.exceptions.NoSuchKey):
                found[entry["Key"].removeprefix(folder)] = self.read(entry["Key"])
        return found

    def failure_page(self, file: str) -> str:
        """The page about the file's failure, once it is there."""
        page = f"{file}_failure.html"
        return wait_until(lambda: self.results(page).get(page))

    def read(self, key: str) -> str:
        body = self.aws.s3.get_object(Bucket=self.stack.bucket, Key=key)["Body"]
        return body.read().decode()

    def _is_about(self, file_name: str, asked: Any) -> bool:
        if "detail" in asked:
            return bool(asked["detail"]["object"]["key"] == self.key(file_name))
        return (asked.get("dataset"), asked.get("file")) == (self.dataset, file_name)


def trained(aws: LocalAws, stack: Stack, dataset: str) -> dict[str, Any]:
    """The summary of a run of the dataset, with the quick stand-in."""
    uploader = Uploader(aws, stack, dataset)
    uploader.upload_pair(table(), table(6))
    output: dict[str, Any] = json.loads(uploader.worked()["output"])
    return output


def approve(aws: LocalAws, stack: Stack, summary: dict[str, Any]) -> RegisteredModel:
    """Makes the run's model the dataset's approved one, if it is not already."""
    sagemaker, name = client(aws, "sagemaker"), stack.state_machine.rpartition(":")[2]
    model = register_model(
        sagemaker,
        NewModel(
            stack=name,
            dataset=summary["Dataset"],
            run=summary["Run"],
            job=summary["TrainingJob"],
            bucket=stack.bucket,
            image=IMAGE,
            metrics_sha256="0" * 64,
            report=None,
            facts={},
        ),
    )
    return approve_model(sagemaker, name, model, "A test says so.")


def new_rows(rows: int = 3, behaviour: str = "") -> str:
    """Rows as :func:`tests.local.uploads.table` has them, without the label."""
    lines = ["size,behaviour", *(f"{i * i + 7},{behaviour}" for i in range(rows))]
    return "\n".join(lines) + "\n"
