"""Where a prediction runs, what it may cost, and how long it pauses where there is no room."""

from datetime import UTC, datetime, timedelta

import pytest

from lambdas.bucket.run_name import began
from lambdas.errors import BudgetTooSmall
from lambdas.jobs.cost import JobCost
from lambdas.jobs.kind import JobKind
from lambdas.jobs.run_cost import cost_text
from lambdas.runs.pause import pause_seconds
from tests.lambdas.picked_run import picked, picked_prediction

RUN = "20261124-080000-abcdef"
START = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.mark.parametrize("rows", [10, 10**6])
def test_a_prediction_costs_at_most_its_budget_and_its_memory_depends_on_the_model(
    rows: int,
) -> None:
    small = picked_prediction(rows=rows)["Instance"]
    large = picked_prediction(5, rows=rows, model_bytes=5 * 2**30)["Instance"]
    assert small["CostCapUSD"] <= 1 and large["CostCapUSD"] <= 5
    assert small["PredictType"] == picked_prediction(rows=1)["Instance"]["PredictType"]
    memory = {way["Type"]: way["MemoryGiB"] for way in large["PredictCandidates"]}
    assert memory[large["PredictType"]] >= 5 + 4 * 5


@pytest.mark.parametrize("status", ["Completed", "Failed"])
def test_what_a_prediction_has_cost_is_not_told_of_a_run(status: str) -> None:
    instance = picked_prediction()["Instance"]
    job = JobCost("job", JobKind.PREDICT, "ml.m5.large", status, 100, 0.1)
    elsewhere = {"instance_type": "local", "cpus": 2, "memory_gib": 4.0}
    assert cost_text(instance, [job], None).startswith("The prediction cost 0.10 USD: 1 job")
    assert "run" not in cost_text(instance, [job], elsewhere)
    assert cost_text(picked()["Instance"], [job], None).startswith("The run cost 0.10 USD: 1 job")


def test_a_budget_that_would_do_is_named() -> None:
    with pytest.raises(BudgetTooSmall, match=r"Set PredictionCost to ([\d.]+) or more") as error:
        picked_prediction(0.01)
    named = str(error.value).split("Set PredictionCost to ")[1].split()[0]
    assert picked_prediction(float(named))["Instance"]["CostCapUSD"] <= float(named)


def test_pauses_grow_to_an_hour_and_end_after_25_days() -> None:
    assert began(RUN) == START
    seconds = [
        pause_seconds(RUN, "why", START + timedelta(seconds=waited), 1)
        for waited in (0, 40, 600, 10**5)
    ]
    assert seconds == [30, 40, 600, 3600]
    with pytest.raises(BudgetTooSmall, match="why It has waited for 25 days"):
        pause_seconds(RUN, "why", START + timedelta(days=26), 1)
