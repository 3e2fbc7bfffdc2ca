"""Why a job failed, from what Step Functions and SageMaker say about it.

Sources: Amazon SageMaker AI API reference, DescribeTrainingJob (FailureReason begins with
AlgorithmError, CapacityError, ClientError or InternalServerError; SecondaryStatus
MaxWaitTimeExceeded, MaxRuntimeExceeded, Interrupted, Stopped); AWS Step Functions Developer Guide,
"Handling errors" (the create call's own errors come as ``SageMaker.NAME``, a failed job as
``States.TaskFailed`` with the job's description in the cause). Whether a job that was stopped comes
as a result or as such an error is said nowhere; both are understood. Step Functions calls AWS by
the AWS SDK for Java, where errors that the API's model does not name, such as AccessDeniedException
and ThrottlingException, are an ``AmazonSageMakerException`` with "Error Code: NAME" in the text.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from lambdas.jobs.program_words import OUT_OF_MEMORY, program_words
from lambdas.language import spoken, to_speak
from lambdas.state import CaughtError, JobState

Trouble = Literal["capacity", "no quota", "busy", "memory", "spot", "service", "stopped", "other"]

_SPOT_STARVED = {"MaxWaitTimeExceeded", "Interrupted"}
# SageMaker's own words. What a job's program says begins with AlgorithmError and is never searched
# for them: it may quote a person's file.
_CAPACITY = re.compile(r"capacity", re.IGNORECASE)
_MEMORY = re.compile(r"instance type with more memory")
_SERVICE = re.compile(r"InternalServer|ServiceUnavailable|Throttling", re.IGNORECASE)
# What SageMaker says instead of creating a job. A name in use is that of this very attempt, as no
# other has it: an earlier answer was lost.
_THROTTLED = re.compile(r"Throttling|TooManyRequests|Rate exceeded", re.IGNORECASE)
_REFUSED = re.compile(r"AccessDenied|Validation|Status Code: 4\d\d")
_NAME_IN_USE = re.compile(r"ResourceInUse")
_LIMIT = re.compile(r"ResourceLimitExceeded")
_NO_QUOTA = re.compile(r"is 0 Instances", re.IGNORECASE)
_AROUND_THE_REASON = re.compile(r"^\w+Error: | ?\(Service: AmazonSageMaker;.*$")
_DENIED = re.compile(r"AccessDenied")
_PLAINLY = {
    "memory": OUT_OF_MEMORY,
    "capacity": to_speak("AWS had no machine of this type free."),
    "service": to_speak("SageMaker had an error of its own."),
}


@dataclass(frozen=True)
class JobFailure:
    """What kind of trouble it was, the reason for people, and the job's name if there was one.

    ``may_run`` says that a job may have been created although the answer was an error.
    """

    trouble: Trouble
    reason: str
    job: str = ""
    may_run: bool = False


def failure_of(caught: CaughtError | None, ended: JobState | None) -> JobFailure:
    """The failure in an error that was caught, or in a job that ended as Stopped.

    Args:
        caught: ``Error`` and ``Cause`` of a caught error.
        ended: ``Status`` and ``SecondaryStatus`` of a job that ended without an error.
    """
    if caught is None:
        return _stopped(ended.get("SecondaryStatus"), ended["JobName"]) if ended else _stopped()
    description = _described(caught.get("Cause", ""))
    told = description.get("FailureReason") or ("" if description else caught.get("Cause", ""))
    plain = _AROUND_THE_REASON.sub("", told).strip(" ,")
    if not description:
        return _not_created(caught["Error"], told, plain)
    job = description.get("TrainingJobName") or description.get("ProcessingJobName") or ""
    status = description.get("TrainingJobStatus") or description.get("ProcessingJobStatus")
    if status == "Stopped":
        return _stopped(description.get("SecondaryStatus"), job)
    if words := program_words(told, description.get("ExitMessage") or ""):
        return JobFailure("memory" if words.ran_out_of_memory else "other", words.reason, job)
    trouble = _trouble(caught["Error"], told)
    reason = spoken(_PLAINLY[trouble]) if trouble in _PLAINLY else plain or caught["Error"]
    return JobFailure(trouble, reason, job)


def _not_created(error: str, told: str, plain: str) -> JobFailure:
    """The failure where SageMaker answered the job's creation with an error."""
    answer = f"{error} {told}"
    if _LIMIT.search(answer):
        return JobFailure("no quota" if _NO_QUOTA.search(told) else "busy", plain)
    if _THROTTLED.search(answer):
        return JobFailure("busy", spoken("AWS takes no more requests at the moment."))
    if _NAME_IN_USE.search(answer) or not _REFUSED.search(answer):
        trouble: Trouble = "capacity" if _CAPACITY.search(told) else "service"
        return JobFailure(trouble, spoken(_PLAINLY[trouble]), may_run=True)
    if _DENIED.search(answer):
        return JobFailure("other", spoken("AWS did not allow the job: {why}", why=plain))
    return JobFailure("other", plain or error)


def _stopped(how: str | None = None, job: str = "") -> JobFailure:
    if how in _SPOT_STARVED:
        return JobFailure("spot", spoken("No spot capacity was free in time."), job)
    if how == "MaxRuntimeExceeded":
        return JobFailure("stopped", spoken("It reached its time limit."), job)
    by_whom = spoken("It was stopped, by a person or by its time limit.")
    return JobFailure("stopped", by_whom, job)


def _trouble(error: str, told: str) -> Trouble:
    """The kind of trouble that is none of the program, by the error's name and what was told."""
    if _MEMORY.search(told):
        return "memory"
    if _CAPACITY.search(told):
        return "capacity"
    if _SERVICE.search(error) or told.startswith("InternalServerError"):
        return "service"
    return "other"


def _described(cause: str) -> dict[str, Any]:
    try:
        description = json.loads(cause)
    except (ValueError, RecursionError):
        return {}
    return description if isinstance(description, dict) else {}
