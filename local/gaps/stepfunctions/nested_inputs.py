"""Inputs of executions that are nested deeper than moto's interpreter can copy.

It copies a state by recursion, and Python allows a thousand calls within each other.
"""

import json
import math
from typing import Any

from moto.stepfunctions.exceptions import InvalidExecutionInput
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from local.gaps.stepfunctions import context_object
from local.patches import wrap

_DEEPEST = 100


def patch() -> None:
    """Makes StartExecution refuse what could not be executed."""
    wrap(StepFunctionsParserBackend, "start_execution", _start_execution, over=context_object)


def _start_execution(
    start: Any,
    self: StepFunctionsParserBackend,
    state_machine_arn: str,
    name: str | None = None,
    execution_input: str | None = None,
    *args: Any,
) -> Any:
    if _depth(execution_input or "") > _DEEPEST:
        raise InvalidExecutionInput(
            f"Invalid State Machine Execution Input: it is nested more than {_DEEPEST} deep"
        )
    return start(self, state_machine_arn, name, execution_input, *args)


def _depth(text: str) -> float:
    """How deep the JSON in ``text`` is nested; 0 where it is none, which moto refuses itself."""
    try:
        level, depth = [json.loads(text)], 0
    except RecursionError:
        return math.inf
    except ValueError:
        return 0
    while level := [inner for outer in level for inner in _inside(outer)]:
        depth += 1
    return depth


def _inside(value: object) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
