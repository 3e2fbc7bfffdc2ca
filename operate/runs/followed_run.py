"""One execution as somebody looks at it: read anew whenever asked, and only what is new."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lambdas.jobs.kind import JobKind
from operate.account import DENIED, Account
from operate.error_answer import error_answer
from operate.place import Place
from operate.runs.job_log import JobLog, LogSeen
from operate.runs.progress import FittedModel, Training
from operate.runs.read_run import read_run
from operate.runs.running_training import RunningTraining
from operate.runs.seen_run import Listed, SeenRun
from operate.runs.story import Job, RunStory, Visit, events_of, jobs_of

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_NOT_THERE = {"ExecutionDoesNotExist", "InvalidArn", "InvalidName", "ValidationException"}
# CloudWatch has the last lines a little later than Step Functions the end.
_LINES_COME_FOR = timedelta(minutes=1)
_OF_TRAINING = JobKind.TRAIN.log_group


@dataclass(frozen=True)
class Leaderboard:
    """The models of a training so far, the best first, with scores as people know them."""

    metric: str
    models: tuple[FittedModel, ...]
    fitting: str = ""


@dataclass(frozen=True)
class Snapshot:
    """An execution at a moment, in no language; ``now`` is that moment while it is running.

    ``log`` is the newest job's; ``training`` and ``leaderboard`` are what the log of the newest
    training tells.
    """

    run: SeenRun
    visits: tuple[Visit, ...]
    events: int
    now: datetime | None
    log: LogSeen | None = None
    training: RunningTraining | None = None
    leaderboard: Leaderboard | None = None
    may_read_logs: bool = True

    @property
    def jobs(self) -> list[Job]:
        """The execution's jobs, oldest first."""
        return jobs_of(self.visits)

    def seconds_in(self, visit: Visit) -> float:
        """How long a stay has lasted."""
        until = visit.left or self.now or visit.entered
        return max(0.0, (until - visit.entered).total_seconds())


@dataclass
class _TrainingLog:
    """What the log of a training job tells; ``began`` is when its time budget did."""

    log: JobLog
    training: Training = field(default_factory=Training)
    began: datetime | None = None

    def read(self) -> None:
        for line in self.log.new_lines():
            self.training.read(line.text)
            if self.training.budget and self.began is None:
                self.began = line.at


@dataclass
class FollowedRun:
    """Follows the execution ``arn``."""

    account: Account
    arn: str
    is_prediction: bool
    _described: dict[str, Any] = field(default_factory=dict)
    _story: RunStory = field(default_factory=RunStory)
    _visits: tuple[Visit, ...] = ()
    _run: SeenRun | None = None
    _log: JobLog | None = None
    _training: _TrainingLog | None = None
    _may_read_logs: bool = True

    def run(self) -> SeenRun:
        """The execution as a run."""
        described = self.account.states.describe_execution(executionArn=self.arn)
        return read_run(self.account.states, _listed(described, self.is_prediction))

    def refresh(self) -> Snapshot:
        """Reads what is new."""
        states = self.account.states
        described: dict[str, Any] = dict(states.describe_execution(executionArn=self.arn))
        described.pop("ResponseMetadata", None)
        is_running = described["status"] == "RUNNING"
        if self._run is None or is_running or described != self._described:
            if newer := events_of(states, self.arn, self._story.events):
                self._story.add(newer)
                self._visits = self._story.visits
            self._run = read_run(states, _listed(described, self.is_prediction))
        self._described = described
        now = datetime.now(UTC)
        ended = described.get("stopDate")
        if self._log is None or ended is None or now - ended < _LINES_COME_FOR:
            self._try_to_read_logs()
        return Snapshot(
            self._run,
            self._visits,
            self._story.events,
            now.replace(microsecond=0) if is_running else None,
            self._log.seen if self._log else None,
            self._standing(),
            self._leaderboard(),
            self._may_read_logs,
        )

    def _try_to_read_logs(self) -> None:
        """Who may only see runs does so without their logs."""
        try:
            self._read_logs(self.account.client("logs"))
        except ClientError as error:
            if error_answer(error).code not in DENIED:
                raise
            self._may_read_logs = False
        else:
            self._may_read_logs = True

    def _read_logs(self, logs: "CloudWatchLogsClient") -> None:
        """That of the newest job, and that of the newest training, which may be another."""
        jobs = jobs_of(self._visits)
        if not jobs:
            return
        trainings = [job for job in jobs if job.log_group == _OF_TRAINING]
        if trainings and (self._training is None or self._training.log.job != trainings[-1]):
            self._training = _TrainingLog(JobLog(logs, trainings[-1]))
        if self._training and self._training.log.job == jobs[-1]:
            self._log = self._training.log
        elif self._log is None or self._log.job != jobs[-1]:
            self._log = JobLog(logs, jobs[-1])
        if self._training:
            self._training.read()
        if self._training is None or self._log is not self._training.log:
            self._log.new_lines()

    def _standing(self) -> RunningTraining | None:
        """How the training stands that the execution waits for; None where it waits for none."""
        run = self._run
        job = run.job if run and run.is_running and run.state == JobKind.TRAIN else None
        if not job or not self._training or self._training.log.job.name != job.name:
            return None
        training, board = self._training.training, self._leaderboard()
        return RunningTraining(
            since=self._training.began or job.since,
            budget=training.budget,
            models=training.models,
            metric=board.metric if board else "",
            best=board.models[0].score if board else None,
        )

    def _leaderboard(self) -> Leaderboard | None:
        training = self._training.training if self._training else Training()
        if not training.fitted:
            return None
        metric, models = training.metric or "", training.leaderboard
        # AutoGluon prints an error as a negative score of “-its name”.
        if metric.startswith("-"):
            metric = metric[1:]
            models = [FittedModel(each.name, -each.score, each.seconds) for each in models]
        return Leaderboard(metric.replace("_", " "), tuple(models), training.fitting or "")


def _listed(described: Any, is_prediction: bool) -> Listed:
    return Listed(
        execution=described["executionArn"],
        status=described["status"],
        started=described["startDate"],
        ended=described.get("stopDate"),
        redrives=described.get("redriveCount", 0),
        is_prediction=is_prediction,
    )


def followed(place: Place, name: str) -> FollowedRun | None:
    """The execution of that name in one of the stack's state machines; None where there is none."""
    listed = _find(place, name)
    if listed is None:
        return None
    return FollowedRun(place.account, listed.execution, listed.is_prediction)


def run_called(place: Place, name: str) -> SeenRun | None:
    """The run whose execution has that name; None where there is none."""
    listed = _find(place, name)
    return read_run(place.account.states, listed) if listed else None


def _find(place: Place, name: str) -> Listed | None:
    states = place.account.states
    for machine in place.state_machines:
        arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
        try:
            described = states.describe_execution(executionArn=arn)
        except ClientError as error:
            if error_answer(error).code not in _NOT_THERE:
                raise
        else:
            return _listed(described, machine == place.prediction_machine)
    return None


def definition_of(account: Account, arn: str) -> str:
    """The definition of the state machine that an execution runs, as its JSON."""
    answer = account.states.describe_state_machine_for_execution(executionArn=arn)
    return str(answer["definition"])
