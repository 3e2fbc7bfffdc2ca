"""RedriveExecution: a failed execution goes on from the state that failed.

Sources: AWS Step Functions Developer Guide, "Restarting state machine executions with redrive";
API reference, RedriveExecution, DescribeExecution and ListExecutions. A Parallel or Map state is
run again as a whole, where Step Functions takes up the branches and iterations that failed.
"""

import copy
import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult
from moto.stepfunctions.parser.api import ExecutionStatus, HistoryEventType
from moto.stepfunctions.parser.asl.component.common.flow.start_at import StartAt
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse
from moto.stepfunctions.utils import PAGINATION_MODEL
from moto.utilities.paginator import paginate

from local.patches import add, replace, wrap

_REDRIVABLE_FOR = timedelta(days=14)
_LONGEST_EXECUTION = timedelta(days=365)
_TOO_MANY_EVENTS = 24_999
_TOKENS_KEPT = 10
_TOKEN_VALID_FOR = timedelta(minutes=15)

_redriving = threading.Lock()


class ExecutionNotRedrivable(AWSError):  # type: ignore[misc]
    """The execution can't be redriven now, or never."""

    TYPE = "ExecutionNotRedrivable"


def patch() -> None:
    """Makes Step Functions redrive, and tell of it where executions are described and listed."""
    add(Execution, "redrive_count", 0)
    add(Execution, "redrive_date", None)
    add(StepFunctionsParserBackend, "redrive_execution", _redrive_execution)
    add(StepFunctionResponse, "redrive_execution", _respond)
    wrap(StepFunctionResponse, "describe_execution", _describe_execution)
    replace(StepFunctionsParserBackend, "list_executions", list_executions)
    replace(StepFunctionResponse, "list_executions", _respond_with_list)


def _respond(self: StepFunctionResponse) -> ActionResult:
    date = self.stepfunction_backend.redrive_execution(
        self._get_param("executionArn"), self._get_param("clientToken")
    )
    return ActionResult({"redriveDate": date})


def _redrive_execution(
    self: StepFunctionsParserBackend, execution_arn: str, client_token: str
) -> datetime:
    execution = self.describe_execution(execution_arn)
    with _redriving:
        tokens: OrderedDict[str, datetime] = execution.__dict__.setdefault(
            "redrive_tokens", OrderedDict()
        )
        now = _now()
        earlier = tokens.get(client_token)
        if earlier and now - earlier < _TOKEN_VALID_FOR:
            return earlier
        if reason := _reason_against(execution):
            raise ExecutionNotRedrivable(reason)
        _redrive(execution, now)
        tokens[client_token] = now
        if len(tokens) > _TOKENS_KEPT:
            tokens.popitem(last=False)
        return now


def _reason_against(execution: Execution) -> str | None:
    """Why the execution can't be redriven, in the words of DescribeExecution."""
    if execution.status in (ExecutionStatus.RUNNING, ExecutionStatus.SUCCEEDED):
        return f"Execution is {execution.status} and cannot be redriven"
    now = datetime.now(UTC)
    if now - execution.stop_date > _REDRIVABLE_FOR:
        return "Execution redrivable period exceeded"
    if now - execution.start_date > _LONGEST_EXECUTION:
        return "Execution has exceeded the max execution time"
    if execution.exec_worker.env.event_manager._event_id_gen._next_id > _TOO_MANY_EVENTS:
        return "Execution history event limit exceeded"
    return None


def _now() -> datetime:
    """The time as the history has it, in milliseconds."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _redrive(execution: Execution, now: datetime) -> None:
    execution.redrive_count += 1
    execution.redrive_date = now
    execution.stop_date = execution.error = execution.cause = None
    event_manager = execution.exec_worker.env.event_manager
    execution.exec_status = ExecutionStatus.RUNNING
    execution.exec_worker = _Redrive(execution, event_manager)
    execution.exec_worker.start()


class _Redrive(ExecutionWorker):  # type: ignore[misc]
    """Goes through the states from the one that failed, and adds to the history that there is."""

    def __init__(self, execution: Execution, event_manager: Any) -> None:
        usual = execution._get_start_execution_worker()
        super().__init__(
            usual._evaluation_details,
            usual._execution_communication,
            usual._cloud_watch_logging_session,
            usual._activity_store,
        )
        events = event_manager.get_event_history()
        self._from = _resumption(execution, events)
        self.env = self._get_evaluation_environment()
        self.env.event_manager = event_manager
        self.env.event_history_context = EventHistoryContext(events[-1]["id"])
        self.env.states.reset(self._from.input)
        for name, value in self._from.variables.items():
            self.env.variable_store.set(name, value)
        self.env.event_manager.add_event(
            context=self.env.event_history_context,
            event_type=HistoryEventType.ExecutionRedriven,
            event_details=EventDetails(
                executionRedrivenEventDetails={"redriveCount": execution.redrive_count}
            ),
            timestamp=execution.redrive_date,
        )

    def _execution_logic(self) -> None:
        # The parsed definition is shared: only this execution begins elsewhere.
        program = copy.copy(self._get_evaluation_entrypoint())
        program.start_at = StartAt(self._from.state)
        program.eval(self.env)
        self._execution_communication.terminated()


@dataclass(frozen=True)
class _Resumption:
    """Where a redrive goes on, with which input, and with which variables assigned."""

    state: str
    input: Any
    variables: dict[str, Any]


def _resumption(execution: Execution, events: list[Any]) -> _Resumption:
    """The state that was entered and not left; where there is none, the one that comes next."""
    definition = json.loads(execution.state_machine.definition)
    states = definition["States"]
    state, given, output = definition["StartAt"], execution.input_data, None
    variables: dict[str, Any] = {}
    before: dict[str, Any] = {"type": ""}
    for event in events:
        entered = event.get("stateEnteredEventDetails", {})
        left = event.get("stateExitedEventDetails", {})
        if entered.get("name") in states:
            state, given, output = entered["name"], json.loads(entered["input"]), None
        elif left.get("name") == state:
            for name, value in left.get("assignedVariables", {}).items():
                variables[name] = json.loads(value)
            # A state that was left by a catch is the one to try again.
            output = None if _is_failure(before) else left["output"]
        before = event
    following = states[state].get("Next")
    if following and output is not None:
        return _Resumption(following, json.loads(output), variables)
    return _Resumption(state, given, variables)


def _is_failure(event: dict[str, Any]) -> bool:
    return bool(event["type"].endswith(("Failed", "TimedOut")))


def _describe_execution(describe: Any, self: StepFunctionResponse) -> ActionResult:
    execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
    described: dict[str, Any] = describe(self).result
    reason = _reason_against(execution)
    described["redriveStatus"] = "NOT_REDRIVABLE" if reason else "REDRIVABLE"
    if reason:
        described["redriveStatusReason"] = reason
    return ActionResult(described | _ends_and_redrives(execution))


@paginate(pagination_model=PAGINATION_MODEL)  # type: ignore[untyped-decorator]
def list_executions(
    self: StepFunctionsParserBackend,
    state_machine_arn: str,
    status_filter: str | None,
    redrive_filter: str | None,
) -> list[Execution]:
    """The executions, newest first; moto's pages go by the function's name."""
    executions = self.describe_state_machine(state_machine_arn).executions
    wanted = [
        execution
        for execution in executions
        if status_filter in (None, execution.status)
        and redrive_filter in (None, "REDRIVEN" if execution.redrive_count else "NOT_REDRIVEN")
    ]
    return sorted(wanted, key=lambda execution: execution.start_date, reverse=True)


def _respond_with_list(self: StepFunctionResponse) -> ActionResult:
    found, next_token = self.stepfunction_backend.list_executions(
        self._get_param("stateMachineArn"),
        self._get_param("statusFilter"),
        self._get_param("redriveFilter"),
        max_results=self._get_int_param("maxResults"),
        next_token=self._get_param("nextToken"),
    )
    return ActionResult({"executions": [_listed(e) for e in found], "nextToken": next_token})


def _listed(execution: Execution) -> dict[str, Any]:
    return {
        "executionArn": execution.execution_arn,
        "name": execution.name,
        "stateMachineArn": execution.state_machine_arn,
        "status": execution.status,
        "startDate": execution.start_date,
        **_ends_and_redrives(execution),
    }


def _ends_and_redrives(execution: Execution) -> dict[str, Any]:
    fields = {
        "stopDate": execution.stop_date,
        "redriveCount": execution.redrive_count,
        "redriveDate": execution.redrive_date,
    }
    return {name: value for name, value in fields.items() if value is not None}
