"""What is read from the words of a job that has failed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.jobs.failure import failure_of
from lambdas.state import CaughtError, JobState
from tests.lambdas.aws_words import (
    BUSY,
    COMMAND,
    NO_QUOTA,
    NO_REASON,
    OUT_OF_MEMORY,
    OUT_OF_MEMORY_NEWEST,
)


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
        failure = failure_of(None, {"JobName": "job", "Status": "Stopped", "SecondaryStatus": how})
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
    ended = JobState(JobName="a", Status="Stopped", SecondaryStatus=secondary or "Stopped")
    caught = CaughtError(Error="States.TaskFailed", Cause=json.dumps(described))
    assert failure_of(caught, None) == failure_of(None, ended)
    assert failure_of(caught, None).trouble == trouble


def test_a_quota_is_recognised_in_the_text_of_the_services_own_error() -> None:
    details = "(Service: AmazonSageMaker; Status Code: 400; Error Code: ResourceLimitExceeded)"
    error = "SageMaker.AmazonSageMakerException"
    assert (
        failure_of({"Error": error, "Cause": f"{NO_QUOTA} {details}"}, None).trouble == "no quota"
    )
    assert failure_of({"Error": error, "Cause": f"{BUSY} {details}"}, None).trouble == "busy"
