"""``codefree run``: one pair through the whole of Codefree, from upload to results."""

import re
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import RESULTS, dataset_results_folder, failure_page_key
from lambdas.check.findings.vocabulary import COMMAND_LINE, STACK
from lambdas.check_pair import REJECTED
from lambdas.explain_failure import Records, read_failure
from lambdas.jobs.recovery import SPEND_MORE, WAY_ON
from lambdas.language import spoken as said_by_a_step
from lambdas.pages.failure_page import failure_page
from lambdas.runs.execution_story import TRY_AGAIN, read_execution_story
from lambdas.uploads.dataset import normal_name
from local.aws import LocalAws
from local.stack import Stack
from operate.language import spoken, to_speak
from operate.run_view import RunView
from operate.runs.progress import Progress
from operate.upload import Files, upload_files

_POLL_SECONDS = 0.5
_START_SECONDS = 60
# To ask the imitated AWS takes a hundredth of a second of the processor on which the training runs,
# so it is asked when the interpreter has come further, and as often as a terminal shows seconds.
# Whether it has come further is looked up in this process, which takes microseconds.
_LOOK_SECONDS = 0.01
_LONGEST_PAUSE_SECONDS = 1.0, 10.0


# What a step may say in a stack's words, and what that is here; a parameter is known to be one
# only where it stands as a word by itself.
_SENTENCES = {
    REJECTED: to_speak("Nothing was trained."),
    WAY_ON: to_speak("Once that is fixed, run the command again."),
    SPEND_MORE: to_speak("Then run the command again."),
    TRY_AGAIN: to_speak("Run the command again."),
}
_OPTIONS = {
    "TargetVariable": "--target",
    "ProblemType": "--problem-type",
    "MissingLabels": "--missing-labels",
    "EvalMetric": "--metric",
    "AutoMLPresets": "--preset",
    "TrainingMinutes": "--minutes",
    "TrainingCost": "--cost",
}


class NotStarted(Exception):
    """No execution has begun to work on the pair."""


class RunFailed(Exception):
    """The ``execution`` did not succeed."""

    def __init__(self, execution: str) -> None:
        super().__init__(execution)
        self.execution = execution


def upload(aws: LocalAws, stack: Stack, name: str, files: Files) -> None:
    """Uploads the dataset as a person would."""
    upload_files(Bucket(stack.bucket, aws.s3), name, files)


def watched_output(aws: LocalAws, stack: Stack, view: RunView) -> str:
    """Waits for the execution that does the work, shows it, and returns its output.

    Raises:
        NotStarted: there is none.
        RunFailed: it failed, timed out or was stopped.
    """
    execution = _working_execution(aws, stack)
    progress = Progress(aws.states, aws.logs, execution)
    while (status := progress.refresh()) == "RUNNING":
        view.show(progress)
        _wait_for_more(execution, _LONGEST_PAUSE_SECONDS[not view.is_redrawn])
    view.show(progress)
    if status != "SUCCEEDED":
        raise RunFailed(execution)
    return aws.states.describe_execution(executionArn=execution)["output"]


def reason_here(aws: LocalAws, stack: Stack, failed: RunFailed, out: Path) -> str:
    """Which step failed and why."""
    story = read_execution_story(aws.states, failed.execution)
    step = story.step or spoken("The start")
    return f"{step}: {_told_here(story.reason, stack, out)}"


def write_failure_page(
    aws: LocalAws, stack: Stack, failed: RunFailed, name: str, out: Path
) -> Path:
    """Writes failure.html into the run's folder below ``out``, as it holds here, and returns its
    path. What ExplainFailure writes may come too late, and says how to go on where AWS stays."""
    records = Records(Bucket(stack.bucket, aws.s3), aws.states, aws.sagemaker, aws.logs)
    story = read_execution_story(aws.states, failed.execution)
    reason = _told_here(story.reason, stack, out)
    failure = replace(
        read_failure(story, records), dataset=name, reason=reason, console="", redrive=""
    )
    path = out / failure_page_key(name, failure.run).removeprefix(RESULTS)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(failure_page(failure), encoding="utf-8")
    return path


def _told_here(text: str, stack: Stack, out: Path) -> str:
    """A step's ``text`` in the words of the command line, and with the copies on this machine for
    the results in a bucket that will be gone."""
    sentences = {said_by_a_step(there): spoken(here) for there, here in _SENTENCES.items()}
    sentences |= {told: COMMAND_LINE.words[name] for name, told in STACK.words.items()}
    # A sentence may be the end of another one.
    for there in sorted(sentences, key=len, reverse=True):
        text = text.replace(there, sentences[there])
    names = "|".join(_OPTIONS)
    # In Korean, a name may have letters behind it.
    text = re.sub(rf"\b({names})\b", lambda found: _OPTIONS[found.group()], text, flags=re.ASCII)
    return text.replace(f"s3://{stack.bucket}/{RESULTS}", f"{out}/")


def stop_executions(aws: LocalAws, stack: Stack) -> None:
    """Stops what is running; Step Functions stops the jobs with it."""
    running = aws.states.list_executions(
        stateMachineArn=stack.state_machine, statusFilter="RUNNING"
    )["executions"]
    for execution in running:
        aws.states.stop_execution(executionArn=execution["executionArn"])


def copied_results(aws: LocalAws, stack: Stack, name: str, out: Path) -> list[Path]:
    """Copies what is below ``results/`` for the dataset to ``out``; returns the copies' paths."""
    bucket, prefix = stack.bucket, dataset_results_folder(normal_name(name))
    pages = aws.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    copies = []
    for page in pages:
        for entry in page.get("Contents", []):
            path = out / entry["Key"].removeprefix(RESULTS)
            path.parent.mkdir(parents=True, exist_ok=True)
            # boto3's own download starts threads for each, and asks how large it is first.
            with path.open("wb") as file:
                shutil.copyfileobj(aws.s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"], file)
            copies.append(path)
    return copies


def _working_execution(aws: LocalAws, stack: Stack) -> str:
    """The execution that found the pair complete, or that failed at it."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        executions = aws.states.list_executions(stateMachineArn=stack.state_machine)["executions"]
        for execution in executions:
            if execution["status"] not in {"RUNNING", "SUCCEEDED"} or _is_ready(
                aws, execution["executionArn"]
            ):
                return execution["executionArn"]
        # The check of large files takes longer than any start.
        if any(execution["status"] == "RUNNING" for execution in executions):
            deadline = time.monotonic() + _START_SECONDS
        time.sleep(_POLL_SECONDS)
    raise NotStarted(spoken("No execution started within a minute of the upload."))


def _wait_for_more(arn: str, seconds: float) -> None:
    """Returns once the execution has entered another state or has ended, or so late."""
    _, _, _, region, account, *_ = arn.split(":")
    backend = stepfunctions_parser_backends[account][region]
    execution = backend.describe_execution(arn)
    deadline, before = time.monotonic() + seconds, _reached(execution)
    while time.monotonic() < deadline and _reached(execution) == before:
        time.sleep(_LOOK_SECONDS)


def _reached(execution: Any) -> tuple[str, int]:
    """The execution's status, and how many states it has entered."""
    events = execution.exec_worker.env.event_manager._history_event_list  # noqa: SLF001
    return execution.exec_status, sum("stateEnteredEventDetails" in event for event in events)


def _is_ready(aws: LocalAws, execution: str) -> bool:
    history = aws.states.get_execution_history(executionArn=execution)["events"]
    return any(
        event["type"] == "TaskStateEntered"
        and event["stateEnteredEventDetails"]["name"] != "CheckPair"
        for event in history
    )
