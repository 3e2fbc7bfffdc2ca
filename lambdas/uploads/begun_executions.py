"""Executions that have begun and not succeeded: what they are about is not lost."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_Thing = TypeVar("_Thing")
# What has not succeeded may have ended before it could mark its uploads.
_NOT_SUCCEEDED = ("RUNNING", "FAILED", "TIMED_OUT", "ABORTED")


def read_begun(
    states: "SFNClient",
    state_machine: str,
    since: datetime,
    asked_for: Callable[[str], Iterable[_Thing]],
) -> Mapping[_Thing, list[datetime]]:
    """When executions began that have not succeeded, by what they are about, as far back as
    ``since``. ``asked_for`` tells what an execution's input can mean."""
    found: dict[_Thing, list[datetime]] = defaultdict(list)
    for status in _NOT_SUCCEEDED:
        for arn, began in _list_executions(states, state_machine, status, since):
            request = states.describe_execution(executionArn=arn)["input"]
            for thing in asked_for(request):
                found[thing].append(began)
    return found


def _list_executions(
    states: "SFNClient", state_machine: str, status: Any, since: datetime
) -> Iterator[tuple[str, datetime]]:
    """Executions with the ``status`` that began after ``since``; they are listed newest first."""
    pages = states.get_paginator("list_executions").paginate(
        stateMachineArn=state_machine, statusFilter=status, PaginationConfig={"PageSize": 1000}
    )
    for page in pages:
        for execution in page["executions"]:
            if execution["startDate"] < since:
                return
            yield execution["executionArn"], execution["startDate"]
