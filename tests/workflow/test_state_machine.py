"""The two definitions as values, and what must hold of every state in them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from workflow.prediction_machine import prediction_definition
from workflow.state_machine import definition

EXPECTED = {
    Path(__file__).with_name("definition.json"): definition(),
    Path(__file__).with_name("prediction_definition.json"): prediction_definition(),
}
MACHINES = pytest.mark.parametrize("machine", EXPECTED.values(), ids=["training", "prediction"])
TASKS = [
    (machine["StartAt"], name, state)
    for machine in EXPECTED.values()
    for name, state in machine["States"].items()
    if state["Type"] == "Task"
]


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_the_definition_is_the_one_that_was_read_and_agreed_on(path: Path) -> None:
    assert EXPECTED[path] == json.loads(path.read_text()), (
        "The state machine has changed. If it was meant to, read the new definition and write it "
        "with: python -m tests.workflow.test_state_machine"
    )


@MACHINES
def test_every_state_is_reached_and_every_next_state_exists(machine: dict[str, Any]) -> None:
    states = machine["States"]
    reached, ahead = set(), [machine["StartAt"]]
    while ahead:
        name = ahead.pop()
        reached.add(name)
        state = states[name]
        following = [choice["Next"] for choice in state.get("Choices", [])]
        following += [catcher["Next"] for catcher in state.get("Catch", [])]
        following += [state[key] for key in ("Next", "Default") if key in state]
        ahead += [name for name in following if name not in reached]
    assert reached == set(states)


@pytest.mark.parametrize("state", [t[2] for t in TASKS], ids=[f"{t[0]} {t[1]}" for t in TASKS])
def test_every_task_is_retried_with_backoff_and_jitter(state: dict[str, Any]) -> None:
    retriers: list[dict[str, Any]] = state["Retry"]
    for retrier in retriers:
        assert retrier["BackoffRate"] > 1
        assert retrier["JitterStrategy"] == "FULL"
        assert retrier["MaxDelaySeconds"] > 0
    errors = {error for retrier in retriers for error in retrier["ErrorEquals"]}
    about_the_input = {"PairRejected", "RowsRejected", "BudgetTooSmall"}
    assert not errors & {"States.ALL", "States.TaskFailed", *about_the_input}


STATES = {name: state for machine in EXPECTED.values() for name, state in machine["States"].items()}


@pytest.mark.parametrize(
    ("state", "field"),
    [
        ("Train", "TrainingJobName.$"),
        ("Evaluate", "ProcessingJobName.$"),
        ("Predict", "ProcessingJobName.$"),
    ],
)
def test_job_names_carry_run_redrive_and_retry(state: str, field: str) -> None:
    name = STATES[state]["Parameters"][field]
    for part in ("$.Run.JobName", "$$.Execution.RedriveCount", "$$.State.RetryCount"):
        assert part in name


# What the template lets a person choose from a list, or makes itself.
CHOSEN = {"ProblemType": "ProblemType", "EvalMetric": "EvalMetric", "Presets": "AutoMLPresets"}
MADE = ["$.Configuration.TimeLimitSeconds", "$.Run.JobName"]


def test_no_text_of_a_person_is_a_hyperparameter_a_tag_or_on_a_command_line(
    deployed: dict[str, Any],
) -> None:
    jobs = [STATES[name]["Parameters"] for name in ("Train", "Evaluate", "Predict")]
    words = [job.get(part) for job in jobs for part in ("HyperParameters", "Tags")]
    words += [job.get("AppSpecification") for job in jobs]
    used = set(re.findall(r"\$\.[\w.]+", json.dumps(words)))
    assert used == {f"$.Configuration.{name}" for name in CHOSEN} | set(MADE)
    for parameter in CHOSEN.values():
        values = deployed["Parameters"][parameter]["AllowedValues"]
        assert all(re.fullmatch(r"\w+", value) for value in values), parameter


if __name__ == "__main__":
    for path, machine in EXPECTED.items():
        path.write_text(json.dumps(machine, indent=2) + "\n")
