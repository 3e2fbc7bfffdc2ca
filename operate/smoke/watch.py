"""Uploads a pair and watches its run through AWS's own APIs, with patience."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from lambdas.bucket.layout import TRAINING_CODE, results_folder
from lambdas.jobs.described_job import DescribedJob, describe_job, find_newest_job, list_job_names
from lambdas.jobs.kind import JobKind
from lambdas.jobs.name import attempt_prefix, run_job_name
from lambdas.uploads.dataset import Dataset
from operate.account import Account
from operate.error_answer import error_answer
from operate.runs.runs import Run, newest_runs, run_of
from operate.smoke.pair import Pair

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_stepfunctions import SFNClient

POLL_SECONDS = 10.0
# A training of half a minute is to be stopped while it trains.
QUICK_POLL_SECONDS = 2.0
# A new bucket may take five minutes until it tells of uploads; what came before is lost.
UPLOAD_AGAIN_SECONDS = 300
START_SECONDS = 1500
# Far longer than a run takes; jobs may have to wait for a machine.
LONGEST_SECONDS = 5400
_BEFORE_WORK = {"Starting", "Pending", "LaunchingMLInstances", "PreparingTrainingStack"}
# Each trial has a few executions: one for each upload.
_LOOKED_AT = 50


class TookTooLong(Exception):
    """Something did not happen in time; the text says what."""


@dataclass(frozen=True)
class Watch:
    """One stack that nobody else uses, and who is told of what happens there."""

    account: Account
    state_machine: str
    bucket: str
    tell: Callable[[str], None]
    _told: list[str] = field(default_factory=list)

    @cached_property
    def s3(self) -> "S3Client":
        """S3, where the stack is."""
        return self.account.s3

    @cached_property
    def states(self) -> "SFNClient":
        """Step Functions, where the stack is."""
        return self.account.states

    @cached_property
    def sagemaker(self) -> "SageMakerClient":
        """SageMaker, where the stack is."""
        return self.account.sagemaker

    def upload(self, pair: Pair) -> None:
        """Uploads both files."""
        for key, body in pair.files.items():
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def started(self, pair: Pair) -> tuple[Run, int]:
        """Uploads the pair; gives the run that this starts, and how many uploads it took.

        Raises:
            TookTooLong: no run has started.
        """
        uploads, begin = 0, time.monotonic()
        while time.monotonic() - begin < START_SECONDS:
            if time.monotonic() - begin >= uploads * UPLOAD_AGAIN_SECONDS:
                uploads += 1
                self.upload(pair)
                self.tell(f"{pair.name}: uploaded")
            for run in newest_runs(self.states, self.state_machine, _LOOKED_AT):
                # One that fails in CheckPair has started as well.
                is_past_check = bool(run.name) or not run.is_running
                if run.dataset == pair.name and run.did_work and is_past_check:
                    return run, uploads
            time.sleep(POLL_SECONDS)
        raise TookTooLong(
            f"No run got past CheckPair within {START_SECONDS // 60} minutes, after "
            f"{uploads} {'upload' if uploads == 1 else 'uploads'}."
        )

    def ended(self, run: Run, redrives: int = 0) -> Run:
        """The run when it has ended, however that is, after so many redrives.

        What DescribeExecution tells may be old (AWS Step Functions API reference): just after a
        redrive, the end before it.
        """

        def end() -> Run | None:
            now = run_of(self.states, run.execution)
            self._tell_state(now)
            return now if not now.is_running and now.redrives >= redrives else None

        now: Run = self._until(end, f"the run of {run.dataset} to end", POLL_SECONDS)
        return now

    def training_under_way(self, run: Run) -> DescribedJob | None:
        """The run's training job as soon as it has a machine; None where the run ends before."""
        begins = attempt_prefix(job_prefix(run), JobKind.TRAIN)

        def begun() -> list[DescribedJob | None] | None:
            found = find_newest_job(self.sagemaker, JobKind.TRAIN, begins)
            if found and found.secondary_status not in _BEFORE_WORK:
                return [found]
            return None if run_of(self.states, run.execution).is_running else [None]

        what = f"the training job of {run.dataset} to start"
        [job] = self._until(begun, what, QUICK_POLL_SECONDS)
        return cast("DescribedJob | None", job)

    def stop_training(self, job: DescribedJob) -> None:
        """Stops a training job, as its button in the console does; one that has ended stays so."""
        try:
            self.sagemaker.stop_training_job(TrainingJobName=job.name)
        except ClientError as error:
            if error_answer(error).code != "ValidationException":
                raise

    def redrive(self, run: Run) -> None:
        """Has the run go on, as the console's Redrive does."""
        self.states.redrive_execution(executionArn=run.execution)

    def put_training_code(self, archive: bytes) -> None:
        """Has the runs from now on use another training code."""
        self.s3.put_object(Bucket=self.bucket, Key=TRAINING_CODE, Body=archive)

    def training_jobs(self, run: Run) -> list[DescribedJob]:
        """The run's training jobs, the first one first."""
        names = list_job_names(self.sagemaker, JobKind.TRAIN, job_prefix(run))
        return [describe_job(self.sagemaker, JobKind.TRAIN, name) for name in names]

    def steps_since_redrive(self, run: Run) -> list[str]:
        """The names of the steps that the run has begun since its last redrive."""
        pages = self.states.get_paginator("get_execution_history").paginate(
            executionArn=run.execution
        )
        entered: list[str] = []
        for event in (event for page in pages for event in page["events"]):
            if event["type"] == "ExecutionRedriven":
                entered = []
            elif event["type"] == "TaskStateEntered":
                entered.append(event["stateEnteredEventDetails"]["name"])
        return entered

    def result_names(self, run: Run) -> set[str]:
        """The names of the files in the run's results folder, without the jobs' own."""
        folder = results_folder(run.dataset, run.name)
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=folder)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        return {key.removeprefix(folder) for key in keys}

    def body(self, key: str) -> bytes:
        """What an object of the bucket holds."""
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def has_result(self, run: Run, name: str, seconds: float) -> bool:
        """Whether the file is among the results, or comes within ``seconds``."""
        deadline = time.monotonic() + seconds
        while name not in self.result_names(run):
            if time.monotonic() >= deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def pause(self) -> None:
        """Waits as long as between two looks."""
        time.sleep(POLL_SECONDS)

    def _until(self, happened: Callable[[], Any], what: str, pause: float) -> Any:
        deadline = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < deadline:
            if seen := happened():
                return seen
            time.sleep(pause)
        raise TookTooLong(f"Waited {LONGEST_SECONDS // 60} minutes in vain for {what}.")

    def _tell_state(self, run: Run) -> None:
        """Says where the run is, whenever that is news."""
        news = f"{run.dataset}: {run.state if run.is_running else run.status}"
        if run.redrives:
            news += f" (rerun {run.redrives})"
        if self._told[-1:] != [news]:
            self._told.append(news)
            self.tell(news)


def job_prefix(run: Run) -> str:
    """How the names of all jobs of the run begin."""
    return run_job_name(Dataset(run.dataset).job_slug, run.name)
