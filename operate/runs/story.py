"""What an execution did, state by state, told from its history.

Source: AWS Step Functions API reference, GetExecutionHistory (HistoryEvent). An event names the one
before it, so the events of branches that run at once are told apart.
"""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

Outcome = Literal["running", "succeeded", "caught", "failed", "stopped"]
Field = Literal["input", "output", "parameters", "cause"]
FIELDS: tuple[Field, ...] = get_args(Field)

STAYS_WITH_TEXTS = 3
_PAGE = 1000
_LONGEST_TEXT = 20_000
_KEPT_OF_LONGER = 4000
_NEWEST = 100
_ENDED_BADLY = ("Failed", "TimedOut")
_LOG_GROUPS = {
    "createTrainingJob": ("TrainingJobName", "/aws/sagemaker/TrainingJobs"),
    "createProcessingJob": ("ProcessingJobName", "/aws/sagemaker/ProcessingJobs"),
    "createTransformJob": ("TransformJobName", "/aws/sagemaker/TransformJobs"),
}


@dataclass(frozen=True)
class Payload:
    """A text in the history: the number of its event, what of it it is, the text, and its length.

    Of a long one it is the beginning.
    """

    event: int
    field: Field
    text: str
    length: int


@dataclass(frozen=True)
class Job:
    """A SageMaker job by its name, and the group of CloudWatch's logs that has its own."""

    name: str
    log_group: str


@dataclass
class Attempt:
    """One try of a task; ``ended`` is None, and ``error`` empty, as long as it is under way."""

    began: datetime
    parameters: Payload | None = None
    job: Job | None = None
    ended: datetime | None = None
    error: str = ""
    cause: Payload | None = None


@dataclass
class Visit:
    """One stay in a state; ``before`` is the state that it was reached from.

    An error that was caught led on to another state, as the definition has it.
    """

    state: str
    kind: str
    entered: datetime
    before: str = ""
    input: Payload | None = None
    output: Payload | None = None
    left: datetime | None = None
    outcome: Outcome = "running"
    attempts: list[Attempt] = field(default_factory=list)

    def forget_texts(self) -> None:
        """Keeps what it was and not what it was about."""
        self.input = self.output = None
        for attempt in self.attempts:
            attempt.parameters = attempt.cause = None


def events_of(states: "SFNClient", execution: str, known: int = 0) -> list[Any]:
    """The events of an execution's history after the one numbered ``known``, oldest first.

    The newest are read first, so that what is known is not read again.
    """
    newer = takewhile(
        lambda event: event["id"] > known,
        _newest_first(states, execution, _NEWEST if known else _PAGE),
    )
    return list(newer)[::-1]


def jobs_of(visits: Iterable[Visit]) -> list[Job]:
    """The jobs that were asked for, oldest first."""
    jobs = (attempt.job for visit in visits for attempt in visit.attempts)
    return list(dict.fromkeys(job for job in jobs if job))


def newest_events(states: "SFNClient", execution: str, first: int, most: int) -> list[Any]:
    """The events of an execution's history, the newest first: ``most`` from the ``first`` on."""
    return list(islice(_newest_first(states, execution), first, first + most))


def text_of(states: "SFNClient", execution: str, number: int, wanted: Field) -> str | None:
    """The whole text ``wanted`` of the event with the ``number``; None where there is none."""
    for event in _newest_first(states, execution):
        if event["id"] <= number:
            text = details_of(event).get(wanted)
            return str(text) if event["id"] == number and text is not None else None
    return None


def details_of(event: Any) -> dict[str, Any]:
    """What an event tells besides its type; each type has a field of its own for that."""
    return next((value for name, value in event.items() if name.endswith("EventDetails")), {})


def _newest_first(states: "SFNClient", execution: str, page: int = _PAGE) -> Iterator[Any]:
    pages = states.get_paginator("get_execution_history").paginate(
        executionArn=execution, reverseOrder=True, PaginationConfig={"PageSize": page}
    )
    for found in pages:
        yield from found["events"]


class RunStory:
    """What an execution did as far as its events were taken in.

    A history may have 25,000 events of 256 KB each (AWS Step Functions Developer Guide, "Service
    quotas"): the texts are kept of each state's newest stays alone.
    """

    def __init__(self) -> None:
        self.events = 0
        self._visits: list[Visit] = []
        self._visit_of: dict[int, Visit] = {}
        self._newest_of: dict[str, deque[Visit]] = {}

    @property
    def visits(self) -> tuple[Visit, ...]:
        """The stays in states, in the order in which they began, as they are now."""
        return tuple(visit if visit.left else deepcopy(visit) for visit in self._visits)

    def add(self, events: Iterable[Any]) -> None:
        """Takes in the events that come next."""
        for event in events:
            self._add(event)
            self.events = event["id"]

    def _add(self, event: Any) -> None:
        kind = str(event["type"])
        before = self._visit_of.get(event.get("previousEventId", 0))
        if kind.startswith("Execution"):
            self._take_execution(event, kind)
            return
        if "stateEnteredEventDetails" in event:
            visit: Visit | None = self._entered(event, before)
        else:
            visit = before or (self._visits[-1] if self._visits else None)
            if visit:
                _take(visit, event, kind)
        if visit:
            self._visit_of[event["id"]] = visit

    def _entered(self, event: Any, before: Visit | None) -> Visit:
        visit = Visit(
            state=str(event["stateEnteredEventDetails"]["name"]),
            kind=str(event["type"]).removesuffix("StateEntered"),
            entered=event["timestamp"],
            before=before.state if before else "",
            input=_payload(event, "input"),
        )
        self._visits.append(visit)
        newest = self._newest_of.setdefault(visit.state, deque())
        newest.append(visit)
        if len(newest) > STAYS_WITH_TEXTS:
            newest.popleft().forget_texts()
        return visit

    def _take_execution(self, event: Any, kind: str) -> None:
        """All that has not ended ends with the execution; a redrive may go on with it as it is."""
        going_on = [visit for visit in self._visits if visit.left is None]
        if kind == "ExecutionRedriven":
            if self._visits:
                self._visit_of[event["id"]] = self._visits[-1]
        elif kind != "ExecutionStarted":
            for visit in going_on:
                visit.left = event["timestamp"]
                failed = kind == "ExecutionFailed" and visit is self._visits[-1]
                visit.outcome = "failed" if failed or _is_failed(visit) else "stopped"
                for attempt in visit.attempts:
                    attempt.ended = attempt.ended or event["timestamp"]


def _take(visit: Visit, event: Any, kind: str) -> None:
    """What an event inside a state changes for the stay in it."""
    moment: datetime = event["timestamp"]
    if "stateExitedEventDetails" in event:
        visit.left, visit.output = moment, _payload(event, "output")
        visit.outcome = "caught" if _is_failed(visit) else "succeeded"
    elif kind.endswith("StateAborted"):
        visit.left, visit.outcome = moment, "stopped"
    elif kind.endswith("Scheduled"):
        if visit.left:  # a redrive that tries again what the history has not entered anew
            visit.left, visit.outcome = None, "running"
        parameters = _payload(event, "parameters") or _payload(event, "input")
        visit.attempts.append(Attempt(moment, parameters, _job(event)))
    elif visit.attempts and kind.endswith(_ENDED_BADLY):
        details = details_of(event)
        visit.attempts[-1].ended = moment
        visit.attempts[-1].error = str(details.get("error") or kind)
        visit.attempts[-1].cause = _payload(event, "cause")
    elif visit.attempts and kind.endswith("Succeeded"):
        visit.attempts[-1].ended = moment


def _is_failed(visit: Visit) -> bool:
    return bool(visit.attempts and visit.attempts[-1].error)


def _job(event: Any) -> Job | None:
    details = details_of(event)
    if details.get("resourceType") != "sagemaker":
        return None
    named = _LOG_GROUPS.get(str(details.get("resource")).partition(".")[0])
    try:
        parameters = json.loads(details.get("parameters", ""))
    except ValueError:
        return None
    if not named or not isinstance(parameters, dict):
        return None
    name, log_group = named
    return Job(str(parameters[name]), log_group) if name in parameters else None


def _payload(event: Any, wanted: Field) -> Payload | None:
    text = details_of(event).get(wanted)
    if text is None:
        return None
    text = str(text)
    kept = text if len(text) <= _LONGEST_TEXT else text[:_KEPT_OF_LONGER]
    return Payload(event["id"], wanted, kept, len(text))
