"""``codefree run``: one pair through the whole of Codefree, from upload to results."""

import time
from pathlib import Path

from lambdas.bucket.layout import RESULTS, UPLOADS, dataset_results_folder
from lambdas.runs.execution_story import reason_of_failure
from lambdas.uploads.dataset import normal_name
from local.aws import LocalAws
from local.stack import Stack
from operate.progress import Progress
from operate.run_view import RunView

# The imitated AWS shares the machine with the training: looking more often slows that down.
_POLL_SECONDS = 0.5
_START_SECONDS = 60


class RunFailed(Exception):
    """The execution did not succeed; the text says which step and why."""


def upload(aws: LocalAws, stack: Stack, name: str, train: Path, test: Path) -> None:
    """Uploads the pair as a person would: test first, so that train makes it complete."""
    for part, path in (("test", test), ("train", train)):
        ending = ".csv.gz" if path.name.endswith(".gz") else ".csv"
        aws.s3.upload_file(str(path), stack.bucket, f"{UPLOADS}{name}_{part}{ending}")


def watched_output(aws: LocalAws, stack: Stack, view: RunView) -> str:
    """Waits for the execution that does the work, shows it, and returns its output.

    Raises:
        RunFailed: it failed, timed out or was stopped.
    """
    execution = _working_execution(aws, stack)
    progress = Progress(aws.states, aws.logs, execution)
    while (status := progress.refresh()) == "RUNNING":
        view.show(progress)
        time.sleep(_POLL_SECONDS)
    view.show(progress)
    described = aws.states.describe_execution(executionArn=execution)
    if status != "SUCCEEDED":
        step = progress.states[-1].name if progress.states else "the start"
        reason = reason_of_failure(described.get("cause", "")) or f"the execution is {status}"
        raise RunFailed(f"{step}: {reason}")
    return described["output"]


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
            aws.s3.download_file(bucket, entry["Key"], str(path))
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
        time.sleep(_POLL_SECONDS)
    raise RunFailed("No execution started within a minute of the upload.")


def _is_ready(aws: LocalAws, execution: str) -> bool:
    history = aws.states.get_execution_history(executionArn=execution)["events"]
    return any(
        event["type"] == "TaskStateEntered"
        and event["stateEnteredEventDetails"]["name"] != "CheckPair"
        for event in history
    )
