"""Executions that outlive the process.

An execution's history is kept event by event, as it happens. All else follows from it: how the
execution ended, when, with what, and how often it was redriven. Once it has ended, its history and
its output are in the database alone: they hold what passed from state to state, several times,
which for thousands of runs is too much for the memory. So are its input and what the interpreter
worked with.
"""

import copy
import json
from datetime import datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

from moto.stepfunctions.parser.api import (
    CloudWatchEventsExecutionDataDetails,
    ExecutionStatus,
    HistoryEventType,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor.map_run_record import (  # noqa: E501
    MapRunRecordPoolManager,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackPoolManager
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import (
    EventHistoryContext,
    EventManager,
)
from moto.stepfunctions.parser.backend.execution import (
    BaseExecutionWorkerCommunication,
    Execution,
)
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local.gaps.stepfunctions import execution_events
from local.kept.database import Database
from local.kept.room import wait_for_room
from local.patches import add, wrap
from local.speed import interpreter_work

_ENDS = {
    "ExecutionSucceeded": ExecutionStatus.SUCCEEDED,
    "ExecutionFailed": ExecutionStatus.FAILED,
    "ExecutionAborted": ExecutionStatus.ABORTED,
    "ExecutionTimedOut": ExecutionStatus.TIMED_OUT,
}
_INTERRUPTED = "LocalMode.Interrupted"
_NEWEST = "id = (SELECT MAX(id) FROM history WHERE execution = ?1)"
_REDRIVES = "instr(event, 'ExecutionRedriven')"
# What is told of every input and every output; each execution has its own otherwise.
_DETAILS = CloudWatchEventsExecutionDataDetails(included=True)


class KeptExecutions:
    """Writes down what the interpreter does, and takes it up again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._frozen = False
        self._as_they_were: dict[tuple[str, str], Any] = {}

    def attach(self) -> None:
        """Makes the interpreter keep its executions."""
        add(EventManager, "keep", staticmethod(lambda _: None))
        add(EventManager, "read", staticmethod(list))
        add(EventManager, "_history_event_list", property(_events, _hold_events))
        add(Execution, "output", property(_output, _hold_output))
        add(Execution, "execution_input", property(self._input, _hold_input))
        wrap(EventManager, "_publish_history_event", _publish_kept)
        wrap(BaseExecutionWorkerCommunication, "_reflect_execution_status", self._reflect)
        wrap(ExecutionWorker, "start", self._start_kept, over=interpreter_work)
        wrap(
            ExecutionWorker,
            "_get_evaluation_environment",
            self._kept_environment,
            over=interpreter_work,
        )

    def freeze(self) -> None:
        """Keeps no more history: what is still running counts as interrupted from here on."""
        self._frozen = True

    @property
    def is_frozen(self) -> bool:
        """Whether history is kept no more."""
        return self._frozen

    def restore(self) -> None:
        """Gives the state machines that there are the executions that they had.

        What was running has failed, which EventBridge is told of as of any failure. What had yet to
        begin does so now.
        """
        unfinished = [
            execution
            # One by one: each row has the whole definition.
            for (arn,) in self._database.rows("SELECT arn FROM executions ORDER BY started")
            for row in self._database.rows("SELECT * FROM executions WHERE arn = ?", arn)
            if (execution := self._unfinished(*row))
        ]
        for execution in unfinished:
            if execution.exec_worker:
                execution_events.send(execution)
            else:
                execution.start()

    def of(self, machine: str) -> list[Execution]:
        """The executions of a state machine."""
        return list(_machine(machine).executions)

    def remove(self, execution: Execution) -> None:
        """Forgets an execution that has ended."""
        arn = execution.exec_arn
        _machine(execution.state_machine.arn).executions.remove(execution)
        with self._database.writing() as tables:
            tables.execute("DELETE FROM history WHERE execution = ?", [arn])
            tables.execute("DELETE FROM executions WHERE arn = ?", [arn])

    def keep_events_of(self, manager: EventManager, arn: str) -> None:
        """Makes the manager keep the events of an execution, and read those that there are."""
        manager.keep = partial(self._add, arn)
        manager.read = partial(self._read, arn)

    def _start_kept(self, start: Any, worker: ExecutionWorker) -> None:
        self._begin(worker._execution_communication.execution)
        start(worker)

    def _kept_environment(self, environment_of: Any, worker: ExecutionWorker) -> Any:
        environment = environment_of(worker)
        self.keep_events_of(
            environment.event_manager, worker._execution_communication.execution.exec_arn
        )
        return environment

    def _input(self, execution: Any) -> str:
        held: str | None = vars(execution).get("held_input")
        if held is not None:
            return held
        query = "SELECT input FROM executions WHERE arn = ?"
        [(given,)] = self._database.rows(query, execution.exec_arn)
        return str(given)

    def _let_go(self, execution: Execution) -> None:
        """Leaves to the database what only an execution that goes on needs in memory."""
        execution.exec_worker = _Ended(execution, self)
        for held in ("held_output", "held_input"):
            vars(execution).pop(held, None)
        execution.input_details = execution.output_details = _DETAILS

    def _begin(self, execution: Execution) -> None:
        values = [
            execution.exec_arn,
            execution.state_machine.arn,
            execution.name,
            execution.execution_input,
            execution.state_machine.definition,
            execution.start_date.isoformat(),
        ]
        with self._database.writing(durably=True) as tables:
            tables.execute("INSERT OR IGNORE INTO executions VALUES (?,?,?,?,?,?)", values)

    def _add(self, arn: str, event: Any) -> None:
        def write() -> None:
            with self._database.writing() as tables:
                row = [arn, event["id"], json.dumps(event)]
                tables.execute("INSERT INTO history VALUES (?, ?, ?)", row)

        wait_for_room(write, give_up=lambda: self._frozen)

    def _read(self, arn: str, only: str = "true") -> list[Any]:
        """The events of an execution, in order; those of which ``only`` holds."""
        query = f"SELECT event FROM history WHERE execution = ?1 AND {only} ORDER BY id"
        return [json.loads(event) for (event,) in self._database.rows(query, arn)]

    def _reflect(self, reflect: Any, told: BaseExecutionWorkerCommunication) -> None:
        reflect(told)
        execution = told.execution
        manager = execution.exec_worker.env.event_manager
        if _ended(events := manager._history_event_list):
            _take_from_history(execution, events)  # nothing looks different after a restart
            if not self._frozen:  # else the end of it may not be in the database
                self._let_go(execution)

    def _unfinished(
        self, arn: str, machine_arn: str, name: str, given: str, definition: str, started: str
    ) -> Execution | None:
        """Takes an execution up again; returns it if it had not ended when local mode did.

        One that had yet to begin has no worker.
        """
        machine = _machine(machine_arn)
        if machine is None:
            return None
        execution = Execution(
            name=name,
            sm_type=machine.sm_type,
            role_arn=machine.roleArn,
            exec_arn=arn,
            account_id=arn.split(":")[4],
            region_name=arn.split(":")[3],
            state_machine=self._as_it_was(machine, definition),
            start_date=datetime.fromisoformat(started),
            cloud_watch_logging_session=None,
            activity_store={},
            input_data=given,
        )
        machine.executions.append(execution)
        if not (newest := self._read(arn, _NEWEST)):  # it has not begun
            return execution
        return execution if self._restore_end(execution, newest) else None

    def _as_it_was(self, machine: Any, definition: str) -> Any:
        """The state machine when it had the definition; one for all of its executions."""
        known = self._as_they_were.get((machine.arn, definition))
        if known is None:
            known = self._as_they_were[machine.arn, definition] = copy.copy(machine)
            known.definition, known.executions = definition, []
        return known

    def _restore_end(self, execution: Execution, newest: list[Any]) -> bool:
        """Gives the execution the end that it had; tells whether it had none, and has failed."""
        execution.exec_worker = execution._get_start_execution_worker()
        environment = execution.exec_worker._get_evaluation_environment()
        execution.exec_worker.env = environment
        manager = environment.event_manager
        manager._event_id_gen._next_id = newest[-1]["id"] + 1
        manager._history_event_list = None
        if was_running := not _ended(newest):
            _add_interruption(manager)
            newest = self._read(execution.exec_arn, _NEWEST)
        redrives = self._read(execution.exec_arn, _REDRIVES)
        _take_from_history(execution, [*redrives, *newest])
        self._let_go(execution)
        return was_running


def _publish_kept(publish: Any, manager: EventManager, *args: Any, **kwargs: Any) -> None:
    events = manager._history_event_list = manager._history_event_list
    publish(manager, *args, **kwargs)
    manager.keep(events[-1])


def _events(manager: Any) -> list[Any]:
    """To be looked at only: it is no copy, which takes long to make."""
    held: list[Any] | None = manager.__dict__.get("held")
    return manager.read() if held is None else held


def _hold_events(manager: Any, events: list[Any] | None) -> None:
    manager.held = events


def _output(execution: Any) -> Any:
    if execution.exec_status == ExecutionStatus.SUCCEEDED and "held_output" not in vars(execution):
        [newest] = execution.exec_worker.env.event_manager.read(_NEWEST)
        return json.loads(newest["executionSucceededEventDetails"]["output"])
    return vars(execution).get("held_output")


def _hold_output(execution: Any, output: Any) -> None:
    execution.held_output = output


def _hold_input(execution: Any, given: str) -> None:
    execution.held_input = given


class _Ended:
    """What stays of the worker of an execution that has ended.

    What others ask its environment for is made anew: few are ever asked about.
    """

    __slots__ = ("_arn", "_kept", "_next_id", "_pools")

    def __init__(self, execution: Execution, kept: KeptExecutions) -> None:
        environment = execution.exec_worker.env
        self._arn = execution.exec_arn
        self._kept = kept
        self._next_id = environment.event_manager._event_id_gen._next_id
        pools = (environment.callback_pool_manager, environment.map_run_record_pool_manager)
        self._pools = pools if any(pool._pool for pool in pools) else None

    @property
    def env(self) -> SimpleNamespace:
        """What is left of its environment."""
        manager = EventManager()
        manager._event_id_gen._next_id = self._next_id
        manager._history_event_list = None
        self._kept.keep_events_of(manager, self._arn)
        callbacks, map_runs = self._pools or (CallbackPoolManager({}), MapRunRecordPoolManager())
        return SimpleNamespace(
            event_manager=manager,
            callback_pool_manager=callbacks,
            map_run_record_pool_manager=map_runs,
        )

    def stop(self, **_: Any) -> None:
        """Nothing is left to be stopped."""


def _ended(events: list[Any]) -> bool:
    return events[-1]["type"] in _ENDS


def _add_interruption(manager: Any) -> None:
    events = manager.get_event_history()
    entered = [e["stateEnteredEventDetails"]["name"] for e in events if _is_entry(e)]
    where = f"while the run was in {entered[-1]}" if entered else "before its first step"
    manager.add_event(
        context=EventHistoryContext(events[-1]["id"]),
        event_type=HistoryEventType.ExecutionFailed,
        event_details=EventDetails(
            executionFailedEventDetails={
                "error": _INTERRUPTED,
                "cause": f"Local mode ended {where}. Nothing is lost: rerun it from there.",
            }
        ),
    )


def _take_from_history(execution: Execution, events: list[Any]) -> None:
    """Makes of the execution what its history tells; its end and its redrives are enough."""
    last = events[-1]
    execution.stop_date = datetime.fromisoformat(last["timestamp"])
    failed = last.get("executionFailedEventDetails", {})
    execution.error, execution.cause = failed.get("error"), failed.get("cause")
    if succeeded := last.get("executionSucceededEventDetails"):
        execution.output = json.loads(succeeded["output"])
    redrives = [event for event in events if event["type"] == "ExecutionRedriven"]
    execution.redrive_count = len(redrives)
    if redrives:
        execution.redrive_date = datetime.fromisoformat(redrives[-1]["timestamp"])
    execution.exec_status = _ENDS[last["type"]]  # last, for who waits for it looks at the rest


def _machine(arn: str) -> Any:
    _, _, _, region, account, *_ = arn.split(":")
    machines = stepfunctions_parser_backends[account][region].state_machines
    return next((machine for machine in machines if machine.arn == arn), None)


def _is_entry(event: Any) -> bool:
    return "stateEnteredEventDetails" in event
