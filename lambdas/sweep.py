"""Sweep: starts what should have been started: runs in line, new rows that waited for a model, and
uploads whose events were lost.

On a schedule it looks for all of them, and where a run has ended not for lost uploads. Where all is
well it finds nothing, and costs some lists of objects.
"""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from botocore.exceptions import BotoCoreError, ClientError

from lambdas import clients
from lambdas.bucket.bucket import Bucket
from lambdas.language import speaking, stack_language
from lambdas.models.registry import approved_model
from lambdas.predictions.lost_rows import (
    UntakenRows,
    find_lost_rows,
    find_rows_with_model,
    start_rows,
)
from lambdas.refusals import explain_refusals
from lambdas.runs.admission import today
from lambdas.runs.spending import Limits
from lambdas.runs.waiting_runs import start_waiting_runs
from lambdas.state import IDLE_ENDS
from lambdas.uploads.lost_pairs import find_lost_pairs, start_lost_pair

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_stepfunctions import SFNClient

# After a long disturbance not everything at once: the next sweep goes on.
MOST_STARTED = 100
_SECONDS_TO_END = 10


class StartedPair(TypedDict):
    """A lost pair for which an execution was started."""

    Dataset: str
    Execution: str


class Swept(TypedDict):
    """The executions started for runs in line, and for new rows, lost ones or such as waited for a
    model; how many pairs were lost, and which were started."""

    Waited: NotRequired[list[str]]
    Rows: NotRequired[list[str]]
    Lost: NotRequired[int]
    Started: NotRequired[list[StartedPair]]


@speaking(stack_language)
@explain_refusals
def handler(event: dict[str, Any], context: Any) -> Swept:
    """Lambda's entry: EventBridge's "Scheduled Event", whose ``time`` is when it was due, or "Step
    Functions Execution Status Change"."""
    # Such an execution took no place among the runs at once.
    if _outcome(event["detail"]) in IDLE_ENDS:
        return {"Waited": []}
    bucket = Bucket(os.environ["BUCKET"], clients.s3())
    states, state_machine = clients.step_functions(), os.environ["STATE_MACHINE"]
    limits = Limits.from_environment(os.environ)
    now = datetime.fromisoformat(event["time"])

    def seconds_left() -> float:
        return float(context.get_remaining_time_in_millis() / 1000)

    swept: Swept = {"Waited": start_waiting_runs(bucket, states, state_machine, limits, today())}
    predictions, lost = os.environ["PREDICTIONS"], list[UntakenRows]()
    if event["detail-type"] == "Scheduled Event":
        swept.update(sweep(bucket, states, state_machine, now, seconds_left))
        lost = find_lost_rows(bucket, states, predictions, now)
    models = Models(clients.sagemaker, os.environ["STACK"])
    rows = chain(lost, find_rows_with_model(bucket, now, models.approval_of))
    swept["Rows"] = start_each(states, predictions, rows, seconds_left)
    # Only now, so that trouble with one dataset's models keeps nothing else from starting.
    if models.troubles:
        raise models.troubles[0]
    return swept


@dataclass(frozen=True)
class Models:
    """The approved models of a stack's datasets; ``troubles`` are what AWS answered instead.

    ``sagemaker`` makes the client: rarely do rows wait, and of all clients this one takes longest.
    """

    sagemaker: Callable[[], "SageMakerClient"]
    stack: str
    troubles: list[Exception] = field(default_factory=list)

    def approval_of(self, dataset: str) -> str | None:
        """Which approval the dataset's model has, by its number and the time: a person may take it
        back and give it again. None where no model is approved, or AWS does not say."""
        try:
            model = approved_model(self.sagemaker(), self.stack, dataset)
        except (ClientError, BotoCoreError) as trouble:
            self.troubles.append(trouble)
            return None
        return f"{model.version}-{int(model.changed.timestamp())}" if model else None


def start_each(
    states: "SFNClient",
    predictions: str,
    rows: Iterable[UntakenRows],
    seconds_left: Callable[[], float],
) -> list[str]:
    """Starts an execution for each file of new rows, as many as the time allows; tells which."""
    started: list[str] = []
    for each in rows:
        if len(started) >= MOST_STARTED or seconds_left() < _SECONDS_TO_END:
            break
        if execution := start_rows(states, predictions, each):
            started.append(execution)
    return started


def sweep(
    bucket: Bucket,
    states: "SFNClient",
    state_machine: str,
    now: datetime,
    seconds_left: Callable[[], float],
) -> Swept:
    """Starts an execution for each lost pair, as many as the time allows; tells which."""
    lost = find_lost_pairs(bucket, states, state_machine, now)
    started: list[StartedPair] = []
    for pair in lost[:MOST_STARTED]:
        if seconds_left() < _SECONDS_TO_END:
            break
        if execution := start_lost_pair(states, state_machine, pair):
            started.append({"Dataset": pair.dataset, "Execution": execution})
    return {"Lost": len(lost), "Started": started}


def _outcome(detail: dict[str, Any]) -> Any:
    """What an execution has ended with; EventBridge leaves out what is too long."""
    output = json.loads(detail.get("output") or "null")
    return output.get("Outcome") if isinstance(output, dict) else None
