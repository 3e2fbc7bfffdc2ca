"""How a run joins the line of those that wait, and finds its place again when it is its turn."""

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import line_key
from lambdas.language import spoken
from lambdas.runs.claim import Claim, mark_claim_as_waiting
from lambdas.runs.waiting_runs import (
    WaitingRun,
    next_turn,
    read_waiting_run,
    waiting_from_json,
    write_waiting_run,
)
from lambdas.state import State


def read_place(bucket: Bucket, run: str) -> WaitingRun | None:
    """The place in line that this run has had; None where it had none."""
    kept = bucket.read(line_key(run))
    return None if kept is None else waiting_from_json(kept)


def keep_place(bucket: Bucket, run: str, since: str) -> WaitingRun | None:
    """The place ``since``, whose turn it is, or the one that this run has had before.

    The run keeps what stood there, so that a retry or redrive reads the same when the place is
    gone. None where nobody waits there any more.
    """
    if kept := read_place(bucket, run):
        return kept
    place = read_waiting_run(bucket, since)
    if place:
        bucket.write(line_key(run), place.to_json().encode())
    return place


def join_line(bucket: Bucket, identity: str, claim: Claim, waiting: WaitingRun) -> State:
    """Makes the run wait, and returns the outcome with which its execution ends.

    Its ``claim`` on ``identity`` is marked before the place is taken: the execution that is started
    for the place must be able to take it over. Joining the line again changes nothing.
    """
    place = read_place(bucket, waiting.run)
    mark_claim_as_waiting(bucket, identity, claim)
    write_waiting_run(bucket, next_turn(place, waiting))
    told = spoken(
        "The run of {dataset} waits in line, which costs nothing. It starts by itself when there "
        "is room: when other runs have ended, on the next day (UTC) or in the next month, or "
        "within an hour after you raise the limit.",
        dataset=waiting.pair.name,
    )
    return {"Outcome": "WaitingForBudget", "Message": f"{waiting.why} {told}"}
