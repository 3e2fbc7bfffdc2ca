"""A state machine's executions, found by their names.

moto looks through all that a state machine ever had whenever one is started or described, which a
run does a dozen times: with thousands of runs in memory, that was a fifth of all work.
"""

from types import SimpleNamespace
from typing import Any

from moto.stepfunctions.models import StateMachine, StateMachineInstance
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from local.patches import wrap


class _Executions(list[Execution]):
    """The executions in the order in which they were started."""

    def __init__(self) -> None:
        super().__init__()
        self._by_name: dict[str, Execution] = {}

    def append(self, execution: Execution) -> None:
        self._by_name[execution.name] = execution
        super().append(execution)

    def remove(self, execution: Execution) -> None:
        super().remove(execution)
        del self._by_name[execution.name]

    def named(self, name: str) -> Execution | None:
        return self._by_name.get(name)


def patch() -> None:
    """Makes moto look executions up by their names."""
    wrap(StateMachineInstance, "__init__", _with_names)
    wrap(StateMachine, "_handle_name_input_idempotency", _started_before)
    wrap(StepFunctionsParserBackend, "describe_execution", _described)


def _with_names(make: Any, machine: StateMachineInstance, *args: Any, **kwargs: Any) -> None:
    make(machine, *args, **kwargs)
    machine.executions = _Executions()


def _started_before(handle: Any, machine: StateMachine, name: str, given: str) -> Any:
    named = machine.executions.named(name)
    return handle(SimpleNamespace(executions=[named] if named else []), name, given)


def _described(describe: Any, backend: StepFunctionsParserBackend, execution_arn: str) -> Execution:
    backend._validate_execution_arn(execution_arn)
    machine = backend._get_state_machine_for_execution(execution_arn)
    named = machine.executions.named(execution_arn.rpartition(":")[2])
    if named and named.execution_arn == execution_arn:
        return named
    return describe(backend, execution_arn)
