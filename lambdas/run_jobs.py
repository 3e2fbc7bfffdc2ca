"""The SageMaker jobs of a run, looked up by their names."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient


@dataclass(frozen=True)
class RunJob:
    """A job as SageMaker describes it, whatever its kind."""

    name: str
    status: str
    secondary_status: str
    description: dict[str, Any]

    @property
    def is_under_way(self) -> bool:
        """Whether it has not ended yet."""
        return self.status in {"InProgress", "Stopping"}

    def as_result(self) -> dict[str, str]:
        """The job as the state machine has it when a job's step has ended."""
        return {
            "JobName": self.name,
            "Status": self.status,
            "SecondaryStatus": self.secondary_status,
        }


def job_called(sagemaker: "SageMakerClient", step: str, name: str) -> RunJob:
    """The job called ``name``; ``step`` is Train or Evaluate."""
    described: dict[str, Any]
    if step == "Train":
        described = dict(sagemaker.describe_training_job(TrainingJobName=name))
        status = described["TrainingJobStatus"]
    else:
        described = dict(sagemaker.describe_processing_job(ProcessingJobName=name))
        status = described["ProcessingJobStatus"]
    return RunJob(name, status, described.get("SecondaryStatus", status), described)


def newest_job(sagemaker: "SageMakerClient", step: str, name_begins: str) -> RunJob | None:
    """The newest job whose name begins so; None where there is none."""
    names = [
        name for name in _newest_names(sagemaker, step, name_begins) if name.startswith(name_begins)
    ]
    return job_called(sagemaker, step, names[0]) if names else None


def _newest_names(sagemaker: "SageMakerClient", step: str, part: str) -> list[str]:
    if step == "Train":
        training = sagemaker.list_training_jobs(
            NameContains=part, SortBy="CreationTime", SortOrder="Descending"
        )
        return [job["TrainingJobName"] for job in training["TrainingJobSummaries"]]
    processing = sagemaker.list_processing_jobs(
        NameContains=part, SortBy="CreationTime", SortOrder="Descending"
    )
    return [job["ProcessingJobName"] for job in processing["ProcessingJobSummaries"]]
