"""Where it is not known whether a job was made: it is looked for before another is."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lambdas.errors import JobFailed
from lambdas.jobs.kind import JobKind
from lambdas.jobs.recovery import decide
from lambdas.recover import applied, describe_case
from lambdas.state import CaughtError
from tests.lambdas.aws_words import CAPACITY
from tests.lambdas.picked_run import RUN, picked
from tests.lambdas.sagemaker_jobs import SageMakerJobs

UNKNOWN: CaughtError = {
    "Error": "SageMaker.AmazonSageMakerException",
    "Cause": "null (Service: AmazonSageMaker; Status Code: 500; Error Code: InternalFailure)",
}


def after_unknown(state: Any, sagemaker: Any) -> Any:
    case = describe_case(state, JobKind.TRAIN, 0, sagemaker, datetime.now(UTC))
    return applied(decide(case, 0.5), case, state)


def test_a_job_that_was_made_all_the_same_is_waited_for_and_gone_on_with() -> None:
    state, name = picked() | {"Failure": UNKNOWN}, f"{RUN}-train-0-0-0"
    waiting = after_unknown(state, SageMakerJobs([(name, "InProgress")]))
    assert waiting["Training"]["Status"] == "InProgress" and "Failure" not in waiting
    assert waiting["WaitSeconds"] > 1
    done = after_unknown(waiting, SageMakerJobs([(name, "Completed")]))
    assert done["Training"] == {
        "JobName": name,
        "Status": "Completed",
        "SecondaryStatus": "Completed",
    }
    assert done["Instance"]["Attempt"] == 0 and "Attempts" not in done


def test_a_job_that_was_waited_for_and_failed_is_recovered_from() -> None:
    name = f"{RUN}-train-0-0-0"
    state = picked() | {"Failure": UNKNOWN}
    waiting = after_unknown(state, SageMakerJobs([(name, "InProgress")]))
    again = after_unknown(waiting, SageMakerJobs([(name, "Failed")], CAPACITY))
    assert "Training" not in again and again["Instance"]["Attempt"] == 1
    reason = "AlgorithmError: The column x is odd., exit code: 1"
    with pytest.raises(JobFailed, match=r"The column x is odd\."):
        after_unknown(waiting, SageMakerJobs([(name, "Failed")], reason))


def test_a_job_of_another_attempt_is_not_taken_for_this_one() -> None:
    state = picked()
    state["Failure"] = UNKNOWN
    state["Instance"]["Attempt"] = 1
    other = SageMakerJobs([(f"{RUN}-train-0-0-0", "Completed")])
    again = after_unknown(state, other)
    assert "Training" not in again and again["Instance"]["Attempt"] == 2
