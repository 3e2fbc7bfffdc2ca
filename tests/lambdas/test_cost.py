"""What a run's jobs have cost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from lambdas.errors import TryAgain
from lambdas.jobs.cost import fetch_job_costs
from lambdas.jobs.kind import JobKind
from tests.lambdas.picked_run import RUN, picked

START = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def sagemaker() -> Iterator[Any]:
    client: Any = boto3.client(
        "sagemaker", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    with Stubber(client) as stubber:
        client.stubber = stubber
        yield client


def training_job(name: str, kind: str, billed: int, ran: int, status: str) -> dict[str, Any]:
    return {
        "TrainingJobName": name,
        "TrainingJobArn": f"arn:aws:sagemaker:us-east-1:123456789012:training-job/{name}",
        "ModelArtifacts": {"S3ModelArtifacts": "s3://b/model.tar.gz"},
        "TrainingJobStatus": status,
        "SecondaryStatus": status,
        "AlgorithmSpecification": {"TrainingInputMode": "File"},
        "ResourceConfig": {"InstanceType": kind, "InstanceCount": 1, "VolumeSizeInGB": 31},
        "StoppingCondition": {"MaxRuntimeInSeconds": 100},
        "CreationTime": START,
        "EnableManagedSpotTraining": True,
        "BillableTimeInSeconds": billed,
        "TrainingTimeInSeconds": ran,
    }


def answer_training(sagemaker: Any, jobs: list[dict[str, Any]]) -> None:
    names = ("TrainingJobName", "TrainingJobArn", "CreationTime", "TrainingJobStatus")
    listed = [{field: job[field] for field in names} for job in jobs]
    sagemaker.stubber.add_response(
        "list_training_jobs",
        {"TrainingJobSummaries": listed},
        {"NameContains": RUN, "SortBy": "CreationTime", "SortOrder": "Ascending"},
    )
    for job in jobs:
        sagemaker.stubber.add_response(
            "describe_training_job", job, {"TrainingJobName": job["TrainingJobName"]}
        )


def answer_evaluations(sagemaker: Any, jobs: list[dict[str, Any]]) -> None:
    sagemaker.stubber.add_response("list_processing_jobs", {"ProcessingJobSummaries": jobs})


def test_every_job_of_the_run_is_counted_and_spot_saves_what_was_not_billed(
    sagemaker: Any,
) -> None:
    instance = picked(1.0)["Instance"]
    kind, price = instance["TrainType"], instance["TrainUSDPerHour"]
    answer_training(
        sagemaker,
        [
            training_job(f"{RUN}-train-0-0-0", kind, 600, 600, "Failed"),
            training_job(f"{RUN}-train-0-1-0", kind, 900, 3000, "Completed"),
        ],
    )
    answer_evaluations(sagemaker, [])
    failed, done = fetch_job_costs(sagemaker, RUN, instance)
    volume = instance["VolumeGB"] * instance["Prices"]["VolumeUSDPerGBMonth"] / 730
    assert failed.usd == pytest.approx(600 / 3600 * (price + volume))
    assert done.usd == pytest.approx(900 / 3600 * (price + volume))
    assert done.saved == pytest.approx(2100 / 3600 * (price + volume))


def test_an_evaluation_is_billed_from_its_start_to_its_end(sagemaker: Any) -> None:
    instance = picked(1.0)["Instance"]
    name, arn = f"{RUN}-evaluate-0-0-0", "arn:aws:sagemaker:us-east-1:123456789012:processing-job/a"
    job = {
        "ProcessingJobName": name,
        "ProcessingJobArn": arn,
        "ProcessingJobStatus": "Completed",
        "CreationTime": START,
    }
    answer_training(sagemaker, [])
    answer_evaluations(sagemaker, [job])
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 31}
    sagemaker.stubber.add_response(
        "describe_processing_job",
        job
        | {
            "ProcessingResources": {"ClusterConfig": cluster},
            "AppSpecification": {"ImageUri": "image"},
            "ProcessingStartTime": START,
            "ProcessingEndTime": START + timedelta(minutes=5),
        },
    )
    [cost] = fetch_job_costs(sagemaker, RUN, instance)
    assert (cost.billed_seconds, cost.type) == (300, "ml.m5.large")
    assert cost.kind is JobKind.EVALUATE


def test_a_list_that_is_throttled_is_asked_for_again_later(sagemaker: Any) -> None:
    # The error ends the client's own attempts, too: it counts as the last of them.
    sagemaker.stubber.add_client_error("list_training_jobs", "ThrottlingException", "Rate exceeded")
    with pytest.raises(TryAgain):
        fetch_job_costs(sagemaker, RUN, picked()["Instance"])
