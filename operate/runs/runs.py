"""The runs of a stack: what each is about, where it is, and why it failed."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from lambdas.bucket.layout import ROWS, UPLOADS
from lambdas.errors import PairRejected, RowsRejected, UploadMisnamed
from lambdas.jobs.kind import kind_recovered_in, kind_waiting_in
from lambdas.jobs.planned_job import planned_job
from lambdas.predictions.asked_rows import asked_rows_in
from lambdas.predictions.rows_file import rows_file_of
from lambdas.runs.execution_story import reason_of_failure
from lambdas.state import IDLE_ENDS
from lambdas.uploads.asked import asked_in, key_in
from lambdas.uploads.dataset import normal_name
from operate.language import spoken, to_speak
from operate.visible_text import shown

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_AT_ONCE = 8
_CHECKS_ROWS = "CheckRows"
_PAUSES = {"WaitForBudget", "WaitToCheck"}
# What is written into an execution that somebody stops, and is told again in any language.
STOPPED_HERE = to_speak("Stopped with codefree stop.")
STOPPED_IN_CONSOLE = to_speak("Stopped in the console.")
_STOPPED = to_speak("It was stopped.")
_OUT_OF_TIME = to_speak("It ran out of time.")


@dataclass(frozen=True)
class Run:
    """One execution of a state machine, as people want to see it.

    ``dataset`` is that of a run, and ``NAME/FILE.csv`` of a prediction.
    """

    execution: str
    dataset: str
    name: str
    status: str
    state: str
    finished: tuple[str, ...]
    started: datetime
    took: timedelta
    redrives: int
    error: str
    why: str
    not_redrivable: str | None
    is_prediction: bool = False

    @property
    def did_work(self) -> bool:
        """Whether it did more than find that there was nothing to do."""
        return self.state not in IDLE_ENDS

    @property
    def is_running(self) -> bool:
        """Whether it is under way."""
        return self.status == "RUNNING"

    @property
    def can_be_rerun(self) -> bool:
        """Whether it can be redriven, and that can change anything."""
        return self.not_redrivable is None and self.error != UploadMisnamed.__name__

    @property
    def typed_name(self) -> str:
        """What a person can type for it: the dataset's name, unless that hides something."""
        is_plain = shown(self.dataset) == self.dataset
        return self.dataset if is_plain else self.execution.rpartition(":")[2]

    def is_called(self, name: str) -> bool:
        """Whether ``name`` means this run: its dataset, its execution, or the run itself."""
        known = (self.dataset, self.name, self.execution, self.execution.split(":")[-1])
        return normal_name(name) in known


def newest_runs(states: "SFNClient", state_machine: str, most: int) -> list[Run]:
    """The ``most`` newest executions, newest first."""
    pages = states.get_paginator("list_executions").paginate(
        stateMachineArn=state_machine, PaginationConfig={"PageSize": min(most, 1000)}
    )
    listed = islice((execution for page in pages for execution in page["executions"]), most)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        # Only read at once: another thread does not know which language is spoken.
        read = list(pool.map(lambda e: _read(states, e["executionArn"]), listed))
    return [_run(described, events) for described, events in read]


def newest_of_all(states: "SFNClient", state_machines: list[str], most: int) -> list[Run]:
    """The ``most`` newest executions of all the state machines, newest first."""
    runs = [run for machine in state_machines for run in newest_runs(states, machine, most)]
    return sorted(runs, key=lambda run: run.started, reverse=True)[:most]


def run_of(states: "SFNClient", execution: str) -> Run:
    """The run that ``execution`` is."""
    return _run(*_read(states, execution))


def _read(states: "SFNClient", execution: str) -> tuple[Any, list[Any]]:
    """The execution as Step Functions describes it, and the events of its history."""
    described = states.describe_execution(executionArn=execution)
    pages = states.get_paginator("get_execution_history").paginate(executionArn=execution)
    return described, [event for page in pages for event in page["events"]]


def _run(described: Any, events: list[Any]) -> Run:
    entered = [e for e in events if "stateEnteredEventDetails" in e]
    is_prediction = any(e["stateEnteredEventDetails"]["name"] == _CHECKS_ROWS for e in entered)
    name, dataset = _run_and_dataset(events, described["input"], is_prediction)
    until = described.get("stopDate") or datetime.now(UTC)
    failed = described["status"] not in {"RUNNING", "SUCCEEDED"}
    return Run(
        execution=described["executionArn"],
        dataset=dataset,
        name=name,
        status=described["status"],
        state=entered[-1]["stateEnteredEventDetails"]["name"] if entered else "",
        finished=tuple(_finished(events)),
        started=described["startDate"],
        took=until - described["startDate"],
        redrives=described.get("redriveCount", 0),
        error=described.get("error", ""),
        why=why_ended(described["status"], described.get("error", ""), described.get("cause", ""))
        if failed
        else _said_of(entered, described.get("output", "null")),
        not_redrivable=(
            described.get("redriveStatusReason", "it can't be redriven")
            if described.get("redriveStatus") != "REDRIVABLE"
            else None
        ),
        is_prediction=is_prediction,
    )


class Shown(Protocol):
    """What has to be known of a run to tell whether it is worth showing."""

    @property
    def state(self) -> str:
        """The state that it entered last."""

    @property
    def dataset(self) -> str:
        """What it is about."""

    @property
    def did_work(self) -> bool:
        """Whether it did more than find that there was nothing to do."""


ShownT = TypeVar("ShownT", bound=Shown)


def worth_showing(runs: list[ShownT]) -> list[ShownT]:
    """The runs that did work, and those that wait for something newer than any work."""
    runs = [run for run in runs if run.state != "NothingToDo"]
    seen: set[str] = set()
    known = {run.dataset for run in runs if run.state != "AlreadyRunning"}
    shown = []
    for run in runs:
        if run.state == "AlreadyRunning" and run.dataset in known:
            continue
        if run.did_work or run.dataset not in seen:
            shown.append(run)
        seen.add(run.dataset)
    return shown


def _said_of(entered: list[Any], output: str) -> str:
    """What a run waits for that is in a pause or in line, or what was decided about its model."""
    last = entered[-1]["stateEnteredEventDetails"] if entered else {}
    if last.get("name") in {"WaitingForBudget", "WaitingForModel"} and output != "null":
        return str(json.loads(output)["Message"])
    if last.get("name") in _PAUSES:
        return spoken("It is waiting: the stack's limits have no room for it now.")
    if last.get("name") == "Publish":
        return _approval(json.loads(output))
    kind = kind_waiting_in(last.get("name", ""))
    if kind is None:
        return ""
    job = planned_job(json.loads(last["input"])["Instance"], kind)
    if not job.waits:
        return spoken("It will be retried in a moment.")
    return spoken("It is waiting: other jobs use the account's quota for {type}.", type=job.type)


def _approval(output: Any) -> str:
    """Whether the model of a run that is done takes over; empty where nothing is said of it."""
    told = output.get("Approval") if isinstance(output, dict) else None
    return str(told.get("Text", "")) if isinstance(told, dict) else ""


def why_ended(status: str, error: str, cause: str) -> str:
    """Why an execution has ended without success, in the language that is spoken."""
    if told := reason_of_failure(cause, error) or error:
        text = " ".join(told.split())
        return spoken(text) if text in {STOPPED_HERE, STOPPED_IN_CONSOLE} else text
    return spoken(_STOPPED if status == "ABORTED" else _OUT_OF_TIME)


def _run_and_dataset(events: list[Any], request: str, is_prediction: bool) -> tuple[str, str]:
    """The run's name and its dataset's, as CheckPair put them, or as far as the input tells."""
    for event in events:
        output = json.loads(event.get("stateExitedEventDetails", {}).get("output", "null"))
        if isinstance(output, dict) and "Run" in output and isinstance(output["Run"], dict):
            dataset = rows_asked_for(request) if is_prediction else output["Run"]["Dataset"]
            return output["Run"]["Id"], dataset
    return "", rows_asked_for(request) if is_prediction else dataset_asked_for(request)


def rows_asked_for(request: str) -> str:
    """The dataset and the file that an execution's input asks for a prediction of."""
    try:
        asked = asked_rows_in(request)
        file = asked.file or rows_file_of(asked.key or "")
    except UploadMisnamed:
        return (key_in(json.loads(request)) or "?").removeprefix(ROWS)
    except RowsRejected:
        return "?"
    return f"{file.dataset}/{file.file_name}"


def dataset_asked_for(request: str) -> str:
    """The dataset, or else the upload, that an execution's input asks for a run of."""
    try:
        asked = asked_in(request)
    except PairRejected:
        return "?"
    return next(iter(asked.datasets), (asked.key or "?").removeprefix(UPLOADS))


def _finished(events: list[Any]) -> list[str]:
    """The steps that have done their work, in order. One whose error was caught has not."""
    finished: list[str] = []
    for event in events:
        entered = event.get("stateEnteredEventDetails", {}).get("name", "")
        if event["type"] == "TaskStateExited":
            finished.append(event["stateExitedEventDetails"]["name"])
        elif kind := kind_recovered_in(entered):
            finished = [name for name in finished if name != kind]
    return [name for name in finished if not kind_recovered_in(name)]
