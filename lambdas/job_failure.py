"""Why a job did not do its work, from what Step Functions and SageMaker tell of it.

Sources: Amazon SageMaker AI API reference, DescribeTrainingJob (FailureReason begins with
AlgorithmError, CapacityError, ClientError or InternalServerError; SecondaryStatus
MaxWaitTimeExceeded, MaxRuntimeExceeded, Interrupted, Stopped); AWS Step Functions Developer Guide,
"Handling errors" (the create call's own errors come as ``SageMaker.NAME``, a failed job as
``States.TaskFailed`` with the job's description in the cause).
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

Trouble = Literal["capacity", "no quota", "busy", "memory", "spot", "service", "stopped", "other"]

_SPOT_STARVED = {"MaxWaitTimeExceeded", "Interrupted"}
_CAPACITY = re.compile(
    r"CapacityError|capacity error|insufficient.*capacity|unable to provision", re.I
)
_MEMORY = re.compile(
    r"exit code: 137|out of memory|OutOfMemory|MemoryError|cannot allocate memory", re.I
)
_SERVICE = re.compile(
    r"InternalServerError|InternalServerException|ServiceUnavailable|Throttling", re.I
)
_NO_QUOTA = re.compile(r"is 0 Instances", re.I)
_AROUND_THE_REASON = re.compile(r"^\w+Error: |,? ?exit code: \d+$")


@dataclass(frozen=True)
class JobFailure:
    """What kind of trouble it was, the reason for people, and the job's name if there was one."""

    trouble: Trouble
    reason: str
    job: str = ""


def failure_of(caught: dict[str, str] | None, ended: dict[str, Any] | None) -> JobFailure:
    """The failure in an error that was caught, or in a job that ended as Stopped.

    Args:
        caught: ``Error`` and ``Cause`` of a caught error.
        ended: ``Status`` and ``SecondaryStatus`` of a job that ended without an error.
    """
    if caught is None:
        return _stopped(ended or {})
    description = _described(caught.get("Cause", ""))
    reason = _reason(description) or caught.get("Cause", "") or caught["Error"]
    return JobFailure(
        _trouble(caught["Error"], reason),
        _AROUND_THE_REASON.sub("", reason),
        description.get("TrainingJobName") or description.get("ProcessingJobName") or "",
    )


def _stopped(ended: dict[str, Any]) -> JobFailure:
    how, job = ended.get("SecondaryStatus", "Stopped"), ended.get("JobName", "")
    if how in _SPOT_STARVED:
        return JobFailure("spot", "No spot capacity was free in time.", job)
    if how == "MaxRuntimeExceeded":
        return JobFailure("stopped", "It ran into its time limit.", job)
    return JobFailure("stopped", "It was stopped, by a person or by its time limit.", job)


def _trouble(error: str, reason: str) -> Trouble:
    if "ResourceLimitExceeded" in error:
        return "no quota" if _NO_QUOTA.search(reason) else "busy"
    if _CAPACITY.search(reason):
        return "capacity"
    if _MEMORY.search(reason):
        return "memory"
    if _SERVICE.search(error) or _SERVICE.search(reason):
        return "service"
    return "other"


def _described(cause: str) -> dict[str, Any]:
    try:
        description = json.loads(cause)
    except ValueError:
        return {}
    return description if isinstance(description, dict) else {}


def _reason(description: dict[str, Any]) -> str:
    """What the job's program said, else what SageMaker says.

    A job that was killed could not say anything; its FailureReason alone has the exit code.
    """
    said = [description.get(field) or "" for field in ("ExitMessage", "FailureReason")]
    return said[1] if _MEMORY.search(said[1]) else next((text for text in said if text), "")
