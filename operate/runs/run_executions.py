"""Which execution a run is: its name follows from the execution's ARN and start."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from lambdas.runs.execution import Execution
from operate.place import Place

# Step Functions may tell a start to other digits here and there.
_OFF_BY = timedelta(seconds=2)


def execution_names(place: Place, runs: Collection[str]) -> dict[str, str]:
    """The name of the execution of each of the ``runs``, as far as Step Functions still knows it:
    it forgets executions 90 days after their end. Only as many are listed as it takes."""
    wanted, found = set(runs), dict[str, str]()
    oldest = min(wanted, default="")
    pages = place.account.states.get_paginator("list_executions").paginate(
        stateMachineArn=place.state_machine, PaginationConfig={"PageSize": 1000}
    )
    for page in pages if wanted else ():
        for listed in page["executions"]:
            started = listed["startDate"].astimezone(UTC)
            for run in wanted & _runs_of(listed["executionArn"], started):
                found[run] = listed["name"]
            if len(found) == len(wanted) or _digits(started + _OFF_BY) < oldest[:15]:
                return found
    return found


def execution_arn(state_machine: str, name: str) -> str:
    """The ARN of a state machine's execution."""
    return f"{state_machine.replace(':stateMachine:', ':execution:', 1)}:{name}"


def _runs_of(arn: str, started: datetime) -> set[str]:
    moments = (started - timedelta(seconds=1), started, started + timedelta(seconds=1))
    return {Execution(arn, moment.isoformat(timespec="milliseconds")).run for moment in moments}


def _digits(moment: datetime) -> str:
    return f"{moment:%Y%m%d-%H%M%S}"
