"""Sweep: starts what should have been started: runs in line, and pairs whose events were lost.

On a schedule it looks for both, and where a run has ended for the runs in line alone. Where all
is well it finds nothing, and costs some lists of objects.
"""

import json
import os
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import boto3

from lambdas.bucket.bucket import Bucket
from lambdas.language import speaking, stack_language
from lambdas.refusals import explain_refusals
from lambdas.runs.admission import today
from lambdas.runs.spending import Limits
from lambdas.runs.waiting_runs import start_waiting_runs
from lambdas.state import IDLE_ENDS
from lambdas.uploads.lost_pairs import find_lost_pairs, start_lost_pair

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

# After a long disturbance not everything at once: the next sweep goes on.
MOST_STARTED = 100
_SECONDS_TO_END = 10


class StartedPair(TypedDict):
    """A lost pair for which an execution was started."""

    Dataset: str
    Execution: str


class Swept(TypedDict):
    """The executions started for runs in line; how many pairs were lost, and which were started."""

    Waited: NotRequired[list[str]]
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
    bucket = Bucket(os.environ["BUCKET"], boto3.client("s3"))
    states, state_machine = boto3.client("stepfunctions"), os.environ["STATE_MACHINE"]
    limits = Limits.from_environment(os.environ)
    waited = start_waiting_runs(bucket, states, state_machine, limits, today())
    if event["detail-type"] != "Scheduled Event":
        return {"Waited": waited}
    now = datetime.fromisoformat(event["time"])
    swept = sweep(
        bucket,
        states,
        state_machine,
        now,
        lambda: context.get_remaining_time_in_millis() / 1000,
    )
    return {"Waited": waited, **swept}


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
