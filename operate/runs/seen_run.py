"""A run as the console shows it. What is told of it in words depends on who looks: here are the
facts."""

import re
from dataclasses import dataclass
from datetime import datetime

from lambdas.errors import PairRejected, RowsRejected, UploadMisnamed
from lambdas.jobs.kind import kind_behind
from lambdas.state import IDLE_ENDS
from operate.runs.runs import why_ended
from operate.runs.score import Score

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
_FILES_AT_FAULT = {e.__name__ for e in (PairRejected, RowsRejected, UploadMisnamed)}

# An execution's ARN in what CheckPair says; its name has no colon and no blank.
_EXECUTION = re.compile(r"arn:[\w-]+:states:[\w-]*:\d*:execution:[^:\s]+:([\w.-]+)")


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
class Cost:
    """In USD: what a run was expected to cost, can cost at the most, and, once it is done, did."""

    usual: float
    most: float
    actual: float | None = None


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
    def handled_by(self) -> str:
        """The name of the execution that handles the same files; empty for one that does work."""
        if self.state != "AlreadyRunning":
            return ""
        found = _EXECUTION.search(self.message)
        return found[1] if found else ""

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
