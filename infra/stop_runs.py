"""Stops the running executions and their jobs when the stack is deleted.

Step Functions stops the job of a stopped execution as well as it can, with a role that goes with
the stack. A job that it did not reach, or that was only just being made, would be paid for up to
its time limit, so each is stopped once more. The build puts custom_resource.py before this.
"""

import json
import time

import boto3
from botocore.exceptions import ClientError

POLL_SECONDS = 5
# An answer takes a moment.
RESERVE_SECONDS = 30


def handler(event, context):
    """Lambda's entry."""

    def fulfil(event):
        if event["RequestType"] == "Delete" and is_end_of_stack(event["StackId"]):
            stop_runs(
                event["ResourceProperties"]["StateMachine"],
                lambda: context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS,
            )

    answering(event, "codefree-runs", fulfil)


def stop_runs(state_machine, seconds_left):
    """Stops the state machine's executions and their jobs, until none of them runs."""
    states, sagemaker = boto3.client("stepfunctions"), boto3.client("sagemaker")
    while running := running_executions(states, state_machine):
        if seconds_left() < POLL_SECONDS:
            raise TimeoutError(
                f"{len(running)} executions have not stopped yet. Delete the stack again to go on."
            )
        for execution in running:
            states.stop_execution(executionArn=execution, cause="The stack is deleted.")
        # Until the jobs that were being made are there, and the list of executions is up to date.
        time.sleep(POLL_SECONDS)
        for execution in running:
            if job := newest_job(states, execution):
                stop_job(sagemaker, *job)


def running_executions(states, state_machine):
    """The ARNs of the executions that are under way."""
    try:
        pages = states.get_paginator("list_executions").paginate(
            stateMachineArn=state_machine, statusFilter="RUNNING"
        )
        return [execution["executionArn"] for page in pages for execution in page["executions"]]
    except states.exceptions.StateMachineDoesNotExist:
        return []  # it was deleted by hand


def newest_job(states, execution):
    """The kind and name of the job that an execution has asked for last; None if it has not."""
    pages = states.get_paginator("get_execution_history").paginate(
        executionArn=execution, reverseOrder=True
    )
    for page in pages:
        for event in page["events"]:
            asked = json.loads(event.get("taskScheduledEventDetails", {}).get("parameters", "{}"))
            for kind in ("Training", "Processing"):
                if f"{kind}JobName" in asked:
                    return kind, asked[f"{kind}JobName"]
    return None


def stop_job(sagemaker, kind, name):
    """Stops a job; one that has ended or was never made is left alone."""
    stop = {"Training": sagemaker.stop_training_job, "Processing": sagemaker.stop_processing_job}
    try:
        stop[kind](**{f"{kind}JobName": name})
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("ValidationException", "ResourceNotFound"):
            raise
