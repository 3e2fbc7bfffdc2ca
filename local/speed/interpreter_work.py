"""What moto's interpreter does for each of thousands of executions, although less is enough.

It gives each a thread, however many are started at once. It parses the definition (a tenth of a
second of computing) for each, every JSONPath (which makes a parser, too) each time that it is
looked at. It holds a connection, which is two open files, for each function that has yet to get its
turn. It copies what passes from state to state, and histories, by a way that suits any object,
where all of it is JSON. And each has a copy of all that its state machine is made of, where it is
enough that the definition stays as it was.
"""

import copy
import functools
import threading
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from moto.stepfunctions.parser import models
from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service,
)
from moto.stepfunctions.parser.asl.eval import states
from moto.stepfunctions.parser.asl.eval.event import event_manager
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.utils import json_path
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from local.gaps.stepfunctions import context_object
from local.patches import add, replace, wrap
from local.turns import Turns

_DEFINITIONS_KEPT = 64
_PATHS_KEPT = 1024
_NEVER_CHANGED = {str, int, float, bool, type(None), datetime}
# Enough for more jobs and functions than any machine here runs at once. The other executions have
# been started, and wait.
_EXECUTIONS_AT_ONCE = 128
# The same for functions alone.
_INVOCATIONS_AT_ONCE = 64


def patch() -> None:
    """Makes executions share what is parsed, and tasks take turns for connections."""
    for module in (json_path, result_path):
        replace(module, "parse", functools.lru_cache(_PATHS_KEPT)(module.parse))
    parse = functools.lru_cache(_DEFINITIONS_KEPT)(AmazonStateLanguageParser.parse)
    replace(AmazonStateLanguageParser, "parse", parse)
    # Where a component keeps its counters in an execution's heap: moto makes the key when it is
    # first asked for, which two executions may do at once.
    replace(EvalComponent, "heap_key", _address)
    for module in (states, result_path, state_task_service, event_manager):
        replace(module, "copy", SimpleNamespace(deepcopy=copied))
    replace(models, "copy", SimpleNamespace(deepcopy=_as_it_is))
    _take_turns_for_connections()
    _take_turns_for_threads()


def copied(value: Any) -> Any:
    """A deep copy: quick of JSON, and of times; of all else as Python does it."""
    kind = type(value)
    if kind is dict:
        return {name: copied(item) for name, item in value.items()}
    if kind is list:
        return [copied(item) for item in value]
    return value if kind in _NEVER_CHANGED else copy.deepcopy(value)


def _as_it_is(machine: Any, _: dict[int, Any]) -> Any:
    """The state machine without its executions, the same for all of them until it is updated; an
    update gives the machine other values, and changes none."""
    own = {"executions", "as_it_is"}
    now = {name: value for name, value in vars(machine).items() if name not in own}
    known = vars(machine).get("as_it_is")
    if known is None or any(vars(known).get(name) is not now[name] for name in now):
        known = object.__new__(type(machine))
        known.__dict__ = now | {"executions": []}
        machine.as_it_is = known
    return known


def _take_turns_for_connections() -> None:
    turns = threading.Semaphore(_INVOCATIONS_AT_ONCE)

    def invoke_in_turn(invoke: Any, *args: Any, **kwargs: Any) -> Any:
        with turns:
            return invoke(*args, **kwargs)

    wrap(lambda_eval_utils, "_invoke_lambda_function", invoke_in_turn)


def _take_turns_for_threads() -> None:
    """Makes executions take turns for threads; one that is stopped before its turn ends then."""
    turns = Turns(_EXECUTIONS_AT_ONCE)
    add(ExecutionWorker, "stop_asked", None)
    replace(ExecutionWorker, "start", lambda worker: turns.take(worker._execution_logic))
    wrap(ExecutionWorker, "stop", _stop_in_turn)
    wrap(ExecutionWorker, "_get_evaluation_environment", _environment_in_turn, over=context_object)


def _stop_in_turn(stop: Any, worker: ExecutionWorker, **how: Any) -> None:
    if worker.env is None:
        worker.stop_asked = how
    else:
        stop(worker, **how)


def _environment_in_turn(environment_of: Any, worker: ExecutionWorker) -> Any:
    environment = environment_of(worker)
    if worker.stop_asked:
        environment.set_stop(**worker.stop_asked)
    return environment


def _address(component: EvalComponent) -> str:
    return str(id(component))
