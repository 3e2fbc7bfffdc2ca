"""How a run goes into the line of those that wait, and comes back out of it when it is its turn."""

from typing import TYPE_CHECKING

from lambdas.runs.claim import Claim, let_wait
from lambdas.runs.waiting_runs import (
    WaitingRun,
    leave_line,
    next_turn,
    wait_in_line,
    waiting_at,
    waiting_from_json,
)
from lambdas.state import State

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def place_of_run(s3: "S3Client", bucket: str, run: str, since: str | None) -> WaitingRun | None:
    """The place that this run has had in line; None where it is the first time that it asks.

    ``since`` is the place whose turn it is, as the execution's input names it. The run keeps what
    stood there, so that a retry or redrive reads the same when the place is gone.
    """
    key = f"runs/{run}/line.json"
    try:
        return waiting_from_json(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except s3.exceptions.NoSuchKey:
        place = waiting_at(s3, bucket, since) if since else None
    if place:
        s3.put_object(Bucket=bucket, Key=key, Body=place.to_json().encode())
    return place


def go_into_line(
    s3: "S3Client", bucket: str, identity: str, claim: Claim, waiting: WaitingRun
) -> State:
    """Has the run wait; its execution ends with the outcome that is given back.

    Its ``claim`` on ``identity`` is let go of before the place is taken: who is started for the
    place must be able to take it over. To go into line once more changes nothing.
    """
    place = place_of_run(s3, bucket, waiting.run, None)
    let_wait(s3, bucket, identity, claim)
    wait_in_line(s3, bucket, next_turn(place, waiting))
    return {
        "Outcome": "WaitingForBudget",
        "Message": f"{waiting.why} The run of {waiting.pair.name} waits in line, which costs "
        "nothing. It starts by itself when there is room: when other runs have ended, on the next "
        "day (UTC) or in the next month, or within an hour after the limit was raised.",
    }


def come_out_of_line(s3: "S3Client", bucket: str, place: WaitingRun | None) -> None:
    """Gives up the place of a run whose turn has come, now that its own execution has it."""
    if place:
        leave_line(s3, bucket, place.since)
