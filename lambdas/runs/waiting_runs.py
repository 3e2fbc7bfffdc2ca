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

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import WAITING_RUNS, waiting_run_key
from lambdas.runs.spending import Ledger, Limits, change_ledger, read_ledger
from lambdas.uploads.pair import Pair, pair_from_fields

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

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


def write_waiting_run(bucket: Bucket, waiting: WaitingRun) -> None:
    """Puts the run into its place in line."""
    bucket.write(waiting_run_key(waiting.since), waiting.to_json().encode())


def leave_line(bucket: Bucket, since: str) -> None:
    """Removes a place from the line; nothing happens where it is gone."""
    bucket.delete(waiting_run_key(since))


def read_waiting_run(bucket: Bucket, since: str) -> WaitingRun | None:
    """The run that waits at the place; None where none does any more."""
    kept = bucket.read(waiting_run_key(since))
    return None if kept is None else waiting_from_json(kept)


def list_places(bucket: Bucket, most: int | None = None) -> list[str]:
    """The first ``most`` places, or all."""
    keys = bucket.keys(WAITING_RUNS, most)
    return [key.removeprefix(WAITING_RUNS).removesuffix(".json") for key in keys]


def start_waiting_runs(
    bucket: Bucket,
    states: "SFNClient",
    state_machine: str,
    limits: Limits,
    today: date,
) -> list[str]:
    """Starts as many of the runs in line as there is room for; returns the executions' ARNs.

    First come, first served: where the first is too expensive for what is left today, none
    goes before it.
    """
    if not list_places(bucket, most=1):
        return []
    ledger = _close_ended_runs(bucket, states, today)
    started: list[str] = []
    for waiting in _read_line(bucket, limits.runs + _LOOKED_AT_BESIDE):
        if not has_room(ledger, waiting, limits, today):
            break
        execution = _start(states, state_machine, waiting)
        if execution is None:
            _remove_if_ended(bucket, states, state_machine, waiting)
            continue
        started.append(execution)
        ledger = ledger.reserving(waiting.since, execution, waiting.usd or 0, today)
    return started


def has_room(ledger: Ledger, waiting: WaitingRun, limits: Limits, today: date) -> bool:
    """Whether the limits allow the waiting run to be started now."""
    no_place = ledger.no_place_for(waiting.since, limits)
    least = waiting.usd or 10**-6  # what it costs to look at the files is not known yet
    return not no_place and not ledger.no_money_for(least, limits, today)


def _read_line(bucket: Bucket, most: int) -> Iterator[WaitingRun]:
    for since in list_places(bucket, most):
        if waiting := read_waiting_run(bucket, since):
            yield waiting


def _start(states: "SFNClient", state_machine: str, waiting: WaitingRun) -> str | None:
    """Starts the execution for the place's next turn; None where that was done before."""
    request = {"dataset": waiting.pair.name, "waited": waiting.since}
    try:
        started = states.start_execution(
            stateMachineArn=state_machine,
            name=waiting.execution_name,
            input=json.dumps(request, ensure_ascii=False),
        )
    except states.exceptions.ExecutionAlreadyExists:
        return None
    return started["executionArn"]


def _remove_if_ended(
    bucket: Bucket, states: "SFNClient", state_machine: str, waiting: WaitingRun
) -> None:
    """Removes a place whose execution, started before, has ended without removing it.

    One that is running is about to. What ended badly is a person's to see.
    """
    arn = f"{state_machine.replace(':stateMachine:', ':execution:')}:{waiting.execution_name}"
    if states.describe_execution(executionArn=arn)["status"] != "RUNNING":
        leave_line(bucket, waiting.since)


def _close_ended_runs(bucket: Bucket, states: "SFNClient", today: date) -> Ledger:
    """Closes what executions reserved that have ended without saying so; returns the ledger."""
    ledger = read_ledger(bucket)
    ended = {
        execution
        for execution in ledger.open_executions()
        if states.describe_execution(executionArn=execution)["status"] != "RUNNING"
    }
    if not ended:
        return ledger
    return change_ledger(bucket, today, lambda newest: newest.closed(ended))


def next_turn(place: WaitingRun | None, waiting: WaitingRun) -> WaitingRun:
    """``waiting`` at the ``place`` that its run has had before, if it had one."""
    if place is None:
        return waiting
    return replace(waiting, since=place.since, turn=place.turn + 1)
