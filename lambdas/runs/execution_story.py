"""What an execution did before it ended, read from its history.

Source: AWS Step Functions API reference, GetExecutionHistory (HistoryEvent).
"""

import json
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from lambdas.language import spoken, to_speak
from lambdas.runs.execution import Execution

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


_FIRST_STEPS = {"CheckPair", "CheckRows"}

TRY_AGAIN = to_speak("Choose Redrive to try it again.")
# What happens to a function from outside has words of Lambda's own, which name no remedy.
_PLAINLY = {
    "Sandbox.Timedout": (to_speak("The step's function ran out of time."), TRY_AGAIN),
    "Runtime.OutOfMemory": (to_speak("The step's function ran out of memory."), TRY_AGAIN),
    "Runtime.ExitError": (to_speak("The step's function crashed."), TRY_AGAIN),
    "Lambda.TooManyRequests": (
        to_speak("The account runs too many functions at once. Choose Redrive in a few minutes."),
    ),
    "AccessDenied": (
        to_speak(
            "The workflow may not call the step's function. Deploy the template again, or fix the "
            "policy that forbids it, then choose Redrive."
        ),
    ),
}


@dataclass(frozen=True)
class ExecutionStory:
    """How an execution ended: the last step, the state it had there, and the reason in words.

    ``ended`` is when, in ISO 8601 and UTC; ``input`` is what it was started with, as text;
    ``state`` is empty before the first step made one.
    """

    arn: str
    run: str
    status: str
    ended: str
    input: str
    step: str
    state: dict[str, Any]
    error: str
    cause: str

    @property
    def reason(self) -> str:
        """Why it ended, in words, in the language that is spoken."""
        told = reason_of_failure(self.cause, self.error)
        return told or self.error or _by_status(self.status)


def read_execution_story(states: "SFNClient", arn: str) -> ExecutionStory:
    """The story of the execution ``arn``, which has ended."""
    described: Any = states.describe_execution(executionArn=arn)
    step, state = _last_step(states, arn)
    return ExecutionStory(
        arn=arn,
        run=Execution(arn, described["startDate"].astimezone(UTC).isoformat()).run,
        status=described["status"],
        ended=described["stopDate"].astimezone(UTC).isoformat(),
        input=described.get("input", ""),
        step=step,
        state=state,
        error=described.get("error") or "",
        cause=described.get("cause") or "",
    )


def _last_step(states: "SFNClient", arn: str) -> tuple[str, dict[str, Any]]:
    """The state that was entered last, and its input where a step of ours has made it.

    CheckPair or CheckRows comes first: the input that it got is the execution's own, and what
    whoever started the execution wrote there is not a state.
    """
    pages = states.get_paginator("get_execution_history").paginate(executionArn=arn)
    name, given, was_checked = "", "", False
    for event in (event for page in pages for event in page["events"]):
        if entered := event.get("stateEnteredEventDetails"):
            name, given = entered["name"], entered.get("input", "")
        was_checked |= event.get("stateExitedEventDetails", {}).get("name") in _FIRST_STEPS
    is_ours = was_checked and name not in _FIRST_STEPS
    return name, _as_state(_parsed(given)) if is_ours else {}


def reason_of_failure(cause: str, error: str = "") -> str:
    """The sentence for people in an execution's ``cause``, which is JSON as a rule.

    A Lambda function's error has ``errorMessage``; a job's description has ``ExitMessage``, what
    its program said, or ``FailureReason``, what SageMaker says. What ``error`` is the name of may
    need to be said first.
    """
    told = _told(cause)
    # What the model of Lambda's API does not name, only the cause tells.
    named = f"Lambda.{cause}" if error == "Lambda.AWSLambdaException" else error
    plainly = next((words for name, words in _PLAINLY.items() if name in named), None)
    if plainly is None:
        return told
    return " ".join([*map(spoken, plainly), spoken("AWS says: {told}", told=told)])


def _told(cause: str) -> str:
    details = _parsed(cause)
    if not isinstance(details, dict):
        return cause
    for field in ("errorMessage", "ExitMessage", "FailureReason"):
        if details.get(field):
            return str(details[field])
    return cause


def _by_status(status: str) -> str:
    if status == "ABORTED":
        return spoken("Somebody stopped the execution.")
    if status == "TIMED_OUT":
        return spoken("The execution ran out of time.")
    return spoken("No reason was given.")


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _as_state(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
