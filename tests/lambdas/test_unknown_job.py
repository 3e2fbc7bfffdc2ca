"""Where it is not known whether a job was made: it is looked for before another is."""

from typing import Any

import pytest

from lambdas.errors import JobFailed
from lambdas.recover import STEPS, Recovery
from tests.lambdas.aws_words import CAPACITY
from tests.lambdas.picked_run import RUN, picked


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
