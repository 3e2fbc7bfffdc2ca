"""Executions are found by their names, without a look at all that there are."""

import json
from typing import Any

import pytest
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local.aws import LocalAws
from tests.local.roles import role_trusting
from tests.local.uploads import ended

WAIT = {"Type": "Wait", "Seconds": 60, "End": True}
DEFINITION = {"StartAt": "Wait", "States": {"Wait": WAIT}}


@pytest.fixture
def machine(aws: LocalAws, iam: Any) -> str:
    return aws.states.create_state_machine(
        name="found-by-name",
        definition=json.dumps(DEFINITION),
        roleArn=role_trusting(iam, "states"),
    )["stateMachineArn"]


def test_an_execution_is_found_among_many_without_a_search(
    aws: LocalAws, machine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, states = aws.states.start_execution, aws.states
    arn = start(stateMachineArn=machine, name="one", input="{}")["executionArn"]
    machines = stepfunctions_parser_backends["123456789012"]["us-east-1"].state_machines
    [held] = [m.executions for m in machines if m.arn == machine]
    with monkeypatch.context() as unsearchable:
        unsearchable.setattr(type(held), "__iter__", None)
        assert states.describe_execution(executionArn=arn)["status"] == "RUNNING"
        # The same once more is the same execution, as long as it runs.
        assert start(stateMachineArn=machine, name="one", input="{}")["executionArn"] == arn
        with pytest.raises(states.exceptions.ExecutionAlreadyExists):
            start(stateMachineArn=machine, name="one", input='{"other": 1}')
        other = start(stateMachineArn=machine, name="other", input="{}")["executionArn"]
    for each in (arn, other):
        states.stop_execution(executionArn=each)
        assert ended(states, each)["status"] == "ABORTED"
    with pytest.raises(states.exceptions.ExecutionAlreadyExists):
        start(stateMachineArn=machine, name="one", input="{}")
    held.remove(next(execution for execution in held if execution.name == "one"))
    for unknown in (arn, f"{arn}-unknown"):
        with pytest.raises(states.exceptions.ExecutionDoesNotExist):
            states.describe_execution(executionArn=unknown)
    with pytest.raises(states.exceptions.InvalidArn):
        states.describe_execution(executionArn="no arn")
    again = start(stateMachineArn=machine, name="one", input="{}")["executionArn"]
    states.stop_execution(executionArn=again)
