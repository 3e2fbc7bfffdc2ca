"""Sweep: starts the pairs whose events were lost, on a schedule.

Where all goes well it finds nothing, and costs two lists of objects.
"""

import os
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.lost_pairs import lost_pairs, start

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient

# After a long disturbance not everything at once: the next sweep goes on.
MOST_STARTED = 100
_SECONDS_TO_END = 10


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry: EventBridge's "Scheduled Event", whose ``time`` is when it was due."""
    return sweep(
        boto3.client("s3"),
        boto3.client("stepfunctions"),
        os.environ["BUCKET"],
        os.environ["STATE_MACHINE"],
        datetime.fromisoformat(event["time"]),
        lambda: context.get_remaining_time_in_millis() / 1000,
    )


def sweep(
    s3: "S3Client",
    states: "SFNClient",
    bucket: str,
    state_machine: str,
    now: datetime,
    seconds_left: Callable[[], float],
) -> dict[str, Any]:
    """Starts an execution for each lost pair, as many as the time allows; tells which."""
    lost = lost_pairs(s3, states, bucket, state_machine, now)
    started = []
    for pair in lost[:MOST_STARTED]:
        if seconds_left() < _SECONDS_TO_END:
            break
        if execution := start(states, state_machine, pair):
            started.append({"Dataset": pair.dataset, "Execution": execution})
    return {"Lost": len(lost), "Started": started}
