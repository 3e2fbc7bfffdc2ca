"""Executions as Step Functions tells of them, counted by request, and a place that has them."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from operate.account import Account
from operate.place import Place

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:codefree"
PREDICTIONS = f"{MACHINE}-predict"
_BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
INSTANCE = {
    "UsualUSD": 0.48,
    "CostCapUSD": 0.66,
    "Prices": {"AsOf": "2026-11"},
    "TrainType": "ml.m5.large",
    "TrainUSDPerHour": 0.1,
    "Candidates": [],
}


@dataclass
class Execution:
    """One execution: what DescribeExecution says, and its history, the oldest event first."""

    name: str
    machine: str
    started: datetime
    input: Any
    status: str = "RUNNING"
    output: Any = None
    error: str = ""
    cause: str = ""
    redrives: int = 0
    ended: datetime | None = None
    events: list[Any] = field(default_factory=list)

    @property
    def arn(self) -> str:
        return f"{self.machine.replace(':stateMachine:', ':execution:')}:{self.name}"

    def enter(self, state: str, given: Any = None) -> None:
        self._happened(
            "TaskStateEntered",
            stateEnteredEventDetails={"name": state, "input": json.dumps(given or {})},
        )

    def ask_for_job(self, job: str) -> None:
        parameters = json.dumps({"TrainingJobName": job})
        self._happened("TaskScheduled", taskScheduledEventDetails={"parameters": parameters})

    def end(self, status: str, **said: Any) -> None:
        self.status, self.ended = status, self.started + timedelta(seconds=90)
        for name, value in said.items():
            setattr(self, name, value)

    def described(self) -> dict[str, Any]:
        told = {
            "executionArn": self.arn,
            "status": self.status,
            "startDate": self.started,
            "stopDate": self.ended,
            "input": json.dumps(self.input),
            "output": None if self.output is None else json.dumps(self.output),
            "error": self.error,
            "cause": self.cause,
            "redriveCount": self.redrives,
            "redriveStatus": "REDRIVABLE" if self.is_redrivable else "NOT_REDRIVABLE",
            "redriveStatusReason": f"Execution is {self.status} and cannot be redriven",
        }
        return {key: value for key, value in told.items() if value not in (None, "")}

    @property
    def is_redrivable(self) -> bool:
        return self.status in {"FAILED", "ABORTED", "TIMED_OUT"}

    def _happened(self, kind: str, **details: Any) -> None:
        moment = self.started + timedelta(seconds=len(self.events))
        self.events.append({"type": kind, "timestamp": moment, **details})


class FakeStates:
    """Step Functions with these executions; ``asked`` counts the requests by their names."""

    def __init__(self) -> None:
        self.executions: list[Execution] = []
        self.asked: Counter[str] = Counter()
        self.exceptions = SimpleNamespace(ExecutionNotRedrivable=_NotRedrivable)

    def start(self, given: Any, machine: str = MACHINE) -> Execution:
        number = len(self.executions)
        started = _BEGIN + timedelta(minutes=number)
        execution = Execution(f"run-{number}", machine, started, given)
        self.executions.append(execution)
        return execution

    def describe_execution(self, **asked: Any) -> Any:
        self.asked["describe"] += 1
        return self._named(asked).described()

    def get_paginator(self, request: str) -> Any:
        return SimpleNamespace(paginate=getattr(self, f"_{request}"))

    def redrive_execution(self, **asked: Any) -> None:
        execution = self._named(asked)
        if not execution.is_redrivable:
            raise _NotRedrivable({"Error": {"Code": "ExecutionNotRedrivable"}}, "RedriveExecution")
        self.asked["redrive"] += 1
        execution.status, execution.ended = "RUNNING", None
        execution.redrives += 1

    def stop_execution(self, **asked: Any) -> None:
        self.asked["stop"] += 1
        self._named(asked).end("ABORTED", error=asked["error"], cause=asked["cause"])

    def _named(self, asked: Any) -> Execution:
        for execution in self.executions:
            if execution.arn == asked["executionArn"]:
                return execution
        raise ClientError({"Error": {"Code": "ExecutionDoesNotExist"}}, "DescribeExecution")

    def _list_executions(self, **asked: Any) -> Iterator[Any]:
        ours = [e for e in reversed(self.executions) if e.machine == asked["stateMachineArn"]]
        for some in self._pages("list", ours, asked):
            told = [each.described() for each in some]
            fields = {"executionArn", "status", "startDate", "stopDate", "redriveCount"}
            yield {"executions": [{k: v for k, v in e.items() if k in fields} for e in told]}

    def _get_execution_history(self, **asked: Any) -> Iterator[Any]:
        events = self._named(asked).events
        events = events[::-1] if asked.get("reverseOrder") else events
        for some in self._pages("history", events, asked):
            yield {"events": some}

    def _pages(self, request: str, found: list[Any], asked: Any) -> Iterator[list[Any]]:
        each = asked.get("PaginationConfig", {}).get("PageSize", 1000)
        for at in range(0, len(found) or 1, each):
            self.asked[request] += 1
            yield found[at : at + each]


class _NotRedrivable(ClientError):
    pass


class FakeLogs:
    """CloudWatch's logs of training jobs; what was read before is not told again."""

    def __init__(self) -> None:
        self.lines: dict[str, list[tuple[datetime, str]]] = {}
        self.told = 0

    def describe_log_streams(self, **asked: Any) -> Any:
        found = [job for job in self.lines if job.startswith(asked["logStreamNamePrefix"])]
        return {"logStreams": [{"logStreamName": job} for job in found]}

    def get_log_events(self, **asked: Any) -> Any:
        first = int(asked.get("nextToken", 0))
        new = self.lines[asked["logStreamName"]][first:]
        self.told += len(new)
        events = [{"timestamp": round(at.timestamp() * 1000), "message": said} for at, said in new]
        return {"events": events, "nextForwardToken": str(first + len(new))}


def place_with(states: FakeStates, logs: FakeLogs | None = None, **account: Any) -> Place:
    """A place whose account answers with these."""
    account = {"region": "us-east-1"} | account
    place = Place(Account(**account), "codefree", Path("nowhere"))
    place.account._clients["stepfunctions", None] = states
    place.account._clients["logs", None] = logs or FakeLogs()
    place.__dict__.update(state_machine=MACHINE, prediction_machine=PREDICTIONS)
    return place


def uploaded(key: str) -> Any:
    """What starts an execution: S3's event about an upload."""
    return {"detail": {"object": {"key": key}}}


def trained(dataset: str, score: float = 0.95, baseline: float | None = 0.9) -> Any:
    """The output of a run that is done."""
    metrics: dict[str, Any] = {
        "eval_metric": "f1",
        "score": score,
        "interval": {"low": score - 0.05, "high": score + 0.03, "confidence": 0.95},
        "headline": "Of 53 rows, 50 were found.",
        "report": f"{dataset}_report.html",
    }
    if baseline is not None:
        name = "a linear model"
        metrics["baselines"] = {name: baseline, "a small tree": 0.5}
        metrics["comparisons"] = {
            name: {"verdict": "better", "difference": score - baseline, "low": 0.01, "high": 0.1},
            "a small tree": {"verdict": "better", "difference": 0.4, "low": 0.3, "high": 0.5},
        }
    cost = {"EstimatedUSD": 0.48, "MostUSD": 0.66, "ActualUSD": 0.31, "PricesAsOf": "2026-11"}
    approval = {"Version": 1, "Status": "Approved", "Text": "No other model was approved."}
    return {"Dataset": dataset, "Metrics": metrics, "Cost": cost, "Approval": approval}
