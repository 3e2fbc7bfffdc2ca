"""What a run's jobs have cost: billed seconds times the price at which the run was planned.

Every job of the run counts, failed and stopped ones too, whoever started them: a job's name begins
with the run's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from lambdas.errors import TryAgain
from lambdas.instances.catalog import job_cost
from lambdas.jobs.described_job import DescribedJob, describe_job, list_job_names
from lambdas.jobs.kind import JobKind
from lambdas.jobs.planned_job import planned_job, planned_kinds
from lambdas.language import spoken
from lambdas.state import InstanceState, JobCostState

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient


@dataclass(frozen=True)
class JobCost:
    """One job: where it ran, how it ended, and what it cost; ``saved`` is by spot, in USD."""

    job: str
    kind: JobKind
    type: str
    status: str
    billed_seconds: int
    usd: float
    saved: float = 0.0

    def as_state(self) -> JobCostState:
        """The job's line in summary.json."""
        return {
            "Job": self.job,
            "Type": self.type,
            "Status": self.status,
            "BilledSeconds": self.billed_seconds,
            "USD": round(self.usd, 4),
            "SavedBySpotUSD": round(self.saved, 4),
        }


def fetch_job_costs(
    sagemaker: "SageMakerClient", run_job_name: str, instance: InstanceState
) -> list[JobCost]:
    """What each job of the run has cost so far: the trainings, then the evaluations, or the
    predictions alone; each in the order in which they were made.

    Raises:
        TryAgain: too many ask SageMaker at once.
    """
    with _in_turn():
        return [
            _job_cost(describe_job(sagemaker, kind, name), kind, instance)
            for kind in planned_kinds(instance)
            for name in list_job_names(sagemaker, kind, run_job_name)
        ]


@contextmanager
def _in_turn() -> Iterator[None]:
    """An account may list jobs twice a second, and no more (seen as an account's fixed quota of
    ListTrainingJobs): where many runs end together, this is asked again later.
    """
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] != "ThrottlingException":
            raise
        raise TryAgain(
            spoken("Too many runs ask SageMaker at once what their jobs have cost.")
        ) from error


def _job_cost(job: DescribedJob, kind: JobKind, instance: InstanceState) -> JobCost:
    planned = planned_job(instance, kind)
    price = planned.usd_per_hour_of.get(job.instance_type, planned.usd_per_hour)
    return JobCost(
        job=job.name,
        kind=kind,
        type=job.instance_type,
        status=job.status,
        billed_seconds=job.billed_seconds,
        usd=_usd(job.billed_seconds, price, instance),
        saved=_usd(job.saved_seconds, price, instance),
    )


def _usd(seconds: float, price: float, instance: InstanceState) -> float:
    volume_price = instance["Prices"]["VolumeUSDPerGBMonth"]
    return job_cost(price, seconds, instance["VolumeGB"], volume_price)
