"""A run read with few requests, however long its history is."""

import json
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from lambdas.errors import UploadMisnamed
from lambdas.jobs.kind import kind_waiting_in
from lambdas.runs.execution import Execution
from lambdas.uploads.asked import key_in
from lambdas.uploads.dataset import HALVES
from lambdas.uploads.key import file_of
from operate.runs.runs import dataset_asked_for, rows_asked_for
from operate.runs.score import Score, finite
from operate.runs.seen_run import Cost, JobNow, Listed, SeenRun

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_FIRST_STEPS = {"CheckPair", "CheckRows"}
_FEW_EVENTS = 20
_COSTS = ("Estimated", "Most", "Actual")


def read_run(states: "SFNClient", listed: Listed) -> SeenRun:
    """The run that an execution is: one request if it has succeeded, two otherwise."""
    described: Any = states.describe_execution(executionArn=listed.execution)
    request, status = str(described.get("input", "")), str(described["status"])
    output = _object(described.get("output"))
    is_done = status == "SUCCEEDED"
    place = _Place(_end(output), output) if is_done else _read_place(states, listed)
    known = place.known
    start = described["startDate"]
    return SeenRun(
        execution=listed.execution,
        status=status,
        started=start,
        ended=described.get("stopDate"),
        redrives=described.get("redriveCount", 0),
        is_prediction=listed.is_prediction,
        dataset=_dataset(known, request, listed.is_prediction),
        run=Execution(listed.execution, start.astimezone(UTC).isoformat()).run,
        state=place.state,
        job=place.job,
        error=described.get("error", ""),
        cause=described.get("cause", ""),
        message=_message(known),
        headline=str(_told(output).get("headline") or ""),
        quota=_quota(place),
        waits_for=_waits_for(request) if place.state == "WaitingForPartner" else (),
        is_redrivable=described.get("redriveStatus") == "REDRIVABLE",
        has_report="report" in _told(output) or "Page" in output,
        score=Score.of(_told(output)),
        cost=_cost(known),
    )


@dataclass(frozen=True)
class _Place:
    """Where in its state machine an execution is, and the state that it brought there."""

    state: str
    known: dict[str, Any]
    job: JobNow | None = None


def _end(output: dict[str, Any]) -> str:
    """The state in which an execution has succeeded, by its output."""
    return "AlreadyRunning" if "TakenOver" in output else str(output.get("Outcome", "Publish"))


def _read_place(states: "SFNClient", listed: Listed) -> _Place:
    """From the newest events: the state that was entered last, and the job that was asked for."""
    pages = states.get_paginator("get_execution_history").paginate(
        executionArn=listed.execution,
        reverseOrder=True,
        PaginationConfig={"PageSize": _FEW_EVENTS},
    )
    job = None
    for event in (event for page in pages for event in page["events"]):
        if job is None and event["type"] == "TaskScheduled":
            asked = _object(event["taskScheduledEventDetails"]["parameters"])
            if name := asked.get("TrainingJobName") or asked.get("ProcessingJobName"):
                job = JobNow(str(name), event["timestamp"])
        if entered := event.get("stateEnteredEventDetails"):
            state = entered["name"]
            known = {} if state in _FIRST_STEPS else _object(entered.get("input"))
            return _Place(state, known, job)
    return _Place("", {})


def _object(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "null")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _dataset(known: Any, request: str, is_prediction: bool) -> str:
    if is_prediction:
        return rows_asked_for(request)
    run = known.get("Run")
    named = run.get("Dataset") if isinstance(run, dict) else known.get("Dataset")
    # No key has half of a character, but whoever starts an execution may write one.
    return (str(named) if named else dataset_asked_for(request)).encode(errors="replace").decode()


def _message(known: Any) -> str:
    """What was decided about the model of a run that is done, else what its steps said."""
    approval = known.get("Approval")
    if isinstance(approval, dict):
        return str(approval.get("Text", ""))
    return str(known.get("Message", "")) if known.get("Outcome") != "Ready" else ""


def _told(output: Any) -> dict[str, Any]:
    """What metrics.json, or prediction.json, says."""
    found = output.get("Metrics") or output.get("Told")
    return found if isinstance(found, dict) else {}


def _quota(place: _Place) -> str:
    kind = kind_waiting_in(place.state)
    planned = place.known.get("Instance")
    if kind is None or not isinstance(planned, dict):
        return ""
    return str(planned.get(f"{kind}Type", "")) if planned.get(f"{kind}Waits") else ""


def _waits_for(request: str) -> tuple[str, ...]:
    """The files that are missing beside the one whose upload has started the execution."""
    key = key_in(_object(request))
    if not key:
        return ()
    try:
        file = file_of(key)
    except UploadMisnamed:
        return ()
    missing = [part for part in HALVES if part is not file.part]
    return tuple(file.dataset.file_name(part) for part in missing)


def _cost(known: Any) -> Cost | None:
    if isinstance(cost := known.get("Cost"), dict):
        usual, most, actual = (finite(cost.get(f"{name}USD")) for name in _COSTS)
    elif isinstance(instance := known.get("Instance"), dict):
        usual, most = (finite(instance.get(name)) for name in ("UsualUSD", "CostCapUSD"))
        actual = None
    else:
        return None
    return None if usual is None or most is None else Cost(usual, most, actual)
