"""What a run's jobs have cost: billed seconds times the price at which the run was planned.

Every job of the run counts, failed and stopped ones too, whoever started them: a job's name begins
with the run's. Sources: Amazon SageMaker AI API reference, DescribeTrainingJob (managed spot
training shortens ``BillableTimeInSeconds`` instead of the price: the saving is 1 - billable
time / training time); a processing job is billed from its start to its end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lambdas.errors import TryAgain
from lambdas.instances.catalog import job_cost

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient


@dataclass(frozen=True)
class JobCost:
    """One job: where it ran, how it ended, and what it cost; ``saved`` is by spot, in USD."""

    job: str
    type: str
    status: str
    billed_seconds: int
    usd: float
    saved: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The job's line in summary.json."""
        return {
            "Job": self.job,
            "Type": self.type,
            "Status": self.status,
            "BilledSeconds": self.billed_seconds,
            "USD": round(self.usd, 4),
            "SavedBySpotUSD": round(self.saved, 4),
        }


def training_costs(
    sagemaker: "SageMakerClient", run_job_name: str, instance: dict[str, Any]
) -> list[JobCost]:
    """What each training job of the run has cost so far, the first one first.

    Raises:
        TryAgain: too many ask SageMaker at once.
    """
    with _in_turn():
        pages = sagemaker.get_paginator("list_training_jobs").paginate(
            NameContains=run_job_name, SortBy="CreationTime", SortOrder="Ascending"
        )
        names = [job["TrainingJobName"] for page in pages for job in page["TrainingJobSummaries"]]
        return [_training_cost(sagemaker, name, instance) for name in names]


def evaluation_costs(
    sagemaker: "SageMakerClient", run_job_name: str, instance: dict[str, Any]
) -> list[JobCost]:
    """What each evaluation job of the run has cost so far, the first one first.

    Raises:
        TryAgain: too many ask SageMaker at once.
    """
    with _in_turn():
        pages = sagemaker.get_paginator("list_processing_jobs").paginate(
            NameContains=run_job_name, SortBy="CreationTime", SortOrder="Ascending"
        )
        names = [
            job["ProcessingJobName"] for page in pages for job in page["ProcessingJobSummaries"]
        ]
        return [_evaluation_cost(sagemaker, name, instance) for name in names]


@contextmanager
def _in_turn() -> Iterator[None]:
    """An account may list jobs twice a second, and no more (seen as an account's fixed quota of
    ListTrainingJobs): where many runs end together, this is asked for once more later.
    """
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] != "ThrottlingException":
            raise
        raise TryAgain("Too many runs ask SageMaker at once what their jobs have cost.") from error


def _training_cost(sagemaker: "SageMakerClient", name: str, instance: dict[str, Any]) -> JobCost:
    job = sagemaker.describe_training_job(TrainingJobName=name)
    kind = job["ResourceConfig"]["InstanceType"]
    prices = {way["Type"]: way["USDPerHour"] for way in instance["Candidates"]}
    billed, ran = job.get("BillableTimeInSeconds", 0), job.get("TrainingTimeInSeconds", 0)
    price = prices.get(kind, instance["TrainUSDPerHour"])
    saved = max(0, ran - billed) if job.get("EnableManagedSpotTraining") else 0
    return JobCost(
        job=name,
        type=kind,
        status=job["TrainingJobStatus"],
        billed_seconds=billed,
        usd=_usd(billed, price, instance),
        saved=_usd(saved, price, instance),
    )


def _evaluation_cost(sagemaker: "SageMakerClient", name: str, instance: dict[str, Any]) -> JobCost:
    job = sagemaker.describe_processing_job(ProcessingJobName=name)
    start, end = job.get("ProcessingStartTime"), job.get("ProcessingEndTime")
    billed = round((end - start).total_seconds()) if start and end else 0
    kind = job["ProcessingResources"]["ClusterConfig"]["InstanceType"]
    prices = {way["Type"]: way["USDPerHour"] for way in instance["EvaluateCandidates"]}
    return JobCost(
        job=name,
        type=kind,
        status=job["ProcessingJobStatus"],
        billed_seconds=billed,
        usd=_usd(billed, prices.get(kind, instance["EvaluateUSDPerHour"]), instance),
    )


def _usd(seconds: float, price: float, instance: dict[str, Any]) -> float:
    volume_price = instance["Prices"]["VolumeUSDPerGBMonth"]
    return job_cost(price, seconds, instance["VolumeGB"], volume_price)
