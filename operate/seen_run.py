"""A run as the console shows it, read with few requests however long its history is.

What is told of it in words depends on who looks: here are the facts.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from lambdas.errors import PairRejected, RowsRejected, UploadMisnamed
from lambdas.jobs.kind import kind_behind, kind_waiting_in
from lambdas.jobs.planned_job import planned_job
from lambdas.language import translated
from lambdas.runs.execution import Execution
from lambdas.state import IDLE_ENDS
from lambdas.uploads.asked import key_in
from lambdas.uploads.dataset import HALVES
from lambdas.uploads.key import file_of
from operate.runs import dataset_asked_for, rows_asked_for, why_ended

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_TRAINING_STEPS = ("CheckPair", "PickInstance", "Train", "SealModel", "Evaluate", "Publish")
_PREDICTION_STEPS = ("CheckRows", "PickInstance", "Predict", "Publish")
# The states that are about a step without being called like it or being about a job.
_PART_OF = {
    "PairReady": "CheckPair",
    "RowsReady": "CheckRows",
    "WaitToCheck": "CheckRows",
    "ReserveBudget": "PickInstance",
    "BudgetReserved": "PickInstance",
    "WaitForBudget": "PickInstance",
    "TrainingFinished": "Train",
    "EvaluationFinished": "Evaluate",
    "PredictionFinished": "Predict",
}
_FIRST_STEPS = {"CheckPair", "CheckRows"}
_FEW_EVENTS = 20
_FILES_AT_FAULT = {e.__name__ for e in (PairRejected, RowsRejected, UploadMisnamed)}


@dataclass(frozen=True)
class Listed:
    """An execution as ListExecutions tells of it."""

    execution: str
    status: str
    started: datetime
    ended: datetime | None
    redrives: int
    is_prediction: bool


@dataclass(frozen=True)
class Score:
    """The score on the test rows, with its interval, and the strongest baseline beside it.

    ``verdict`` is how the model compares with that: ``better``, ``no clear difference``, ``worse``.
    """

    metric: str
    value: float
    low: float | None = None
    high: float | None = None
    confidence: float | None = None
    baseline_name: str = ""
    baseline: float | None = None
    verdict: str = ""

    @property
    def baseline_words(self) -> str:
        """The baseline, in the language that is spoken."""
        return translated(self.baseline_name)

    @classmethod
    def of(cls, metrics: Any) -> Self | None:
        """The score in what metrics.json holds; None where there is none."""
        value = metrics.get("score")
        if not isinstance(value, int | float):
            return None
        interval = metrics.get("interval") or {}
        comparisons = metrics.get("comparisons") or {}
        # A positive difference favours the model, whatever the score.
        strongest = min(comparisons, key=lambda name: comparisons[name]["difference"], default="")
        return cls(
            metric=str(metrics.get("eval_metric")),
            value=value,
            low=interval.get("low"),
            high=interval.get("high"),
            confidence=interval.get("confidence"),
            baseline_name=strongest,
            baseline=(metrics.get("baselines") or {}).get(strongest),
            verdict=comparisons[strongest]["verdict"] if strongest else "",
        )


@dataclass(frozen=True)
class Cost:
    """In USD: what a run was expected to cost, can cost at the most, and, once it is done, did."""

    usual: float
    most: float
    actual: float | None = None
    as_of: str = ""


@dataclass(frozen=True)
class JobNow:
    """The job that a running run waits for: its name and when it was asked for."""

    name: str
    since: datetime


@dataclass(frozen=True)
class SeenRun:
    """One execution of either state machine.

    ``dataset`` is ``NAME/FILE.csv`` of a prediction. ``state`` is the one that it entered last, and
    ``job`` what it waits for, while it does. ``message`` is what the run's steps said, in the run's
    own language; ``quota`` the instance type whose quota it waits for; ``waits_for`` the uploads.
    """

    execution: str
    status: str
    started: datetime
    ended: datetime | None
    redrives: int
    is_prediction: bool
    dataset: str
    run: str
    state: str
    job: JobNow | None = None
    error: str = ""
    cause: str = ""
    message: str = ""
    headline: str = ""
    quota: str = ""
    waits_for: tuple[str, ...] = ()
    is_redrivable: bool = False
    has_report: bool = False
    minutes: float | None = None
    score: Score | None = None
    cost: Cost | None = None

    @property
    def name(self) -> str:
        """The execution's name, by which its pages are addressed."""
        return self.execution.rpartition(":")[2]

    @property
    def dataset_name(self) -> str:
        """The name of the dataset, also of a prediction."""
        return self.dataset.partition("/")[0] if self.is_prediction else self.dataset

    @property
    def file(self) -> str:
        """The file of new rows of a prediction, without ``.csv``."""
        file = self.dataset.partition("/")[2]
        return file.removesuffix(".gz").removesuffix(".csv")

    @property
    def is_running(self) -> bool:
        """Whether it is under way."""
        return self.status == "RUNNING"

    @property
    def is_done(self) -> bool:
        """Whether it has come to its results."""
        return self.status == "SUCCEEDED" and self.did_work

    @property
    def has_failed(self) -> bool:
        """Whether it has ended without results, whoever ended it."""
        return self.status not in {"RUNNING", "SUCCEEDED"}

    @property
    def did_work(self) -> bool:
        """Whether it did more than find that there was nothing to do."""
        return self.state not in IDLE_ENDS

    @property
    def can_be_rerun(self) -> bool:
        """Whether it can be redriven, and that can change anything."""
        return self.is_redrivable and self.error not in _FILES_AT_FAULT

    @property
    def needs_other_files(self) -> bool:
        """Whether it has failed for what was uploaded."""
        return self.error in _FILES_AT_FAULT

    @property
    def is_misnamed(self) -> bool:
        """Whether it is about an upload that belongs to no dataset, for its name."""
        return self.error == UploadMisnamed.__name__

    @property
    def why(self) -> str:
        """Why it has ended without results, in the language that is spoken."""
        return why_ended(self.status, self.error, self.cause)

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps that lead to the results, called like their states."""
        return _PREDICTION_STEPS if self.is_prediction else _TRAINING_STEPS

    @property
    def step(self) -> str:
        """The one of :attr:`steps` that it is in, or has ended in; empty before the first."""
        kind = kind_behind(self.state)
        step = str(kind) if kind else _PART_OF.get(self.state, self.state)
        return step if step in self.steps else ""


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
        minutes=_minutes(known),
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
    return str(named) if named else dataset_asked_for(request)


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
    if kind is None or "Instance" not in place.known:
        return ""
    job = planned_job(place.known["Instance"], kind)
    return job.type if job.waits else ""


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


def _minutes(known: Any) -> float | None:
    seconds = (known.get("Configuration") or {}).get("TimeLimitSeconds")
    return seconds / 60 if isinstance(seconds, int | float) else None


def _cost(known: Any) -> Cost | None:
    if isinstance(cost := known.get("Cost"), dict):
        spent = (cost["EstimatedUSD"], cost["MostUSD"], cost["ActualUSD"])
        return Cost(*spent, as_of=str(cost.get("PricesAsOf", "")))
    instance = known.get("Instance")
    if not isinstance(instance, dict):
        return None
    return Cost(instance["UsualUSD"], instance["CostCapUSD"], as_of=instance["Prices"]["AsOf"])
