"""How a run goes into the line of those that wait, and comes back out of it when it is its turn."""

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import line_key
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


def place_of_run(bucket: Bucket, run: str, since: str | None) -> WaitingRun | None:
    """The place that this run has had in line; None where it is the first time that it asks.

    ``since`` is the place whose turn it is, as the execution's input names it. The run keeps what
    stood there, so that a retry or redrive reads the same when the place is gone.
    """
    kept = bucket.read(line_key(run))
    if kept is not None:
        return waiting_from_json(kept)
    place = waiting_at(bucket, since) if since else None
    if place:
        bucket.write(line_key(run), place.to_json().encode())
    return place


def go_into_line(bucket: Bucket, identity: str, claim: Claim, waiting: WaitingRun) -> State:
    """Has the run wait; its execution ends with the outcome that is given back.

    Its ``claim`` on ``identity`` is let go of before the place is taken: who is started for the
    place must be able to take it over. To go into line once more changes nothing.
    """
    place = place_of_run(bucket, waiting.run, None)
    let_wait(bucket, identity, claim)
    wait_in_line(bucket, next_turn(place, waiting))
    return {
        "Outcome": "WaitingForBudget",
        "Message": f"{waiting.why} The run of {waiting.pair.name} waits in line, which costs "
        "nothing. It starts by itself when there is room: when other runs have ended, on the next "
        "day (UTC) or in the next month, or within an hour after the limit was raised.",
    }


def come_out_of_line(bucket: Bucket, place: WaitingRun | None) -> None:
    """Gives up the place of a run whose turn has come, now that its own execution has it."""
    if place:
        leave_line(bucket, place.since)
