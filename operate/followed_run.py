"""One execution as somebody looks at it: read anew whenever asked, and only what is new."""

import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lambdas.jobs.kind import JobKind
from operate.account import Account
from operate.error_answer import error_answer
from operate.job_log import JobLog, LogSeen
from operate.place import Place
from operate.progress import Training
from operate.run_story import Job, Visit, events_of, jobs_of, story_of
from operate.runs import Run, run_told_by

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_NOT_THERE = {"ExecutionDoesNotExist", "InvalidArn", "ValidationException", "InvalidName"}
# CloudWatch has the last lines a little later than Step Functions the end.
_LINES_COME_FOR = timedelta(minutes=1)
_OF_TRAINING = JobKind.TRAIN.log_group


@dataclass(frozen=True)
class Snapshot:
    """An execution at a moment, in no language; ``now`` is that moment while it is running.

    ``log`` is the newest job's; ``training`` what the newest training's log tells, and
    ``training_began`` when that job was asked for.
    """

    described: dict[str, Any]
    events: list[Any]
    visits: tuple[Visit, ...]
    now: datetime | None
    log: LogSeen | None = None
    training: Training | None = None

    @property
    def run(self) -> Run:
        """The execution as a run, told in the language that is spoken."""
        return run_told_by(self.described, self.events)

    @property
    def jobs(self) -> list[Job]:
        """The execution's jobs, oldest first."""
        return jobs_of(self.visits)

    def seconds_in(self, visit: Visit) -> float:
        """How long a stay has lasted."""
        until = visit.left or self.now or visit.entered
        return max(0.0, (until - visit.entered).total_seconds())


@dataclass
class FollowedRun:
    """Follows the execution ``arn``."""

    account: Account
    arn: str
    _described: dict[str, Any] = field(default_factory=dict)
    _events: list[Any] = field(default_factory=list)
    _visits: tuple[Visit, ...] = ()
    _log: JobLog | None = None
    _training_log: JobLog | None = None
    _training: Training | None = None

    def refresh(self) -> Snapshot:
        """Reads what is new."""
        states = self.account.states
        described: dict[str, Any] = dict(states.describe_execution(executionArn=self.arn))
        described.pop("ResponseMetadata", None)
        is_running = described["status"] == "RUNNING"
        if is_running or described != self._described:
            known = self._events[-1]["id"] if self._events else 0
            if newer := events_of(states, self.arn, known):
                self._events = [*self._events, *newer]
                self._visits = tuple(story_of(self._events))
        self._described = described
        now = datetime.now(UTC)
        ended = described.get("stopDate")
        if self._log is None or ended is None or now - ended < _LINES_COME_FOR:
            self._read_logs(self.account.client("logs"))
        return Snapshot(
            described,
            self._events,
            self._visits,
            now.replace(microsecond=0) if is_running else None,
            self._log.seen if self._log else None,
            copy.deepcopy(self._training),
        )

    def _read_logs(self, logs: "CloudWatchLogsClient") -> None:
        jobs = jobs_of(self._visits)
        if not jobs:
            return
        trainings = [job for job in jobs if job.log_group == _OF_TRAINING]
        if trainings and (not self._training_log or self._training_log.job != trainings[-1]):
            self._training_log, self._training = JobLog(logs, trainings[-1]), Training()
        if not self._log or self._log.job != jobs[-1]:
            is_training = self._training_log and self._training_log.job == jobs[-1]
            self._log = self._training_log if is_training else JobLog(logs, jobs[-1])
        for log in {id(log): log for log in (self._training_log, self._log) if log}.values():
            lines = log.new_lines()
            if log is self._training_log and self._training:
                for line in lines:
                    self._training.read(line)


def execution_named(place: Place, name: str) -> str | None:
    """The ARN of the execution of that name in one of the stack's state machines; None where there
    is none."""
    for machine in place.state_machines:
        arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
        try:
            place.account.states.describe_execution(executionArn=arn)
        except ClientError as error:
            if error_answer(error).code not in _NOT_THERE:
                raise
        else:
            return arn
    return None


def definition_of(account: Account, arn: str) -> str:
    """The definition of the state machine that an execution runs, as its JSON."""
    return str(
        account.states.describe_state_machine_for_execution(executionArn=arn)["definition"]
    )
