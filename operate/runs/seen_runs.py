"""The runs of a stack for who looks again and again: an execution that has ended is read once."""

import heapq
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lambdas.uploads.dataset import normal_name
from operate.error_answer import error_answer
from operate.place import Place
from operate.runs.read_run import read_run
from operate.runs.running_training import RunningTraining, TrainingLogs
from operate.runs.runs import worth_showing
from operate.runs.seen_run import Listed, SeenRun

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

RUNS_A_PAGE = 50
_AT_ONCE = 8
_AT_A_TIME = 24
_LISTED_AT_A_TIME = 200
# So long somebody waits at the most for runs that nobody has looked at before; the rest follows.
_LONGEST_SECONDS = 3.0
_FRESH_SECONDS = 0.9
# How many running ones are read anew at a time, those first that were read longest ago: Step
# Functions answers some 15 such requests a second (Developer Guide, "Service quotas").
_ANEW_AT_A_TIME = 8


@dataclass(frozen=True)
class RunsPage:
    """A page of runs, the newest first, and how the trainings among them stand.

    ``is_whole`` is whether all was read that belongs on it; ``at`` is when, where a run is running.
    """

    number: int
    runs: tuple[SeenRun, ...]
    trainings: dict[str, RunningTraining]
    has_older: bool
    is_whole: bool
    at: float = 0.0


@dataclass(frozen=True)
class _Kept:
    listed: Listed
    run: SeenRun | None
    at: float


@dataclass
class SeenRuns:
    """The runs of the stack at ``place``; any number of threads may look at them."""

    place: Place
    longest_seconds: float = _LONGEST_SECONDS
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _logs: TrainingLogs = field(default_factory=TrainingLogs)
    _lock: Lock = field(default_factory=Lock)

    def page(self, number: int = 1, name: str = "") -> RunsPage:
        """The page of this number, from 1 on, of the runs of datasets whose name has ``name``."""
        with self._lock:
            return self._page(number, normal_name(name).casefold())

    def _page(self, number: int, name: str) -> RunsPage:
        end = time.monotonic() + self.longest_seconds
        first, past = (number - 1) * RUNS_A_PAGE, number * RUNS_A_PAGE
        seen: list[SeenRun] = []
        found: list[SeenRun] = []
        is_whole, has_read = True, False
        listed, anew = self._listed(), _ANEW_AT_A_TIME
        while executions := list(islice(listed, _AT_A_TIME)):
            are_known = all(map(self._is_known, executions))
            if has_read and not are_known and time.monotonic() > end:
                is_whole = False
                break
            anew -= self._read(executions, anew)
            has_read |= not are_known
            kept = (self._kept[each.execution].run for each in executions)
            seen += [run for run in kept if run]
            found = [run for run in worth_showing(seen) if name in run.dataset.casefold()]
            if len(found) > past:
                break
        runs = tuple(found[first:past])
        return RunsPage(
            number=number,
            runs=runs,
            trainings=self._logs.read(self.place.account, runs),
            has_older=len(found) > past,
            is_whole=is_whole or len(found) > past,
            at=time.time() if any(run.is_running for run in runs) else 0.0,
        )

    def _listed(self) -> Iterator[Listed]:
        """The executions of both state machines, newest first, listed as far as they are read."""
        machines = self.place.state_machines
        each = [self._listed_of(m, m == self.place.prediction_machine) for m in machines]
        return heapq.merge(*each, key=lambda listed: listed.started, reverse=True)

    def _listed_of(self, machine: str, is_prediction: bool) -> Iterator[Listed]:
        pages = self.place.account.states.get_paginator("list_executions").paginate(
            stateMachineArn=machine, PaginationConfig={"PageSize": _LISTED_AT_A_TIME}
        )
        for page in pages:
            for found in page["executions"]:
                yield _listed(found, is_prediction)

    def _read(self, executions: list[Listed], most_anew: int) -> int:
        """Reads what is not known of the ``executions``; returns how many were read anew."""
        unread = [each for each in executions if not self._is_known(each)]
        stale = [each for each in executions if self._is_known(each) and self._is_stale(each)]
        stale.sort(key=lambda each: self._kept[each.execution].at)
        anew = stale[:most_anew]
        states = self.place.account.states
        if unread or anew:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                read = pool.map(lambda each: _run_if_there(states, each), unread + anew)
                for each, run in zip(unread + anew, read, strict=True):
                    self._kept[each.execution] = _Kept(each, run, time.monotonic())
        return len(anew)

    def _is_known(self, listed: Listed) -> bool:
        kept = self._kept.get(listed.execution)
        return kept is not None and kept.listed == listed

    def _is_stale(self, listed: Listed) -> bool:
        age = time.monotonic() - self._kept[listed.execution].at
        return listed.status == "RUNNING" and age > _FRESH_SECONDS


def _run_if_there(states: "SFNClient", listed: Listed) -> SeenRun | None:
    """The run; None where its execution was deleted after it was listed."""
    try:
        return read_run(states, listed)
    except ClientError as error:
        if error_answer(error).code != "ExecutionDoesNotExist":
            raise
        return None


def _listed(found: Any, is_prediction: bool) -> Listed:
    return Listed(
        execution=found["executionArn"],
        status=found["status"],
        started=found["startDate"],
        ended=found.get("stopDate"),
        redrives=found.get("redriveCount", 0),
        is_prediction=is_prediction,
    )
