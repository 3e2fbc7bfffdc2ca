"""The definition as a value, and what must hold of every state in it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.test_docs import deployed
from workflow.state_machine import definition

EXPECTED = Path(__file__).with_name("definition.json")
TASKS = [name for name, state in definition()["States"].items() if state["Type"] == "Task"]


def test_the_definition_is_the_one_that_was_read_and_agreed_on() -> None:
    assert definition() == json.loads(EXPECTED.read_text()), (
        "The state machine has changed. If it was meant to, read the new definition and write it "
        "with: python -m tests.workflow.test_state_machine"
    )


def test_every_state_is_reached_and_every_next_state_exists() -> None:
    states = definition()["States"]
    reached, ahead = set(), [definition()["StartAt"]]
    while ahead:
        name = ahead.pop()
        reached.add(name)
        state = states[name]
        following = [choice["Next"] for choice in state.get("Choices", [])]
        following += [catcher["Next"] for catcher in state.get("Catch", [])]
        following += [state[key] for key in ("Next", "Default") if key in state]
        ahead += [name for name in following if name not in reached]
    assert reached == set(states)


@pytest.mark.parametrize("name", TASKS)
def test_every_task_is_retried_with_backoff_and_jitter(name: str) -> None:
    retriers: list[dict[str, Any]] = definition()["States"][name]["Retry"]
    for retrier in retriers:
        assert retrier["BackoffRate"] > 1
        assert retrier["JitterStrategy"] == "FULL"
        assert retrier["MaxDelaySeconds"] > 0
    errors = {error for retrier in retriers for error in retrier["ErrorEquals"]}
    assert not errors & {"States.ALL", "States.TaskFailed", "PairRejected", "BudgetTooSmall"}


@pytest.mark.parametrize(
    ("state", "field"), [("Train", "TrainingJobName.$"), ("Evaluate", "ProcessingJobName.$")]
)
def test_job_names_carry_run_redrive_and_retry(state: str, field: str) -> None:
    name = definition()["States"][state]["Parameters"][field]
    for part in ("$.Run.JobName", "$$.Execution.RedriveCount", "$$.State.RetryCount"):
        assert part in name


# What the template lets a person choose from a list, or makes itself.
CHOSEN = {"ProblemType": "ProblemType", "EvalMetric": "EvalMetric", "Presets": "AutoMLPresets"}
MADE = ["$.Configuration.TimeLimitSeconds", "$.Run.JobName"]


def test_no_text_of_a_person_is_a_hyperparameter_a_tag_or_on_a_command_line() -> None:
    jobs = [definition()["States"][name]["Parameters"] for name in ("Train", "Evaluate")]
    words = [job.get(part) for job in jobs for part in ("HyperParameters", "Tags")]
    words += [job.get("AppSpecification") for job in jobs]
    used = set(re.findall(r"\$\.[\w.]+", json.dumps(words)))
    assert used == {f"$.Configuration.{name}" for name in CHOSEN} | set(MADE)
    for parameter in CHOSEN.values():
        values = deployed()["Parameters"][parameter]["AllowedValues"]
        assert all(re.fullmatch(r"\w+", value) for value in values), parameter


if __name__ == "__main__":
    EXPECTED.write_text(json.dumps(definition(), indent=2) + "\n")
