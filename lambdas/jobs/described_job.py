"""The SageMaker jobs of a run, looked up by their names.

Sources: Amazon SageMaker AI API reference, DescribeTrainingJob (managed spot training shortens
``BillableTimeInSeconds`` instead of the price: the saving is 1 - billable time / training time); a
processing job is billed from its start to its end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.jobs.kind import JobKind
from lambdas.state import JobState

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.literals import SortOrderType


@dataclass(frozen=True)
class DescribedJob:
    """A job as SageMaker describes it, whatever its kind.

    ``billed_seconds`` are those so far; ``saved_seconds`` were saved by spot capacity.
    """

    name: str
    status: str
    secondary_status: str
    instance_type: str
    billed_seconds: int
    saved_seconds: int
    description: Mapping[str, Any]

    @property
    def is_under_way(self) -> bool:
        """Whether it has not ended yet."""
        return self.status in {"InProgress", "Stopping"}

    def as_state(self) -> JobState:
        """The job as the state machine has it when a job's step has ended."""
        return {
            "JobName": self.name,
            "Status": self.status,
            "SecondaryStatus": self.secondary_status,
        }


def describe_job(sagemaker: "SageMakerClient", kind: JobKind, name: str) -> DescribedJob:
    """The job called ``name``."""
    if kind is JobKind.TRAIN:
        return _training_job(dict(sagemaker.describe_training_job(TrainingJobName=name)))
    return _processing_job(dict(sagemaker.describe_processing_job(ProcessingJobName=name)))


def find_newest_job(
    sagemaker: "SageMakerClient", kind: JobKind, name_begins: str
) -> DescribedJob | None:
    """The newest job whose name begins so; None where there is none."""
    names = list_job_names(sagemaker, kind, name_begins, "Descending")
    found = next((name for name in names if name.startswith(name_begins)), None)
    return describe_job(sagemaker, kind, found) if found else None


def list_job_names(
    sagemaker: "SageMakerClient", kind: JobKind, part: str, order: "SortOrderType" = "Ascending"
) -> list[str]:
    """The names of the jobs that have ``part`` in their names, by the time of their creation."""
    if kind is JobKind.TRAIN:
        training = sagemaker.get_paginator("list_training_jobs").paginate(
            NameContains=part, SortBy="CreationTime", SortOrder=order
        )
        return [j["TrainingJobName"] for page in training for j in page["TrainingJobSummaries"]]
    processing = sagemaker.get_paginator("list_processing_jobs").paginate(
        NameContains=part, SortBy="CreationTime", SortOrder=order
    )
    return [j["ProcessingJobName"] for page in processing for j in page["ProcessingJobSummaries"]]


def _training_job(job: dict[str, Any]) -> DescribedJob:
    billed, ran = job.get("BillableTimeInSeconds", 0), job.get("TrainingTimeInSeconds", 0)
    status = job["TrainingJobStatus"]
    return DescribedJob(
        name=job["TrainingJobName"],
        status=status,
        secondary_status=job.get("SecondaryStatus", status),
        instance_type=job["ResourceConfig"]["InstanceType"],
        billed_seconds=billed,
        saved_seconds=max(0, ran - billed) if job.get("EnableManagedSpotTraining") else 0,
        description=job,
    )


def _processing_job(job: dict[str, Any]) -> DescribedJob:
    start, end = job.get("ProcessingStartTime"), job.get("ProcessingEndTime")
    status = job["ProcessingJobStatus"]
    return DescribedJob(
        name=job["ProcessingJobName"],
        status=status,
        secondary_status=status,
        instance_type=job["ProcessingResources"]["ClusterConfig"]["InstanceType"],
        billed_seconds=round((end - start).total_seconds()) if start and end else 0,
        saved_seconds=0,
        description=job,
    )
