"""ExplainFailure: why an execution failed, as a page beside the results and as a notification.

Started by EventBridge when an execution has failed, timed out or was stopped. It reads and tells,
and starts nothing: a second event about the same end gives the same page.
"""

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypedDict, cast

from lambdas import clients
from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import mails_key
from lambdas.bucket.run_name import began
from lambdas.errors import KeptDataBroken, PairRejected, RowsRejected, UploadMisnamed
from lambdas.jobs.cost import JobCost, fetch_job_costs
from lambdas.jobs.kind import kind_behind
from lambdas.language import speaking, spoken_in, stack_language
from lambdas.pages.daily_mails import Mail
from lambdas.pages.failure_mail import failure_mail, mail_subject
from lambdas.pages.failure_page import Failure, failure_page
from lambdas.pages.mail_parts import execution_address
from lambdas.predictions.asked_rows import asked_rows_in, resolve_rows
from lambdas.predictions.frozen_rows import read_rows
from lambdas.predictions.published import Age, publish_failure
from lambdas.refusals import explain_refusals
from lambdas.runs.admission import release_place, settle_cost
from lambdas.runs.execution_story import ExecutionStory, read_execution_story
from lambdas.runs.run_language import read_language
from lambdas.state import State, language_of
from lambdas.uploads.asked import asked_in
from lambdas.uploads.pair import resolve_request
from lambdas.wish import Language

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_stepfunctions import SFNClient

_LOG_LINES = 40
# A dataset that can't be told, because the execution was started with something else.
_NO_DATASET = "unknown"


class _Detail(TypedDict):
    executionArn: str


class ExecutionEnded(TypedDict):
    """What of EventBridge's "Step Functions Execution Status Change" is read here."""

    detail: _Detail


class WrittenPage(TypedDict):
    """Where the page is; None where a newer upload of the same rows has results or a page there."""

    Page: str | None


@dataclass(frozen=True)
class Records:
    """The bucket, and the AWS services that tell of a failure; ``predictions`` is the ARN of the
    state machine that predicts."""

    bucket: Bucket
    states: "SFNClient"
    sagemaker: "SageMakerClient"
    logs: "CloudWatchLogsClient"
    predictions: str = ""


@speaking(stack_language)
@explain_refusals
def handler(event: ExecutionEnded, _context: object) -> WrittenPage:
    """Lambda's entry."""
    records = Records(
        Bucket(os.environ["BUCKET"], clients.s3()),
        clients.step_functions(),
        clients.sagemaker(),
        clients.logs(),
        os.environ["PREDICTIONS"],
    )
    mail = Mail(clients.sns(), os.environ["TOPIC"])
    return explain_failure(event["detail"]["executionArn"], records, mail)


def explain_failure(arn: str, records: Records, mail: Mail) -> WrittenPage:
    """Writes failure.html for the execution ``arn``, and sends word of it."""
    story, bucket = read_execution_story(records.states, arn), records.bucket
    with spoken_in(_find_language(bucket, story)):
        failure = _told(bucket, read_failure(story, records))
        _give_back(bucket, failure)
        mail.send(
            bucket,
            mails_key(story.ended[:10]),
            f"{story.arn} {story.ended}",
            mail_subject(failure),
            partial(failure_mail, failure, bucket),
        )
    return {"Page": None if failure.is_superseded else bucket.uri(failure.page_key)}


def _told(bucket: Bucket, failure: Failure) -> Failure:
    """Writes the failure's page; returns the failure, with whether it is superseded."""
    page = failure_page(failure).encode()
    if failure.file is None:
        bucket.write(failure.page_key, page, "text/html; charset=utf-8")
        return failure
    mine = Age(_uploaded(bucket, failure.run), failure.run)
    stays = publish_failure(bucket, failure.dataset, failure.file, mine, page)
    return replace(failure, is_superseded=not stays)


def _uploaded(bucket: Bucket, run: str) -> int:
    """When the rows of a prediction were uploaded (seconds since 1970). Which rows they were is not
    known of one that has read none, or whose note was changed: they were there at its start."""
    with suppress(KeptDataBroken):
        if upload := read_rows(bucket, run):
            return upload.uploaded
    return int(began(run).timestamp())


def _find_language(bucket: Bucket, story: ExecutionStory) -> Language:
    """The run's language; the stack's where the run has failed before it had one."""
    if "Configuration" in story.state:
        return language_of(cast(State, story.state))
    return read_language(bucket, story.run)


def read_failure(story: ExecutionStory, records: Records) -> Failure:
    """What is to be told of the execution, its jobs' costs, and the end of its last job's log."""
    costs = _fetch_costs(records.sagemaker, story)
    log = _read_last_log_lines(records.logs, story, costs)
    if state_machine_of(story.arn) == records.predictions:
        dataset, file = _find_rows(records.bucket, story)
        return replace(failure_in(story, dataset, costs, log), file=file)
    return failure_in(story, _find_dataset(records.bucket, story), costs, log)


def state_machine_of(execution: str) -> str:
    """The ARN of the state machine of an execution, which is a Standard one's."""
    return execution.rpartition(":")[0].replace(":execution:", ":stateMachine:")


def failure_in(
    story: ExecutionStory, dataset: str, costs: list[JobCost], log: list[str]
) -> Failure:
    """What people are told of the execution, its jobs' costs, and the end of its last job's log."""
    region = story.arn.split(":")[3]
    return Failure(
        dataset=dataset,
        run=story.run,
        status=story.status,
        step=story.step,
        error=story.error,
        reason=story.reason,
        execution=story.arn,
        console=execution_address(story.arn),
        redrive=f"aws stepfunctions redrive-execution --region {region} "
        f"--execution-arn {story.arn}",
        is_redrivable=not _is_about_the_input(story),
        costs=costs,
        attempts=story.state.get("Attempts", []),
        log=log,
    )


def _give_back(bucket: Bucket, failure: Failure) -> None:
    """Gives back the run's place among those under way, and what it did not spend.

    While a job has yet to end, all that was reserved stays reserved.
    """
    if any(cost.status in {"InProgress", "Stopping"} for cost in failure.costs):
        release_place(bucket, failure.execution)
    else:
        settle_cost(bucket, failure.run, sum(cost.usd for cost in failure.costs))


def _is_about_the_input(story: ExecutionStory) -> bool:
    """Whether the run failed for its files or parameters, which a redrive would not change."""
    is_too_expensive = story.error == "BudgetTooSmall" and story.step == "PickInstance"
    about_the_input = {"PairRejected", "RowsRejected", "UploadMisnamed"}
    return is_too_expensive or story.error in about_the_input


def _find_dataset(bucket: Bucket, story: ExecutionStory) -> str:
    if "Run" in story.state:
        return str(story.state["Run"]["Dataset"])
    try:
        request = resolve_request(bucket, asked_in(story.input))
    except PairRejected:
        return _NO_DATASET
    return request.dataset.name if request else _NO_DATASET


def _find_rows(bucket: Bucket, story: ExecutionStory) -> tuple[str, str]:
    """The dataset and the file, without ``.csv``, of a prediction; its run where that can't be
    told."""
    if "Run" in story.state:
        return str(story.state["Run"]["Dataset"]), str(story.state["Run"]["File"])
    try:
        request = resolve_rows(bucket, asked_rows_in(story.input))
    except (RowsRejected, UploadMisnamed):
        return _NO_DATASET, story.run
    return (request.file.dataset, request.file.file) if request else (_NO_DATASET, story.run)


def _fetch_costs(sagemaker: "SageMakerClient", story: ExecutionStory) -> list[JobCost]:
    instance = story.state.get("Instance")
    if instance is None:
        return []
    return fetch_job_costs(sagemaker, story.state["Run"]["JobName"], instance)


def _read_last_log_lines(
    logs: "CloudWatchLogsClient", story: ExecutionStory, costs: list[JobCost]
) -> list[str]:
    """The end of the log of the last job, where the step that failed is about a job."""
    kind = kind_behind(story.step)
    jobs = [cost.job for cost in costs if cost.kind is kind]
    if not kind or not jobs:
        return []
    try:
        streams = logs.describe_log_streams(
            logGroupName=kind.log_group, logStreamNamePrefix=jobs[-1]
        )["logStreams"]
        if not streams:
            return []
        events = logs.get_log_events(
            logGroupName=kind.log_group,
            logStreamName=streams[0]["logStreamName"],
            limit=_LOG_LINES,
        )["events"]
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [event["message"].rstrip() for event in events]
