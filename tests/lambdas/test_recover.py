"""What a job that did not do its work goes on with: within the budget, and never for ever."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.cost import JobCost
from lambdas.errors import BudgetTooSmall, JobFailed
from lambdas.job_failure import failure_of
from lambdas.recover import STEPS, Recovery
from tests.lambdas.picked_run import RUN, picked

CAPACITY = (
    "CapacityError: Unable to provision requested ML compute capacity. Please retry using a "
    "different ML instance type."
)
NO_QUOTA = (
    "The account-level service limit 'ml.m5.large for training job usage' is 0 Instances, with "
    "current utilization of 0 Instances and a request delta of 1 Instances."
)
COMMAND = "/usr/bin/python3 training/train.py --eval_metric auto --time_limit 60"
# As sagemaker-training 5.1.1 and 5.1.4 write them, which tests/local/test_toolkit.py sees.
OUT_OF_MEMORY = (
    'AlgorithmError: ExecuteUserScriptError:\nExitCode 137\nErrorMessage ""\n'
    'ExtraInfo "OutOfMemory: Process killed by SIGKILL (signal 9)"\n'
    f'Command "{COMMAND}", exit code: 1'
)
OUT_OF_MEMORY_NEWEST = (
    'AlgorithmError: ExecuteUserScriptError:\nExitCode -9\nErrorMessage ""\n'
    f'Command "{COMMAND}", exit code: 1'
)
# SageMaker's own words where it has noticed itself, in many public reports, of training and of
# processing jobs alike.
OUT_OF_MEMORY_BY_SAGEMAKER = (
    "ClientError: Please use an instance type with more memory, or reduce the size of job data "
    "processed on an instance."
)
# What a processing job's description says whatever happened.
NO_REASON = "AlgorithmError: See job logs for more information"
BUSY = NO_QUOTA.replace("is 0 Instances", "is 2 Instances")


def failed(state: dict[str, Any], reason: str, step: str = "Train") -> dict[str, Any]:
    """``state`` as Train or Evaluate leaves it when its job has failed."""
    instance = state["Instance"]
    kind = {"Train": "TrainingJobName", "Evaluate": "ProcessingJobName"}[step]
    name = f"{RUN}-{step.lower()}-{instance['Attempt']}-{instance['SinceRedrive']}-0"
    described = {kind: name, "FailureReason": reason}
    if step == "Evaluate" and reason.startswith("AlgorithmError"):
        described |= {"FailureReason": NO_REASON, "ExitMessage": "exit code: 137\n"}
    cause = json.dumps(described)
    return state | {"Failure": {"Error": "States.TaskFailed", "Cause": cause}}


def refused(state: dict[str, Any], reason: str) -> dict[str, Any]:
    """``state`` when SageMaker refused to create the job."""
    error = "SageMaker.ResourceLimitExceededException"
    return state | {"Failure": {"Error": error, "Cause": reason}}


def recovered(
    state: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    step: str = "Train",
    redrives: int = 0,
    spent: float = 0.0,
    chance: float = 0.5,
) -> dict[str, Any]:
    cost = JobCost("job", "ml.m5.large", "Failed", 100, spent)
    monkeypatch.setattr("lambdas.recover.training_costs", lambda *_: [cost])
    monkeypatch.setattr("lambdas.recover.evaluation_costs", lambda *_: [])
    return Recovery(state, STEPS[step], redrives, object(), lambda: chance).state()  # type: ignore[arg-type]


def test_without_capacity_the_next_candidate_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    before = picked()
    after = recovered(failed(before, CAPACITY), monkeypatch)
    types = [way["Type"] for way in before["Instance"]["Candidates"]]
    assert after["Instance"]["TrainType"] == types[1]
    assert after["Instance"]["Attempt"] == 1
    again = recovered(failed(after, CAPACITY), monkeypatch)
    assert again["Instance"]["TrainType"] == types[2]
    assert [a["Type"] for a in again["Attempts"]] == types[:2]
    assert "Failure" not in again


def test_a_quota_of_zero_is_like_no_capacity(monkeypatch: pytest.MonkeyPatch) -> None:
    before = picked()
    after = recovered(refused(before, NO_QUOTA), monkeypatch)
    assert after["Instance"]["TrainType"] != before["Instance"]["TrainType"]


@pytest.mark.parametrize(
    "reason",
    [
        OUT_OF_MEMORY,
        OUT_OF_MEMORY_NEWEST,
        OUT_OF_MEMORY_BY_SAGEMAKER,
        "AlgorithmError: , exit code: 137",
        "AlgorithmError: unexpected error: MemoryError: no, exit code: 1",
        'AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage "MemoryError"\n'
        'Command "python", exit code: 1',
    ],
)
def test_out_of_memory_gets_more_memory(monkeypatch: pytest.MonkeyPatch, reason: str) -> None:
    before = picked()
    after = recovered(failed(before, reason), monkeypatch)
    memory = {way["Type"]: way["MemoryGiB"] for way in before["Instance"]["Candidates"]}
    assert memory[after["Instance"]["TrainType"]] > memory[before["Instance"]["TrainType"]]


def test_without_spot_capacity_the_same_type_goes_on_on_demand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = picked(spot=True)
    assert before["Instance"]["Spot"]
    job = f"{RUN}-train-0-0-0"
    ended = {"JobName": job, "Status": "Stopped", "SecondaryStatus": "MaxWaitTimeExceeded"}
    after = recovered(before | {"Training": ended}, monkeypatch, spent=0.05)
    assert after["Instance"]["TrainType"] == before["Instance"]["TrainType"]
    assert after["Instance"]["Spot"] is False
    assert "MaxWaitTimeInSeconds" not in after["Instance"]["StoppingCondition"]
    assert "Training" not in after


def test_an_evaluation_goes_on_on_another_type_and_the_training_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = picked() | {"Training": {"JobName": f"{RUN}-train-0-0-0", "Status": "Completed"}}
    after = recovered(failed(before, CAPACITY, "Evaluate"), monkeypatch, "Evaluate")
    assert after["Instance"]["EvaluateType"] != before["Instance"]["EvaluateType"]
    assert after["Instance"]["TrainType"] == before["Instance"]["TrainType"]
    assert after["Training"] == before["Training"]


@pytest.mark.parametrize("reason", [CAPACITY, "InternalServerError: We did it.", OUT_OF_MEMORY])
def test_recovery_never_spends_beyond_the_budget(
    monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    with pytest.raises(BudgetTooSmall, match=r"Set TrainingCost to [\d.]+ or more"):
        recovered(failed(picked(), reason), monkeypatch, spent=0.9)
    after = recovered(failed(picked(budget=10), reason), monkeypatch, spent=0.9)
    assert 0.9 < after["Instance"]["CostCapUSD"] <= 10


def test_a_cheaper_type_is_taken_where_the_rest_of_the_budget_bears_no_better_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = picked()
    after = recovered(failed(before, CAPACITY), monkeypatch, spent=0.6)
    caps = {way["Type"]: way["CostCapUSD"] for way in before["Instance"]["Candidates"]}
    assert caps[after["Instance"]["TrainType"]] <= 0.4


def test_what_ran_out_of_memory_is_never_tried_with_as_little_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = picked(budget=10)
    memory = {way["Type"]: way["MemoryGiB"] for way in state["Instance"]["Candidates"]}
    too_small = 0
    for reason in (OUT_OF_MEMORY, CAPACITY, OUT_OF_MEMORY, CAPACITY):
        if reason == OUT_OF_MEMORY:
            too_small = memory[state["Instance"]["TrainType"]]
        state = recovered(failed(state, reason), monkeypatch)
        assert memory[state["Instance"]["TrainType"]] > too_small


def test_an_evaluation_gets_more_memory_too(monkeypatch: pytest.MonkeyPatch) -> None:
    state = picked()
    memory = {way["Type"]: way["MemoryGiB"] for way in state["Instance"]["EvaluateCandidates"]}
    for reason in (OUT_OF_MEMORY, OUT_OF_MEMORY_BY_SAGEMAKER, OUT_OF_MEMORY):
        before = memory[state["Instance"]["EvaluateType"]]
        state = recovered(failed(state, reason, "Evaluate"), monkeypatch, "Evaluate")
        assert memory[state["Instance"]["EvaluateType"]] > before


def test_a_redrive_after_out_of_memory_goes_on_with_more_even_beyond_the_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = failed(picked(), OUT_OF_MEMORY)
    with pytest.raises(BudgetTooSmall, match="choose Redrive to spend that"):
        recovered(state, monkeypatch, spent=0.9)
    after = recovered(state, monkeypatch, redrives=1, spent=0.9)
    memory = {way["Type"]: way["MemoryGiB"] for way in state["Instance"]["Candidates"]}
    assert memory[after["Instance"]["TrainType"]] > memory[state["Instance"]["TrainType"]]
    assert after["Instance"]["CostCapUSD"] > 1


@pytest.mark.parametrize(
    "said",
    [
        "The test file lacks the column(s) insufficient capacity.",
        "There is no column named Throttling or InternalServerError.",
        "The target MemoryError is odd., exit code: 1375",
    ],
)
def test_words_of_a_persons_file_are_not_taken_for_trouble_of_the_machine(said: str) -> None:
    for field in ("FailureReason", "ExitMessage"):
        cause = json.dumps({"FailureReason": "AlgorithmError: ", field: f"AlgorithmError: {said}"})
        failure = failure_of({"Error": "States.TaskFailed", "Cause": cause}, None)
        assert failure.trouble == "other"


def told(reason: str, message: str = "") -> str:
    cause = json.dumps({"FailureReason": reason, "ExitMessage": message})
    return failure_of({"Error": "States.TaskFailed", "Cause": cause}, None).reason


@pytest.mark.parametrize("reason", [OUT_OF_MEMORY, OUT_OF_MEMORY_NEWEST])
def test_a_killed_job_is_told_in_words(reason: str) -> None:
    assert told(reason) == "The machine's memory ran out."
    assert told(NO_REASON, "exit code: 137\n") == "The machine's memory ran out."


def framed(code: int, said: str) -> str:
    frame = f'ExecuteUserScriptError:\nExitCode {code}\nErrorMessage "{said}"\nCommand "{COMMAND}"'
    return f"AlgorithmError: {frame[:1024]}, exit code: 1"


@pytest.mark.parametrize(
    ("code", "said", "words"),
    [
        (1, "raise ValueError(x)\n ValueError: no x", "ValueError: no x"),
        (1, "KeyError: '\"a\"\nCommand'", 'KeyError: \'"a"'),
        (1, "raise OwnError\n pkg.OwnError: 값이 없음", "pkg.OwnError: 값이 없음"),
        (1, "raise ValueError(x)\n ValueError\n no x", "ValueError: no x"),
        (1, "A KeyError came.\n The end of it.", "The end of it."),
        (3, "", "The program ended with exit code 3 and left no reason."),
        (-11, "", "The program was ended by signal 11 and left no reason."),
        (139, "", "The program was ended by signal 11 and left no reason."),
        (1, "raise ValueError(\n" + "x" * 2000, "The program ended with exit code 1"),
        (1, "ValueError: " + "가" * 2000, "ValueError: 가가"),
    ],
)
def test_the_toolkits_frame_is_taken_off(code: int, said: str, words: str) -> None:
    reason = told(framed(code, said))
    assert reason.startswith(words)
    assert not any(word in reason for word in ("ExecuteUser", "ExitCode", "ErrorMessage", COMMAND))


def test_the_words_of_an_evaluation_are_what_it_left() -> None:
    assert told(NO_REASON, "The test file lacks a.") == "The test file lacks a."
    assert told(NO_REASON, "exit code: 2\n").startswith("The program ended with exit code 2")
    assert told(NO_REASON).startswith("The program failed and left no reason.")
    assert told("ClientError: No image.", "exit code: 2\n") == "No image."


def test_where_the_toolkit_itself_failed_its_last_words_are_told() -> None:
    trace = "Traceback (most recent call last):\n  File x, line 3, in run\nOSError: no file"
    reason = f"AlgorithmError: Framework Error: \n{trace}\nno file, exit code: 1"
    assert told(reason) == "OSError: no file"


@given(st.text(alphabet='"\n :ECa1', max_size=60), st.integers(0, 1200))
def test_a_frame_that_is_cut_anywhere_is_read(said: str, length: int) -> None:
    assert told(framed(1, said)[:length])


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_a_busy_quota_is_waited_for_longer_and_longer_but_shorter_than_the_inputs_are_kept(
    monkeypatch: pytest.MonkeyPatch, chance: float
) -> None:
    state, waits = picked(), []
    with pytest.raises(JobFailed):
        while True:
            state = recovered(refused(state, BUSY), monkeypatch, chance=chance)
            waits.append(state["WaitSeconds"])
    assert waits[0] < waits[3] < waits[-1] <= 3600
    assert 25 <= sum(waits) / (24 * 3600) < 26
    # Train's and RecoverTraining's five events each, two of the pause and of the choice after it.
    assert len(waits) * 14 < 18_000
    assert state["Instance"]["Attempt"] == 0  # no job was made, so its name is still free
    assert "Attempts" not in state


def test_a_redrive_after_all_waiting_tries_once_more_and_does_not_wait_as_long_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = picked()
    with pytest.raises(JobFailed):
        while True:
            state = recovered(refused(state, BUSY), monkeypatch)
    state = recovered(refused(state, BUSY), monkeypatch, redrives=1)
    assert state["WaitSeconds"] <= 30
    with pytest.raises(JobFailed):
        recovered(refused(state, BUSY), monkeypatch, redrives=1)


def test_an_evaluation_that_waits_its_turn_begins_with_short_waits_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = picked()
    for _ in range(9):
        state = recovered(refused(state, BUSY), monkeypatch)
    assert state["WaitSeconds"] > 900
    state = recovered(refused(state, BUSY), monkeypatch, "Evaluate")
    assert state["WaitSeconds"] <= 30


@pytest.mark.parametrize("reason", [CAPACITY, "InternalServerError: We did it.", OUT_OF_MEMORY])
def test_recovery_ends_after_a_few_attempts(monkeypatch: pytest.MonkeyPatch, reason: str) -> None:
    state, attempts = picked(budget=100), 0
    with pytest.raises(JobFailed):
        while True:
            state = recovered(failed(state, reason), monkeypatch)
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
    monkeypatch: pytest.MonkeyPatch, reason: str, told: str
) -> None:
    state = failed(picked(), reason)
    with pytest.raises(JobFailed) as caught:
        recovered(state, monkeypatch)
    assert told in str(caught.value) and "Redrive" in str(caught.value)
    after = recovered(state, monkeypatch, redrives=1)
    assert after["Instance"]["TrainType"] == state["Instance"]["TrainType"]
    with pytest.raises(JobFailed):
        recovered(failed(after, reason), monkeypatch, redrives=1)
    assert recovered(failed(after, reason), monkeypatch, redrives=2)


def test_a_refused_job_can_be_redriven_too(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = {"Error": "SageMaker.AccessDeniedException", "Cause": "not authorized"}
    state = picked() | {"Failure": denied}
    with pytest.raises(JobFailed, match="not authorized"):
        recovered(state, monkeypatch)
    after = recovered(state, monkeypatch, redrives=1)
    with pytest.raises(JobFailed):
        recovered(after | {"Failure": denied}, monkeypatch, redrives=1)


class SageMaker:
    """One training job, as SageMaker describes and lists it."""

    def __init__(self, name: str, status: str, reason: str = "") -> None:
        self._job = {
            "TrainingJobName": name,
            "TrainingJobStatus": status,
            "SecondaryStatus": status,
            "FailureReason": reason,
        }

    def list_training_jobs(self, **_: object) -> dict[str, Any]:
        return {"TrainingJobSummaries": [self._job]}

    def describe_training_job(self, TrainingJobName: str) -> dict[str, Any]:  # noqa: N803
        assert TrainingJobName == self._job["TrainingJobName"]
        return self._job


UNKNOWN = {
    "Error": "SageMaker.AmazonSageMakerException",
    "Cause": "null (Service: AmazonSageMaker; Status Code: 500; Error Code: InternalFailure)",
}


def after_unknown(
    state: dict[str, Any], sagemaker: SageMaker, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    monkeypatch.setattr("lambdas.recover.training_costs", lambda *_: [])
    monkeypatch.setattr("lambdas.recover.evaluation_costs", lambda *_: [])
    return Recovery(state, STEPS["Train"], 0, sagemaker, lambda: 0.5).state()  # type: ignore[arg-type]


def test_a_job_that_was_made_all_the_same_is_waited_for_and_gone_on_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state, name = picked() | {"Failure": UNKNOWN}, f"{RUN}-train-0-0-0"
    waiting = after_unknown(state, SageMaker(name, "InProgress"), monkeypatch)
    assert waiting["Training"]["Status"] == "InProgress" and "Failure" not in waiting
    assert waiting["WaitSeconds"] > 1
    done = after_unknown(waiting, SageMaker(name, "Completed"), monkeypatch)
    assert done["Training"] == {
        "JobName": name,
        "Status": "Completed",
        "SecondaryStatus": "Completed",
    }
    assert done["Instance"]["Attempt"] == 0 and "Attempts" not in done


def test_a_job_that_was_waited_for_and_failed_is_recovered_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = f"{RUN}-train-0-0-0"
    state = picked() | {"Failure": UNKNOWN}
    waiting = after_unknown(state, SageMaker(name, "InProgress"), monkeypatch)
    again = after_unknown(waiting, SageMaker(name, "Failed", CAPACITY), monkeypatch)
    assert "Training" not in again and again["Instance"]["Attempt"] == 1
    with pytest.raises(JobFailed, match=r"The column x is odd\."):
        reason = "AlgorithmError: The column x is odd., exit code: 1"
        after_unknown(waiting, SageMaker(name, "Failed", reason), monkeypatch)


def test_a_job_of_another_attempt_is_not_taken_for_this_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = picked() | {"Failure": UNKNOWN}
    state["Instance"]["Attempt"] = 1
    other = SageMaker(f"{RUN}-train-0-0-0", "Completed")
    again = after_unknown(state, other, monkeypatch)
    assert "Training" not in again and again["Instance"]["Attempt"] == 2


@pytest.mark.parametrize(
    ("error", "cause", "trouble"),
    [
        ("SageMaker.AmazonSageMakerException", "Rate exceeded (Error Code: Throttling)", "busy"),
        ("SageMaker.ThrottlingException", "Rate exceeded", "busy"),
        ("SageMaker.AmazonSageMakerException", "x (Status Code: 400; Error Code: Y)", "other"),
        ("SageMaker.ResourceInUseException", "already exists (Status Code: 400)", "service"),
    ],
)
def test_what_surely_made_no_job_is_told_from_what_may_have(
    error: str, cause: str, trouble: str
) -> None:
    failure = failure_of({"Error": error, "Cause": cause}, None)
    assert failure.trouble == trouble
    assert failure.may_run == (trouble == "service")


def test_a_job_that_was_stopped_or_ran_out_of_time_is_named_so() -> None:
    for how, told in (("Stopped", "by a person"), ("MaxRuntimeExceeded", "time limit")):
        failure = failure_of(None, {"Status": "Stopped", "SecondaryStatus": how})
        assert failure.trouble == "stopped" and told in failure.reason


@pytest.mark.parametrize(
    ("kind", "secondary", "trouble"),
    [
        ("Training", "Stopped", "stopped"),
        ("Training", "MaxRuntimeExceeded", "stopped"),
        ("Training", "MaxWaitTimeExceeded", "spot"),
        ("Processing", None, "stopped"),
    ],
)
def test_a_stopped_job_is_one_whether_it_comes_as_a_result_or_as_an_error(
    kind: str, secondary: str | None, trouble: str
) -> None:
    described = {f"{kind}JobName": "a", f"{kind}JobStatus": "Stopped"}
    described |= {"SecondaryStatus": secondary} if secondary else {}
    ended = {"JobName": "a", "SecondaryStatus": secondary or "Stopped"}
    caught = {"Error": "States.TaskFailed", "Cause": json.dumps(described)}
    assert failure_of(caught, None) == failure_of(None, ended)
    assert failure_of(caught, None).trouble == trouble


def test_a_quota_is_recognised_in_the_text_of_the_services_own_error() -> None:
    details = "(Service: AmazonSageMaker; Status Code: 400; Error Code: ResourceLimitExceeded)"
    error = "SageMaker.AmazonSageMakerException"
    assert (
        failure_of({"Error": error, "Cause": f"{NO_QUOTA} {details}"}, None).trouble == "no quota"
    )
    assert failure_of({"Error": error, "Cause": f"{BUSY} {details}"}, None).trouble == "busy"
