"""Stops the running executions, and with them their jobs, when the stack is deleted.

A job left alone would be paid for up to its time limit, and nobody would be there to publish what
comes of it. The build puts custom_resource.py before this.
"""

import time

import boto3

POLL_SECONDS = 2
# Step Functions stops the job of a stopped execution with the state machine's role, which is
# deleted next.
JOBS_STOP_SECONDS = 10
# An answer takes a moment.
RESERVE_SECONDS = 30


def handler(event, context):
    """Lambda's entry."""

    def fulfil(event):
        if event["RequestType"] == "Delete" and is_end_of_stack(event["StackId"]):
            stop_runs(
                boto3.client("stepfunctions"),
                event["ResourceProperties"]["StateMachine"],
                lambda: context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS,
            )

    answering(event, "codefree-runs", fulfil)


def stop_runs(states, state_machine, seconds_left):
    """Stops the state machine's executions and waits until their jobs have been told, too."""
    if not (running := running_executions(states, state_machine)):
        return
    while running:
        for execution in running:
            states.stop_execution(executionArn=execution, cause="The stack is deleted.")
        if seconds_left() < JOBS_STOP_SECONDS:
            raise TimeoutError(
                f"{len(running)} executions have not stopped yet. Delete the stack again to go on."
            )
        time.sleep(POLL_SECONDS)
        running = running_executions(states, state_machine)
    time.sleep(JOBS_STOP_SECONDS)


def running_executions(states, state_machine):
    """The ARNs of the executions that are under way."""
    try:
        pages = states.get_paginator("list_executions").paginate(
            stateMachineArn=state_machine, statusFilter="RUNNING"
        )
        return [execution["executionArn"] for page in pages for execution in page["executions"]]
    except states.exceptions.StateMachineDoesNotExist:
        return []  # it was deleted by hand
