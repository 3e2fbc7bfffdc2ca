"""One SageMaker job: what was asked for, and how it goes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Self

ENDED = frozenset({"Completed", "Failed", "Stopped"})
# 1,024 characters of what the program left, and SageMaker's words around it.
_LONGEST_REASON = 1024 + len("AlgorithmError: , exit code: 255")


@dataclass(slots=True)
class ListedJob:
    """What the lists of jobs tell of one. Its ``kind`` is ``Training``, ``Processing`` or
    ``Transform``.

    Beside that, ``stop_is_error`` says how Step Functions tells of its stop (``local/faults.py``).
    """

    kind: str
    arn: str
    status: str = "InProgress"
    failure_reason: str | None = None
    ended: datetime | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    modified: datetime = field(default_factory=lambda: datetime.now(UTC))
    stop_is_error: bool = False

    @property
    def name(self) -> str:
        """The job's name."""
        return self.arn.rpartition("/")[2]

    def summary(self) -> dict[str, Any]:
        """The job's line in ListTrainingJobs, ListProcessingJobs or ListTransformJobs."""
        listed = {
            f"{self.kind}JobName": self.name,
            f"{self.kind}JobArn": self.arn,
            f"{self.kind}JobStatus": self.status,
            f"{self.kind}EndTime": self.ended,
            "CreationTime": self.created,
            "LastModifiedTime": self.modified,
            "FailureReason": self.failure_reason,
        }
        return {key: value for key, value in listed.items() if value is not None}


@dataclass(kw_only=True)
class Job(ListedJob):
    """A training, processing or transform job.

    ``process`` is the id of what runs and when that began; ``changed`` is told of every change.
    ``model`` is a transform job's: the fields of CreateModel's container, and ``RoleArn``.
    """

    request: dict[str, Any]
    model: dict[str, Any] | None = None
    secondary_status: str = "Pending"
    exit_message: str | None = None
    started: datetime | None = None
    metrics: dict[str, tuple[float, datetime]] = field(default_factory=dict)
    transitions: list[dict[str, Any]] = field(default_factory=list)
    process: tuple[int, float] | None = None
    stop_wanted: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    changed: Callable[["Job"], None] = lambda _: None

    @property
    def partition(self) -> str:
        """The AWS partition that the job is in."""
        return self.arn.split(":")[1]

    @property
    def image(self) -> str:
        """The container's image."""
        if self.model:
            return str(self.model["Image"])
        field, name = {
            "Training": ("AlgorithmSpecification", "TrainingImage"),
            "Processing": ("AppSpecification", "ImageUri"),
        }[self.kind]
        return str(self.request[field][name])

    @property
    def role(self) -> str:
        """The role that the job works under."""
        return str((self.model or self.request)["RoleArn"])

    @property
    def most_seconds(self) -> float:
        """How long it may run; a transform job has no such limit."""
        stopping = self.request.get("StoppingCondition", {})
        return float(stopping.get("MaxRuntimeInSeconds", "inf"))

    @property
    def log_group(self) -> str:
        """The CloudWatch log group that SageMaker uses for such jobs."""
        return f"/aws/sagemaker/{self.kind}Jobs"

    def enter(self, secondary_status: str) -> None:
        """Notes the next phase: Starting, Downloading, Training, Uploading, …"""
        now = datetime.now(UTC)
        if self.transitions:
            self.transitions[-1]["EndTime"] = now
        self.secondary_status, self.modified = secondary_status, now
        self.transitions.append({"Status": secondary_status, "StartTime": now})
        self.changed(self)

    def runs_as(self, process: tuple[int, float]) -> None:
        """Notes the process that the job is."""
        self.process = process
        self.changed(self)

    def end(self, status: str, secondary_status: str, reason: str | None = None) -> None:
        """Notes how the job ended; ``reason`` is cut to what SageMaker keeps of it."""
        self.ended = datetime.now(UTC)
        self.failure_reason = reason[:_LONGEST_REASON] if reason else None
        self.enter(secondary_status)
        self.transitions[-1]["EndTime"] = self.ended
        self.status = status
        self.changed(self)
        self.over.set()

    def has_ended(self, within_seconds: float) -> bool:
        """Whether it has ended, or does within the time."""
        return self.status in ENDED or self.over.wait(within_seconds)

    def description(self) -> dict[str, Any]:
        """What DescribeTrainingJob, DescribeProcessingJob or DescribeTransformJob answers."""
        described = {key: value for key, value in self.request.items() if key != "Tags"}
        described |= {
            f"{self.kind}JobArn": self.arn,
            f"{self.kind}JobStatus": self.status,
            f"{self.kind}StartTime": self.started,
            f"{self.kind}EndTime": self.ended,
            "CreationTime": self.created,
            "LastModifiedTime": self.modified,
            "FailureReason": self.failure_reason,
        }
        described |= self._training_only() if self.kind == "Training" else self._processing_only()
        return {key: value for key, value in described.items() if value is not None}

    def _training_only(self) -> dict[str, Any]:
        output = self.request["OutputDataConfig"]["S3OutputPath"].rstrip("/")
        seconds = self._seconds()
        return {
            "SecondaryStatus": self.secondary_status,
            "SecondaryStatusTransitions": self.transitions,
            "ModelArtifacts": {"S3ModelArtifacts": f"{output}/{self.name}/output/model.tar.gz"},
            "TrainingTimeInSeconds": seconds,
            "BillableTimeInSeconds": seconds,
            "FinalMetricDataList": [
                {"MetricName": name, "Value": value, "Timestamp": at}
                for name, (value, at) in self.metrics.items()
            ]
            or None,
        }

    def _processing_only(self) -> dict[str, Any]:
        return {"ExitMessage": self.exit_message}

    def _seconds(self) -> int | None:
        if self.started is None:
            return None
        return round(((self.ended or datetime.now(UTC)) - self.started).total_seconds())


@dataclass(slots=True, kw_only=True)
class EndedJob(ListedJob):
    """What stays in memory of a job that has ended; ``read`` makes the whole of it again."""

    read: Callable[[str], Job]

    @classmethod
    def of(cls, job: Job, read: Callable[[str], Job]) -> Self:
        """That of ``job``; ``read`` is asked for it by its ARN."""
        listed = {each.name: getattr(job, each.name) for each in fields(ListedJob)}
        return cls(**listed, read=read)

    def has_ended(self, within_seconds: float) -> bool:  # noqa: ARG002 (no time is needed)
        """It has."""
        return True

    def description(self) -> dict[str, Any]:
        """What the whole job describes."""
        return self.read(self.arn).description()
