"""Runs that wait in line, because a limit on cost or on runs at once has no room for them.

Their executions have ended (to wait costs nothing), and each has left a note under ``waiting/``.
The notes are listed in the order in which the runs came. When there is room, the first in line
gets an execution of its own, which reads what its run was asked for from the note.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from lambdas.runs.spending import Ledger, Limits, change_ledger, ledger_of
from lambdas.uploads.pair import Pair, pair_from_fields

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient

_FOLDER = "waiting/"
# Beside those that can be started: notes whose executions are about to take them away.
_LOOKED_AT_BESIDE = 50


@dataclass(frozen=True)
class WaitingRun:
    """A place in line.

    Args:
        pair: the uploads that are to be trained on.
        forced_by: the execution by which a person asked for a run of its own, if any.
        run: the run that waits, and owns the claim on the pair.
        since: the place, called like the run that took it, but to the millisecond: the order.
        turn: how often an execution was started for it before.
        usd: the most that the run can cost, where that is known already.
        why: which limit has no room, in words.
    """

    pair: Pair
    forced_by: str | None
    run: str
    since: str
    turn: int
    usd: float | None
    why: str

    def to_json(self) -> str:
        """The place as text, read back by :func:`waiting_from_json`."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @property
    def execution_name(self) -> str:
        """The name of the execution for its next turn: Step Functions takes each once."""
        return f"waited-{self.since}-{self.turn + 1}"


def waiting_from_json(text: str | bytes) -> WaitingRun:
    """The place in line that :meth:`WaitingRun.to_json` wrote."""
    fields = json.loads(text)
    return WaitingRun(**fields | {"pair": pair_from_fields(fields["pair"])})


def wait_in_line(s3: "S3Client", bucket: str, waiting: WaitingRun) -> None:
    """Puts the run into its place in line."""
    body = waiting.to_json().encode()
    s3.put_object(Bucket=bucket, Key=_key(waiting.since), Body=body)


def leave_line(s3: "S3Client", bucket: str, since: str) -> None:
    """Takes a place out of the line; nothing happens where it is gone."""
    s3.delete_object(Bucket=bucket, Key=_key(since))


def waiting_at(s3: "S3Client", bucket: str, since: str) -> WaitingRun | None:
    """Who waits at the place; None where nobody does any more."""
    try:
        kept = s3.get_object(Bucket=bucket, Key=_key(since))
    except s3.exceptions.NoSuchKey:
        return None
    return waiting_from_json(kept["Body"].read())


def places_in_line(s3: "S3Client", bucket: str, most: int) -> list[str]:
    """The first ``most`` places."""
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=_FOLDER, PaginationConfig={"MaxItems": most, "PageSize": most}
    )
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    return [key.removeprefix(_FOLDER).removesuffix(".json") for key in keys]


def start_waiting_runs(
    s3: "S3Client",
    states: "SFNClient",
    bucket: str,
    state_machine: str,
    limits: Limits,
    today: date,
) -> list[str]:
    """Starts as many of the runs in line as there is room for; gives the executions' ARNs.

    First come, first served: where the first is too dear for what is left today, nobody goes
    before it.
    """
    if not places_in_line(s3, bucket, most=1):
        return []
    ledger = _ledger_without_ended(s3, states, bucket, today)
    started: list[str] = []
    for waiting in _line(s3, bucket, limits.runs + _LOOKED_AT_BESIDE):
        if _no_room(ledger, waiting, limits, today):
            break
        if execution := _start(s3, states, bucket, state_machine, waiting):
            started.append(execution)
            ledger = ledger.reserving(waiting.since, execution, waiting.usd or 0, today)
    return started


def _no_room(ledger: Ledger, waiting: WaitingRun, limits: Limits, today: date) -> bool:
    no_place = ledger.no_place_for(waiting.since, limits)
    least = waiting.usd or 10**-6  # what it costs to look at the files is not known yet
    return bool(no_place or ledger.no_money_for(least, limits, today))


def _line(s3: "S3Client", bucket: str, most: int) -> Iterator[WaitingRun]:
    for since in places_in_line(s3, bucket, most):
        if waiting := waiting_at(s3, bucket, since):
            yield waiting


def _start(
    s3: "S3Client", states: "SFNClient", bucket: str, state_machine: str, waiting: WaitingRun
) -> str | None:
    """Starts the execution for the place's next turn; None where that was done before."""
    request = {"dataset": waiting.pair.name, "waited": waiting.since}
    try:
        started = states.start_execution(
            stateMachineArn=state_machine,
            name=waiting.execution_name,
            input=json.dumps(request, ensure_ascii=False),
        )
    except states.exceptions.ExecutionAlreadyExists:
        # It has ended, or it is about to take the place: what ended badly is a person's to see.
        arn = f"{state_machine.replace(':stateMachine:', ':execution:')}:{waiting.execution_name}"
        if states.describe_execution(executionArn=arn)["status"] != "RUNNING":
            leave_line(s3, bucket, waiting.since)
        return None
    return started["executionArn"]


def _ledger_without_ended(s3: "S3Client", states: "SFNClient", bucket: str, today: date) -> Ledger:
    """The ledger, in which no execution counts as under way that has ended without a word."""
    ledger = ledger_of(s3, bucket)
    ended = {
        execution
        for execution in ledger.open_executions()
        if states.describe_execution(executionArn=execution)["status"] != "RUNNING"
    }
    if not ended:
        return ledger
    return change_ledger(s3, bucket, today, lambda newest: newest.closed(ended))


def next_turn(place: WaitingRun | None, waiting: WaitingRun) -> WaitingRun:
    """``waiting`` at the ``place`` that its run has had before, if it had one."""
    if place is None:
        return waiting
    return replace(waiting, since=place.since, turn=place.turn + 1)


def _key(since: str) -> str:
    return f"{_FOLDER}{since}.json"
