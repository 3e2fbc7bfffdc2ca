"""CloudFormation's custom resource protocol: do the work, then PUT the outcome to a URL.

Source: AWS CloudFormation User Guide, "Custom resource reference".
"""

import json
import traceback
import urllib.request

import boto3


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
    """Tells CloudFormation how it went; of the reason it takes about 1,000 characters."""
    body = {
        "Status": status,
        "Reason": reason[:1000],
        "PhysicalResourceId": physical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": attributes or {},
    }
    request = urllib.request.Request(
        event["ResponseURL"],
        data=json.dumps(body).encode(),
        method="PUT",
        headers={"Content-Type": ""},
    )
    urllib.request.urlopen(request)
