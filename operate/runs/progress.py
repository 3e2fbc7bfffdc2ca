"""What an execution is doing, read from AWS's own records: its history and its jobs' logs."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lambdas.jobs.kind import JobKind

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_stepfunctions import SFNClient

_SHOWN = {"TaskStateEntered", "SucceedStateEntered"}
_BUDGET = re.compile(r"^Time budget: (\S+) s")
_FITTING = re.compile(r"Fitting model: (\S+)")
_SCORE = re.compile(r"(\S+)\s+= Validation score\s+\((.+)\)")
_RUNTIME = re.compile(r"(\S+)s\s+= Training\s+runtime")


@dataclass(frozen=True)
class State:
    """One state that the execution entered. ``seconds`` counts on while it is in it."""

    name: str
    status: str
    seconds: float


@dataclass(frozen=True)
class FittedModel:
    """A model with its score on the validation rows, and how many seconds its training took."""

    name: str
    score: float
    seconds: float | None = None


@dataclass
class Training:
    """What the training's log tells: the budget in seconds, all models, and the best so far."""

    budget: float | None = None
    fitting: str | None = None
    models: int = 0
    best_model: str | None = None
    best_score: float | None = None
    metric: str | None = None
    fitted: list[FittedModel] = field(default_factory=list)

    @property
    def leaderboard(self) -> list[FittedModel]:
        """The models so far, the best first."""
        return sorted(self.fitted, key=lambda model: model.score, reverse=True)

    def read(self, line: str) -> None:
        """Takes in one line of AutoGluon's log. Its scores are all such that higher is better."""
        if found := _BUDGET.search(line):
            self.budget = _number(found.group(1)) or self.budget
        elif found := _FITTING.search(line):
            self.fitting = found.group(1)
        elif found := _SCORE.search(line):
            self.models += 1
            # AutoGluon says nan where a metric is undefined on the validation rows.
            if (score := _number(found.group(1))) is not None:
                self._add(score, found.group(2))
        elif self.fitted and (found := _RUNTIME.search(line)):
            last = self.fitted[-1]
            if last.name == (self.fitting or ""):
                self.fitted[-1] = replace(last, seconds=_number(found.group(1)))

    def _add(self, score: float, metric: str) -> None:
        self.metric = metric
        if self.best_score is None or score > self.best_score:
            self.best_score, self.best_model = score, self.fitting
        self.fitted.append(FittedModel(self.fitting or "", score))


@dataclass
class Progress:
    """Follows one execution; every call of :meth:`refresh` reads what is new."""

    states_client: "SFNClient"
    logs_client: "CloudWatchLogsClient"
    execution: str
    states: list[State] = field(default_factory=list)
    training: Training = field(default_factory=Training)
    _log_token: str | None = None

    def refresh(self) -> str:
        """Reads the execution's states and the training's log; returns the status."""
        status = str(self.states_client.describe_execution(executionArn=self.execution)["status"])
        events = self.events()
        self.states = list(_states(events, status))
        if job := _job_name(events, JobKind.TRAIN):
            for line in self._new_log_lines(JobKind.TRAIN.log_group, job):
                self.training.read(line)
        return status

    def events(self) -> list[Any]:
        """The whole history of the execution."""
        pages = self.states_client.get_paginator("get_execution_history").paginate(
            executionArn=self.execution
        )
        return [event for page in pages for event in page["events"]]

    def _new_log_lines(self, group: str, job: str) -> list[str]:
        try:
            streams = self.logs_client.describe_log_streams(
                logGroupName=group, logStreamNamePrefix=job
            )["logStreams"]
        except self.logs_client.exceptions.ResourceNotFoundException:
            return []
        if not streams:
            return []
        position = {"nextToken": self._log_token} if self._log_token else {}
        page = self.logs_client.get_log_events(
            logGroupName=group,
            logStreamName=streams[0]["logStreamName"],
            startFromHead=True,
            **position,  # type: ignore[arg-type]
        )
        self._log_token = page["nextForwardToken"]
        return [event["message"] for event in page["events"]]


def _number(text: str) -> float | None:
    """The number that stands there; None where it is none, whoever has printed the line."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _states(events: list[Any], status: str) -> Iterator[State]:
    entered: Any = None
    for event in events:
        if event["type"] in _SHOWN:
            entered = event
        elif entered and _is_exit_of(event, entered):
            yield State(_name(entered), "SUCCEEDED", _seconds(entered, event["timestamp"]))
            entered = None
    if entered:
        until = datetime.now(UTC) if status == "RUNNING" else events[-1]["timestamp"]
        yield State(_name(entered), status, _seconds(entered, until))


def _name(entered: Any) -> str:
    return str(entered["stateEnteredEventDetails"]["name"])


def _is_exit_of(event: Any, entered: Any) -> bool:
    details = event.get("stateExitedEventDetails")
    return bool(details) and details["name"] == _name(entered)


def _seconds(entered: Any, until: datetime) -> float:
    since: datetime = entered["timestamp"]
    return max(0.0, (until - since).total_seconds())


def _job_name(events: list[Any], state: str) -> str | None:
    """The name of the newest job that ``state`` submitted."""
    inside, name = False, None
    for event in events:
        if event["type"] == "TaskStateEntered":
            inside = _name(event) == state
        elif inside and event["type"] == "TaskScheduled":
            parameters = json.loads(event["taskScheduledEventDetails"]["parameters"])
            name = parameters.get("TrainingJobName") or parameters.get("ProcessingJobName")
    return name
