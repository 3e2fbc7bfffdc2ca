"""Stops the running executions, their jobs and all endpoints when the stack is deleted.

Step Functions tries to stop the job of a stopped execution, with a role that is deleted with the
stack. A job that it did not reach, or that was just being created, would be paid for up to its time
limit, so each is stopped once more. Endpoints are nobody's but the function's that takes them down
when their time is over, so it is asked to take down all.
"""

import json
import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.custom_resource import Event, fulfil_and_answer, is_end_of_stack

POLL_SECONDS = 5
# To answer in time.
RESERVE_SECONDS = 30


def handler(event: Event, context: Any) -> None:
    """Lambda's entry."""

    def fulfil(event: Event) -> None:
        if event["RequestType"] == "Delete" and is_end_of_stack(event["StackId"]):
            properties = event["ResourceProperties"]
            stop_runs(properties["StateMachines"], seconds_left)
            stop_endpoints(properties["StopEndpoints"], seconds_left)

    def seconds_left() -> float:
        return float(context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS)

    fulfil_and_answer(event, "codefree-runs", fulfil)


def stop_runs(state_machines: list[str], seconds_left: Callable[[], float]) -> None:
    """Stops the state machines' executions and their jobs, until none of them runs."""
    states, sagemaker = boto3.client("stepfunctions"), boto3.client("sagemaker")
    while running := [
        execution
        for state_machine in state_machines
        for execution in running_executions(states, state_machine)
    ]:
        if seconds_left() < POLL_SECONDS:
            raise TimeoutError(
                f"Executions still running: {len(running)}. Delete the stack again to continue."
            )
        for execution in running:
            states.stop_execution(executionArn=execution, cause="The stack is deleted.")
        # Until jobs that were being created exist, and the list of executions is up to date.
        time.sleep(POLL_SECONDS)
        for execution in running:
            if job := newest_job(states, execution):
                stop_job(sagemaker, *job)


def stop_endpoints(function: str, seconds_left: Callable[[], float]) -> None:
    """Has the function take down the stack's endpoints, until there is none.

    One that is just being made or changed can only be deleted afterwards, and SageMaker needs the
    stack's role until it is gone.
    """
    client = boto3.client("lambda")
    while left := endpoints_left(client, function):
        if seconds_left() < POLL_SECONDS:
            raise TimeoutError(
                f"Endpoints not deleted yet: {', '.join(left)}. Delete the stack again to continue."
            )
        time.sleep(POLL_SECONDS)


def endpoints_left(client: Any, function: str) -> list[str]:
    """The endpoints that are still there when the function was called once."""
    try:
        answer = client.invoke(FunctionName=function, Payload=json.dumps({"all": True}))
    except client.exceptions.ResourceNotFoundException:
        return []  # it was deleted by hand
    told = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise RuntimeError(f"The endpoints could not be taken down: {told.get('errorMessage')}")
    return list(told["Left"])


def running_executions(states: Any, state_machine: str) -> list[str]:
    """The ARNs of a state machine's running executions."""
    try:
        pages = states.get_paginator("list_executions").paginate(
            stateMachineArn=state_machine, statusFilter="RUNNING"
        )
        return [execution["executionArn"] for page in pages for execution in page["executions"]]
    except states.exceptions.StateMachineDoesNotExist:
        return []  # it was deleted by hand


def newest_job(states: Any, execution: str) -> tuple[str, str] | None:
    """The kind and name of the last job that an execution has requested; None if there is none."""
    pages = states.get_paginator("get_execution_history").paginate(
        executionArn=execution, reverseOrder=True
    )
    for page in pages:
        for event in page["events"]:
            requested = json.loads(
                event.get("taskScheduledEventDetails", {}).get("parameters", "{}")
            )
            for kind in ("Training", "Processing"):
                if f"{kind}JobName" in requested:
                    return kind, requested[f"{kind}JobName"]
    return None


def stop_job(sagemaker: Any, kind: str, name: str) -> None:
    """Stops a job; one that has ended or never existed is left alone."""
    stop = {"Training": sagemaker.stop_training_job, "Processing": sagemaker.stop_processing_job}
    try:
        stop[kind](**{f"{kind}JobName": name})
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("ValidationException", "ResourceNotFound"):
            raise
