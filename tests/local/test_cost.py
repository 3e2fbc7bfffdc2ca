"""The budget, spot capacity and the cost of a run, through local mode."""

import json

import pytest

from lambdas.instances.catalog import snapshot_catalog
from local.aws import LocalAws
from local.faults import JobFault
from local.stack import Stack
from tests.local.stacks import stack_with_stand_in
from tests.local.uploads import Uploader, table


@pytest.fixture(scope="module")
def spot_stack(aws: LocalAws, packed_template: str) -> Stack:
    return stack_with_stand_in(
        aws, packed_template, SpotTraining="true", TrainingMinutes="10", TrainingCost="1"
    )


def test_the_run_says_what_it_was_expected_to_cost_and_what_it_cost(uploader: Uploader) -> None:
    uploader.upload_pair(table(12, "wait"), table(6))
    output = json.loads(uploader.worked()["output"])
    cost, instance = output["Cost"], output["Instance"]
    [training, evaluation] = cost["Jobs"]
    assert (training["Type"], evaluation["Type"]) == (
        instance["TrainType"],
        instance["EvaluateType"],
    )
    assert training["BilledSeconds"] >= 2
    catalog = snapshot_catalog("us-east-1")
    [train_type] = [t for t in catalog.types if t.name == instance["TrainType"]]
    expected = catalog.cost(
        train_type.training_price, training["BilledSeconds"], instance["VolumeGB"]
    )
    assert training["USD"] == pytest.approx(expected, abs=1e-4)
    assert cost["ActualUSD"] == pytest.approx(training["USD"] + evaluation["USD"], abs=2e-4)
    assert cost["ActualUSD"] <= cost["EstimatedUSD"] <= cost["MostUSD"] <= 1
    assert cost["PricesAsOf"].startswith("AWS price list of us-east-1")
    assert "The run cost" in cost["Text"]


def test_with_spot_the_job_waits_for_capacity_within_the_budget(
    aws: LocalAws, spot_stack: Stack
) -> None:
    uploader = Uploader(aws, spot_stack, "on spot")
    uploader.upload_pair(table(), table(6))
    output = json.loads(uploader.worked()["output"])
    [job] = uploader.training_jobs()
    assert job["EnableManagedSpotTraining"] is True
    limits = job["StoppingCondition"]
    assert limits["MaxWaitTimeInSeconds"] > limits["MaxRuntimeInSeconds"]
    assert "spot capacity" in output["Instance"]["Why"]


def test_without_spot_capacity_the_run_goes_on_on_demand(aws: LocalAws, spot_stack: Stack) -> None:
    uploader = Uploader(aws, spot_stack, "starved")
    aws.faults.plan([JobFault("starved", "Training", "starved")])
    uploader.upload_pair(table(), table(6))
    done = uploader.worked()
    assert uploader.states_entered(done)[2:11] == [
        "PickInstance",
        "ReserveBudget",
        "BudgetReserved",
        "Train",
        "TrainingFinished",
        "RecoverTraining",
        "WaitForTraining",
        "TrainingFinished",
        "Train",
    ]
    second, first = sorted(uploader.training_jobs(), key=lambda j: j["EnableManagedSpotTraining"])
    assert (first["TrainingJobStatus"], first["SecondaryStatus"]) == (
        "Stopped",
        "MaxWaitTimeExceeded",
    )
    assert second["TrainingJobStatus"] == "Completed"
    assert "MaxWaitTimeInSeconds" not in second["StoppingCondition"]
    cost = json.loads(done["output"])["Cost"]
    assert [job["Status"] for job in cost["Jobs"]] == ["Stopped", "Completed", "Completed"]


def test_a_budget_that_is_too_small_ends_the_run_before_any_job(
    aws: LocalAws, packed_template: str
) -> None:
    stack = stack_with_stand_in(aws, packed_template, TrainingMinutes="480", TrainingCost="0.05")
    uploader = Uploader(aws, stack, "dear")
    uploader.upload_pair(table(), table(6))
    failed = uploader.failed()
    assert failed["error"] == "BudgetTooSmall"
    message = json.loads(failed["cause"])["errorMessage"]
    assert "Set TrainingCost to" in message and "nothing is charged" in message
    assert uploader.training_jobs() == []
