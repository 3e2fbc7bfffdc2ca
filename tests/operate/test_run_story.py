"""What an execution did, told from the events of its history."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from operate.runs.story import STAYS_WITH_TEXTS, RunStory, Visit, events_of, jobs_of, text_of

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


class History:
    """A history as Step Functions keeps it; each event comes a second after the one before."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.event("ExecutionStarted", "executionStartedEventDetails", input="{}")

    def event(self, kind: str, details: str = "", after: int | None = None, **told: Any) -> int:
        number = len(self.events) + 1
        self.events.append(
            {
                "id": number,
                "previousEventId": number - 1 if after is None else after,
                "type": kind,
                "timestamp": START + timedelta(seconds=number),
                **({details: told} if details else {}),
            }
        )
        return number

    def enter(self, state: str, kind: str = "Task", after: int | None = None) -> int:
        details = "stateEnteredEventDetails"
        return self.event(f"{kind}StateEntered", details, after, name=state, input=f'"{state}"')

    def exit(self, state: str, kind: str = "Task", after: int | None = None) -> int:
        details = "stateExitedEventDetails"
        return self.event(f"{kind}StateExited", details, after, name=state, output='"out"')

    def job(self, name: str) -> None:
        parameters = json.dumps({"TrainingJobName": name})
        self.event(
            "TaskScheduled",
            "taskScheduledEventDetails",
            resourceType="sagemaker",
            resource="createTrainingJob.sync",
            parameters=parameters,
        )

    def fail_task(self, error: str, cause: str = "why") -> None:
        self.event("TaskFailed", "taskFailedEventDetails", error=error, cause=cause)

    def told(self) -> list[Visit]:
        story = RunStory()
        story.add(self.events)
        return list(story.visits)


def brief(visits: list[Visit]) -> list[tuple[str, str]]:
    return [(visit.state, visit.outcome) for visit in visits]


def test_an_error_that_was_caught_is_told_from_one_that_was_not() -> None:
    history = History()
    history.enter("Train")
    history.job("first")
    history.fail_task("States.TaskFailed", "no capacity")
    history.exit("Train")
    history.enter("Recover")
    history.exit("Recover")
    history.enter("Train")
    history.job("second")
    history.fail_task("States.TaskFailed", "no memory")
    history.event("ExecutionFailed", "executionFailedEventDetails", error="x", cause="y")
    visits = history.told()
    assert brief(visits) == [("Train", "caught"), ("Recover", "succeeded"), ("Train", "failed")]
    assert [visit.before for visit in visits] == ["", "Train", "Recover"]
    assert [job.name for job in jobs_of(visits)] == ["first", "second"]
    [attempt] = visits[2].attempts
    assert attempt.error == "States.TaskFailed" and attempt.cause
    assert attempt.cause.text == "no memory"
    assert visits[0].input and visits[0].input.text == '"Train"'
    assert (visits[0].left or START) - visits[0].entered == timedelta(seconds=3)


def test_a_retry_is_another_attempt_of_the_same_stay() -> None:
    history = History()
    history.enter("CheckPair")
    for error in ("Lambda.TooManyRequestsException", ""):
        history.event("TaskScheduled", "taskScheduledEventDetails", parameters="{}")
        if error:
            history.fail_task(error)
    history.event("TaskSucceeded", "taskSucceededEventDetails", output="{}")
    history.exit("CheckPair")
    [visit] = history.told()
    assert visit.outcome == "succeeded"
    assert [a.error for a in visit.attempts] == ["Lambda.TooManyRequestsException", ""]


@pytest.mark.parametrize("enters_anew", [True, False])
def test_a_redrive_goes_on_in_the_state_that_failed(*, enters_anew: bool) -> None:
    history = History()
    history.enter("Evaluate")
    history.job("first")
    history.fail_task("States.TaskFailed")
    history.event("ExecutionFailed", "executionFailedEventDetails", error="x", cause="y")
    assert brief(history.told()) == [("Evaluate", "failed")]
    history.event("ExecutionRedriven", "executionRedrivenEventDetails", redriveCount=1)
    if enters_anew:
        history.enter("Evaluate")
    history.job("second")
    visits = history.told()
    assert visits[-1].outcome == "running"
    history.exit("Evaluate")
    assert brief(history.told())[-1] == ("Evaluate", "succeeded")
    assert [job.name for job in jobs_of(visits)] == ["first", "second"]


def test_who_is_stopped_has_not_failed() -> None:
    history = History()
    history.enter("Train")
    history.job("job")
    history.event("ExecutionAborted", "executionAbortedEventDetails", error="Stopped", cause="x")
    assert brief(history.told()) == [("Train", "stopped")]


def test_branches_that_run_at_once_are_told_apart() -> None:
    history = History()
    both = history.enter("Both", "Parallel")
    left = history.enter("Left", after=both)
    right = history.enter("Right", after=both)
    left = history.event("TaskScheduled", "taskScheduledEventDetails", left, parameters="1")
    right = history.event("TaskScheduled", "taskScheduledEventDetails", right, parameters="2")
    left = history.event("TaskFailed", "taskFailedEventDetails", left, error="e", cause="c")
    history.exit("Right", after=right)
    history.exit("Left", after=left)
    visits = {visit.state: visit for visit in history.told()}
    assert {name: visit.outcome for name, visit in visits.items()} == {
        "Both": "running",
        "Left": "caught",
        "Right": "succeeded",
    }
    assert visits["Left"].before == visits["Right"].before == "Both"


def test_a_long_history_keeps_the_newest_texts_alone() -> None:
    history = History()
    for _ in range(10):
        history.enter("WaitForTraining", "Wait")
        history.exit("WaitForTraining", "Wait")
    visits = history.told()
    assert len(visits) == 10
    assert [bool(visit.input) for visit in visits[-STAYS_WITH_TEXTS:]] == [True] * STAYS_WITH_TEXTS
    assert not any(visit.input or visit.output for visit in visits[:-STAYS_WITH_TEXTS])


def test_of_a_long_text_the_beginning_is_kept_and_its_length() -> None:
    history = History()
    history.event(
        "TaskStateEntered", "stateEnteredEventDetails", name="a", input='"' + "x" * 200_000 + '"'
    )
    [visit] = history.told()
    assert visit.input and visit.input.length == 200_002 and len(visit.input.text) < 10_000


def test_what_was_told_stays_as_it_was() -> None:
    """A snapshot is compared with the next one, and shown meanwhile."""
    history, story = History(), RunStory()
    history.enter("Train")
    story.add(history.events)
    before = story.visits
    history.job("job")
    history.exit("Train")
    story.add(history.events[2:])
    assert before[0].outcome == "running" and before[0].attempts == []
    assert story.visits != before


class States:
    """Step Functions with one history, which counts the pages it gives."""

    def __init__(self, events: list[Any]) -> None:
        self.events = events
        self.pages = 0

    def get_paginator(self, _: str) -> "States":
        return self

    def paginate(self, *, PaginationConfig: dict[str, int], **_: Any) -> Any:  # noqa: N803
        newest, size = self.events[::-1], PaginationConfig["PageSize"]
        for first in range(0, len(newest), size):
            self.pages += 1
            yield {"events": newest[first : first + size]}


def test_what_is_known_is_not_read_again() -> None:
    history = History()
    for _ in range(1500):
        history.enter("a")
        history.exit("a")
    states: Any = States(history.events)
    assert [event["id"] for event in events_of(states, "arn")] == list(range(1, 3002))
    states.pages = 0
    assert [event["id"] for event in events_of(states, "arn", 2999)] == [3000, 3001]
    assert states.pages == 1
    assert text_of(states, "arn", 2, "input") == '"a"'
    assert text_of(states, "arn", 2, "output") is None
    assert text_of(states, "arn", 9999, "input") is None
