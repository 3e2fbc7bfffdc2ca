"""How the trainings stand that are under way, from their logs, of which each line is read once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lambdas.jobs.kind import JobKind
from operate.account import DENIED, Account
from operate.error_answer import error_answer
from operate.runs.progress import Training
from operate.runs.seen_run import SeenRun

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient


@dataclass(frozen=True)
class RunningTraining:
    """A training that is under way: its time budget in seconds, once that has begun, the number of
    models, and the best validation score so far with the name of its metric. ``since`` is when the
    budget began; until then, when the job was asked for."""

    since: datetime
    budget: float | None = None
    models: int = 0
    metric: str = ""
    best: float | None = None


@dataclass
class _Log:
    stream: str = ""
    token: str = ""
    begun: datetime | None = None
    training: Training = field(default_factory=Training)


@dataclass
class TrainingLogs:
    """The logs of the training jobs that were under way when somebody looked."""

    _logs: dict[str, _Log] = field(default_factory=dict)

    def read(self, account: Account, runs: Iterable[SeenRun]) -> dict[str, RunningTraining]:
        """How the trainings of those of the ``runs`` stand that are in one, by their executions."""
        under_way = {run.execution: run.job for run in runs if run.is_running and _trains(run)}
        jobs = {job.name for job in under_way.values() if job}
        self._logs = {job: self._logs.get(job, _Log()) for job in jobs}
        found = {}
        for execution, job in under_way.items():
            if job:
                self._read_on(account.client("logs"), job.name)
                found[execution] = _standing(job.since, self._logs[job.name])
        return found

    def _read_on(self, logs: "CloudWatchLogsClient", job: str) -> None:
        log, group = self._logs[job], JobKind.TRAIN.log_group
        try:
            if not log.stream:
                found = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=job)
                if not found["logStreams"]:
                    return
                log.stream = found["logStreams"][0]["logStreamName"]
            position: Any = {"nextToken": log.token} if log.token else {}
            page = logs.get_log_events(
                logGroupName=group, logStreamName=log.stream, startFromHead=True, **position
            )
        except ClientError as error:
            if error_answer(error).code not in DENIED | {"ResourceNotFoundException"}:
                raise
            return
        log.token = page["nextForwardToken"]
        for event in page["events"]:
            log.training.read(event["message"])
            if log.training.budget and log.begun is None:
                log.begun = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)


def _trains(run: SeenRun) -> bool:
    return run.state == JobKind.TRAIN


def _standing(asked: datetime, log: _Log) -> RunningTraining:
    """As people know a score: AutoGluon prints an error as a negative score of “-its name”."""
    training = log.training
    metric, best = training.metric or "", training.best_score
    if metric.startswith("-") and best is not None:
        metric, best = metric[1:], -best
    since = log.begun or asked
    return RunningTraining(since, training.budget, training.models, metric, best)
