"""StopEndpoints: takes down the endpoints whose time is over, and all of them with the stack.

An endpoint on an instance is paid for by the hour until it is deleted. Every quarter of an hour
this step deletes those that have passed their end, whether or not anybody's machine is on.
"""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypedDict

from lambdas import clients
from lambdas.endpoints.removal import (
    StackEndpoint,
    delete_all_parts,
    delete_parts,
    list_endpoints,
    take_down,
)
from lambdas.endpoints.tags import end_of
from lambdas.errors import KeptDataBroken
from lambdas.language import speaking, stack_language
from lambdas.refusals import explain_refusals

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient


class StoppedEndpoints(TypedDict):
    """The endpoints that were taken down, and those that are still there to be taken down."""

    Stopped: list[str]
    Left: list[str]


@speaking(stack_language)
@explain_refusals
def handler(event: dict[str, Any], _context: object) -> StoppedEndpoints:
    """Lambda's entry: EventBridge's "Scheduled Event"; or ``{"all": true}`` from StopRuns, when
    the stack is deleted."""
    sagemaker, stack = clients.sagemaker(), os.environ["STACK"]
    if event.get("all"):
        return stop_all(sagemaker, stack)
    return stop_ended(sagemaker, stack, datetime.now(UTC))


def stop_ended(sagemaker: "SageMakerClient", stack: str, now: datetime) -> StoppedEndpoints:
    """Takes down the stack's endpoints that have passed their end.

    Raises:
        KeptDataBroken: one has an end that can't be read; the others were looked at before.
    """
    outcome: StoppedEndpoints = {"Stopped": [], "Left": []}
    broken: KeptDataBroken | None = None
    for endpoint in list_endpoints(sagemaker, stack):
        try:
            end = end_of(endpoint.tags, endpoint.name)
        except KeptDataBroken as error:
            broken = error
            continue
        if end is not None and end <= now:
            _take_down(sagemaker, endpoint, outcome)
    if broken:
        raise broken
    return outcome


def stop_all(sagemaker: "SageMakerClient", stack: str) -> StoppedEndpoints:
    """Takes down all endpoints of the stack, and what was left of others.

    One that is being deleted is left as well until it is gone: SageMaker still needs its model's
    role, which goes with the stack.
    """
    tried: StoppedEndpoints = {"Stopped": [], "Left": []}
    for endpoint in list_endpoints(sagemaker, stack):
        _take_down(sagemaker, endpoint, tried)
    left = [endpoint.name for endpoint in list_endpoints(sagemaker, stack)]
    if not left:
        delete_all_parts(sagemaker, stack)
    return {"Stopped": [name for name in tried["Stopped"] if name not in left], "Left": left}


def _take_down(
    sagemaker: "SageMakerClient", endpoint: StackEndpoint, outcome: StoppedEndpoints
) -> None:
    is_going = endpoint.status == "Deleting"
    if is_going:
        delete_parts(sagemaker, endpoint.name)
    is_done = is_going or take_down(sagemaker, endpoint.name)
    outcome["Stopped" if is_done else "Left"].append(endpoint.name)
