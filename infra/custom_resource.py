"""CloudFormation's custom resource protocol: do the work, then PUT the outcome to a URL.

Source: AWS CloudFormation User Guide, "Custom resource reference".
"""

import json
import traceback
import urllib.request

import boto3

# "The total size of the response body can't exceed 4096 bytes" (AWS CloudFormation User Guide,
# "Custom resource response objects").
LARGEST_ANSWER_BYTES = 4096


def answering(event, physical_id, fulfil):
    """Does ``fulfil(event)``, and tells CloudFormation how it went, whatever happened.

    What it gives back, if anything, are the attributes that the template may ask for. Without a
    word CloudFormation would wait for an hour.
    """
    try:
        attributes = fulfil(event)
    except Exception as error:
        # Raised again, it would have Lambda try twice more what CloudFormation has given up.
        traceback.print_exc()
        answer(event, physical_id, "FAILED", f"{event['LogicalResourceId']} failed: {error}")
        return
    answer(event, physical_id, "SUCCESS", "", attributes)


def is_end_of_stack(stack_id):
    """Whether the stack itself is deleted.

    A request to delete comes as well when an update takes the resource out of the template, and
    then what belongs to the stack must stay.
    """
    [stack] = boto3.client("cloudformation").describe_stacks(StackName=stack_id)["Stacks"]
    return stack["StackStatus"] in ("DELETE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS")


def answer(event, physical_id, status, reason, attributes=None):
    """Tells CloudFormation how it went."""
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


def with_reason(body, reason):
    """The answer as JSON, with as much of the reason as there is room for."""
    # A file's name may have a byte that is no letter, and UTF-8 has nothing for it.
    kept = reason.encode(errors="replace").decode()[:LARGEST_ANSWER_BYTES]
    answer = _as_json(body | {"Reason": kept})
    while kept and len(answer) > LARGEST_ANSWER_BYTES:
        # No letter takes more than the six bytes of an escape.
        too_many = max(1, (len(answer) - LARGEST_ANSWER_BYTES) // 6)
        kept = kept[:-too_many]
        answer = _as_json(body | {"Reason": kept})
    return answer


def _as_json(body):
    return json.dumps(body, ensure_ascii=False).encode()
