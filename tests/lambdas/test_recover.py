"""What a run goes on with when a job has failed: within the budget, and never for ever."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdas.errors import BudgetTooSmall, JobFailed
from lambdas.jobs.kind import JobKind
from lambdas.jobs.recovery import decide
from lambdas.recover import applied, describe_case
from tests.lambdas.aws_words import (
    BUSY,
    CAPACITY,
    NO_QUOTA,
    NO_REASON,
    OUT_OF_MEMORY,
    OUT_OF_MEMORY_BY_SAGEMAKER,
    OUT_OF_MEMORY_NEWEST,
)
from tests.lambdas.picked_run import RUN, picked, picked_prediction
from tests.lambdas.sagemaker_jobs import SageMakerJobs

BEGAN = datetime(2026, 11, 24, 8, tzinfo=UTC)


def failed(state: Any, reason: str, step: str = "Train") -> Any:
    """``state`` as Train or Evaluate leaves it when its job has failed."""
    instance = state["Instance"]
    kind = {"Train": "TrainingJobName", "Evaluate": "ProcessingJobName"}[step]
    name = f"{RUN}-{step.lower()}-{instance['Attempt']}-{instance['SinceRedrive']}-0"
    described = {kind: name, "FailureReason": reason}
    if step == "Evaluate" and reason.startswith("AlgorithmError"):
        described |= {"FailureReason": NO_REASON, "ExitMessage": "exit code: 137\n"}
    cause = json.dumps(described)
    return state | {"Failure": {"Error": "States.TaskFailed", "Cause": cause}}


def refused(state: Any, reason: str) -> Any:
    """``state`` when SageMaker refused to create the job."""
    error = "SageMaker.ResourceLimitExceededException"
    return state | {"Failure": {"Error": error, "Cause": reason}}


def recovered(
    state: Any,
    step: str = "Train",
    redrives: int = 0,
    spent: float = 0.0,
    chance: float = 0.5,
    now: datetime = BEGAN,
) -> Any:
    nothing_there: Any = SageMakerJobs()
    case = describe_case(state, JobKind(step), redrives, nothing_there, now)
    case = replace(case, spent_usd=spent)
    return applied(decide(case, chance), case, state)


def test_without_capacity_the_next_candidate_is_tried() -> None:
    before = picked()
    after = recovered(failed(before, CAPACITY))
    types = [way["Type"] for way in before["Instance"]["Candidates"]]
    assert after["Instance"]["TrainType"] == types[1]
    assert after["Instance"]["Attempt"] == 1
    again = recovered(failed(after, CAPACITY))
    assert again["Instance"]["TrainType"] == types[2]
    assert [a["Type"] for a in again["Attempts"]] == types[:2]
    assert "Failure" not in again


def test_a_quota_of_zero_is_like_no_capacity() -> None:
    before = picked()
    after = recovered(refused(before, NO_QUOTA))
    assert after["Instance"]["TrainType"] != before["Instance"]["TrainType"]


@pytest.mark.parametrize(
    "reason",
    [
        OUT_OF_MEMORY,
        OUT_OF_MEMORY_NEWEST,
        OUT_OF_MEMORY_BY_SAGEMAKER,
        "AlgorithmError: , exit code: 137",
        "AlgorithmError: unexpected error: MemoryError: no, exit code: 1",
        (
            'AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage "MemoryError"\n'
            'Command "python", exit code: 1'
        ),
    ],
)
def test_out_of_memory_gets_more_memory(reason: str) -> None:
    before = picked()
    after = recovered(failed(before, reason))
    memory = {way["Type"]: way["MemoryGiB"] for way in before["Instance"]["Candidates"]}
    assert memory[after["Instance"]["TrainType"]] > memory[before["Instance"]["TrainType"]]


def test_without_spot_capacity_the_same_type_goes_on_on_demand() -> None:
    before = picked(spot=True)
    assert before["Instance"]["Spot"]
    job = f"{RUN}-train-0-0-0"
    ended = {"JobName": job, "Status": "Stopped", "SecondaryStatus": "MaxWaitTimeExceeded"}
    after = recovered(before | {"Training": ended}, spent=0.05)
    assert after["Instance"]["TrainType"] == before["Instance"]["TrainType"]
    assert after["Instance"]["Spot"] is False
    assert "MaxWaitTimeInSeconds" not in after["Instance"]["StoppingCondition"]
    assert "Training" not in after


def test_an_evaluation_goes_on_on_another_type_and_the_training_is_kept() -> None:
    before = picked() | {"Training": {"JobName": f"{RUN}-train-0-0-0", "Status": "Completed"}}
    after = recovered(failed(before, CAPACITY, "Evaluate"), "Evaluate")
    assert after["Instance"]["EvaluateType"] != before["Instance"]["EvaluateType"]
    assert after["Instance"]["TrainType"] == before["Instance"]["TrainType"]
    assert after["Training"] == before["Training"]


@pytest.mark.parametrize("reason", [CAPACITY, "InternalServerError: We did it.", OUT_OF_MEMORY])
def test_recovery_never_spends_beyond_the_budget(reason: str) -> None:
    with pytest.raises(BudgetTooSmall, match=r"Set TrainingCost to [\d.]+ or more"):
        recovered(failed(picked(), reason), spent=0.9)
    after = recovered(failed(picked(budget=10), reason), spent=0.9)
    assert 0.9 < after["Instance"]["CostCapUSD"] <= 10


def test_a_cheaper_type_is_taken_where_the_rest_of_the_budget_bears_no_better_one() -> None:
    before = picked()
    after = recovered(failed(before, CAPACITY), spent=0.6)
    caps = {way["Type"]: way["CostCapUSD"] for way in before["Instance"]["Candidates"]}
    assert caps[after["Instance"]["TrainType"]] <= 0.4


def test_what_ran_out_of_memory_is_never_tried_with_as_little_again() -> None:
    state = picked(budget=10)
    memory = {way["Type"]: way["MemoryGiB"] for way in state["Instance"]["Candidates"]}
    too_small = 0.0
    for reason in (OUT_OF_MEMORY, CAPACITY, OUT_OF_MEMORY, CAPACITY):
        if reason == OUT_OF_MEMORY:
            too_small = memory[state["Instance"]["TrainType"]]
        state = recovered(failed(state, reason))
        assert memory[state["Instance"]["TrainType"]] > too_small


def test_an_evaluation_gets_more_memory_too() -> None:
    state = picked()
    memory = {way["Type"]: way["MemoryGiB"] for way in state["Instance"]["EvaluateCandidates"]}
    for reason in (OUT_OF_MEMORY, OUT_OF_MEMORY_BY_SAGEMAKER, OUT_OF_MEMORY):
        before = memory[state["Instance"]["EvaluateType"]]
        state = recovered(failed(state, reason, "Evaluate"), "Evaluate")
        assert memory[state["Instance"]["EvaluateType"]] > before


def test_a_redrive_after_out_of_memory_goes_on_with_more_even_beyond_the_budget() -> None:
    state = failed(picked(), OUT_OF_MEMORY)
    with pytest.raises(BudgetTooSmall, match="choose Redrive to spend that"):
        recovered(state, spent=0.9)
    after = recovered(state, redrives=1, spent=0.9)
    memory = {way["Type"]: way["MemoryGiB"] for way in state["Instance"]["Candidates"]}
    assert memory[after["Instance"]["TrainType"]] > memory[state["Instance"]["TrainType"]]
    assert after["Instance"]["CostCapUSD"] > 1


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_a_busy_quota_is_waited_for_longer_and_longer_but_shorter_than_the_inputs_are_kept(
    chance: float,
) -> None:
    state, waits = picked(), []
    with pytest.raises(JobFailed):
        while True:
            state = recovered(refused(state, BUSY), chance=chance)
            waits.append(state["WaitSeconds"])
    assert waits[0] < waits[3] < waits[-1] <= 3600
    assert 25 <= sum(waits) / (24 * 3600) < 26
    # Train's and RecoverTraining's five events each, two of the pause and of the choice after it.
    assert len(waits) * 14 < 18_000
    assert state["Instance"]["Attempt"] == 0  # no job was made, so its name is still free
    assert "Attempts" not in state


def test_what_a_prediction_has_waited_for_before_counts_too() -> None:
    state, now = picked_prediction(), BEGAN + timedelta(days=24)
    with pytest.raises(JobFailed):
        while True:
            state = recovered(refused(state, BUSY), "Predict", now=now)
            now += timedelta(seconds=state["WaitSeconds"])
    assert timedelta(days=25) <= now - BEGAN < timedelta(days=25, hours=1)
    assert recovered(refused(state, BUSY), "Predict", redrives=1, now=now)["WaitSeconds"] <= 30


def test_a_redrive_after_all_waiting_tries_once_more_and_does_not_wait_as_long_again() -> None:
    state = picked()
    with pytest.raises(JobFailed):
        while True:
            state = recovered(refused(state, BUSY))
    state = recovered(refused(state, BUSY), redrives=1)
    assert state["WaitSeconds"] <= 30
    with pytest.raises(JobFailed):
        recovered(refused(state, BUSY), redrives=1)


def test_an_evaluation_that_waits_its_turn_begins_with_short_waits_again() -> None:
    state = picked()
    for _ in range(9):
        state = recovered(refused(state, BUSY))
    assert state["WaitSeconds"] > 900
    state = recovered(refused(state, BUSY), "Evaluate")
    assert state["WaitSeconds"] <= 30


@pytest.mark.parametrize("reason", [CAPACITY, "InternalServerError: We did it.", OUT_OF_MEMORY])
def test_recovery_ends_after_a_few_attempts(reason: str) -> None:
    state, attempts = picked(budget=100), 0
    with pytest.raises(JobFailed):
        while True:
            state = recovered(failed(state, reason))
            attempts += 1
    assert 1 <= attempts <= 5


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("AlgorithmError: The column x is odd., exit code: 1", "The column x is odd."),
        ("ClientError: Access denied to the image.", "Access denied to the image."),
    ],
)
def test_what_only_a_person_can_mend_fails_in_words_and_is_retried_when_redriven(
    reason: str, told: str
) -> None:
    state = failed(picked(), reason)
    with pytest.raises(JobFailed) as caught:
        recovered(state)
    assert told in str(caught.value) and "Redrive" in str(caught.value)
    after = recovered(state, redrives=1)
    assert after["Instance"]["TrainType"] == state["Instance"]["TrainType"]
    with pytest.raises(JobFailed):
        recovered(failed(after, reason), redrives=1)
    assert recovered(failed(after, reason), redrives=2)


def test_a_refused_job_can_be_redriven_too() -> None:
    denied = {"Error": "SageMaker.AccessDeniedException", "Cause": "not authorized"}
    state = picked() | {"Failure": denied}
    with pytest.raises(JobFailed, match="not authorized"):
        recovered(state)
    after = recovered(state, redrives=1)
    with pytest.raises(JobFailed):
        recovered(after | {"Failure": denied}, redrives=1)
