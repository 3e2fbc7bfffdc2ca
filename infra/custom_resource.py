"""CloudFormation's custom resource protocol: do the work, then PUT the outcome to a URL.

Source: AWS CloudFormation User Guide, "Custom resource reference".
"""

import json
import traceback
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3

Event = dict[str, Any]

# "The total size of the response body can't exceed 4096 bytes" (AWS CloudFormation User Guide,
# "Custom resource response objects").
LARGEST_ANSWER_BYTES = 4096


def fulfil_and_answer(
    event: Event, physical_id: str, fulfil: Callable[[Event], dict[str, str] | None]
) -> None:
    """Calls ``fulfil(event)`` and tells CloudFormation the outcome, whatever it is.

    What ``fulfil`` returns, if anything, are the attributes that the template may ask for. Without
    an answer CloudFormation would wait for an hour.
    """
    try:
        attributes = fulfil(event)
    except Exception as error:  # noqa: BLE001 (CloudFormation is told, whatever it is)
        # Raised again, it would make Lambda retry twice what CloudFormation has given up.
        traceback.print_exc()
        answer(event, physical_id, "FAILED", f"{event['LogicalResourceId']} failed: {error}")
        return
    answer(event, physical_id, "SUCCESS", "", attributes)


def is_end_of_stack(stack_id: str) -> bool:
    """Whether the stack itself is being deleted.

    A request to delete also comes when an update takes the resource out of the template, and then
    what belongs to the stack must stay.
    """
    [stack] = boto3.client("cloudformation").describe_stacks(StackName=stack_id)["Stacks"]
    return stack["StackStatus"] in ("DELETE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS")


def answer(
    event: Event,
    physical_id: str,
    status: str,
    reason: str,
    attributes: dict[str, str] | None = None,
) -> None:
    """Tells CloudFormation the outcome."""
    body = {
        "Status": status,
        "PhysicalResourceId": physical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": attributes or {},
    }
    request = urllib.request.Request(
        event["ResponseURL"],
        data=with_reason(body, reason),
        method="PUT",
        headers={"Content-Type": ""},
    )
    urllib.request.urlopen(request)


def with_reason(body: dict[str, Any], reason: str) -> bytes:
    """The answer as JSON, with as much of the reason as there is room for."""
    # A file's name may have a byte that UTF-8 can't encode.
    kept = reason.encode(errors="replace").decode()[:LARGEST_ANSWER_BYTES]
    answer = _as_json(body | {"Reason": kept})
    while kept and len(answer) > LARGEST_ANSWER_BYTES:
        # No character takes more than the six bytes of an escape.
        too_many = max(1, (len(answer) - LARGEST_ANSWER_BYTES) // 6)
        kept = kept[:-too_many]
        answer = _as_json(body | {"Reason": kept})
    return answer


def _as_json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
