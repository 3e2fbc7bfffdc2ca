"""The state machines as models: what holds on every path through it, whatever goes wrong.

The definition is the built one, Recover the real one (exploration.py). That the check can fail is
shown with definitions that are broken in one place each.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.workflow.exploration import FAILED, SUCCEEDED, Config, Machine, Violation
from workflow.prediction_machine import prediction_definition
from workflow.state_machine import definition

MOST_REDRIVES = 2
LONGEST_PATH = 300
Mutation = Callable[[dict[str, Any]], object]


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few recoveries and waits, and nothing spent: what the budget allows is Recover's own test."""
    monkeypatch.setattr("lambdas.jobs.recovery._MOST_RECOVERIES", 1)
    monkeypatch.setattr("lambdas.jobs.recovery._MOST_WAITED_SECONDS", 1)


def explored(machine: Machine) -> set[Config]:
    """Every configuration that can be reached; each path to it is made of steps of the machine.

    Raises:
        Violation: on some path a job is wrong, or a way leads in a circle.
    """
    seen: set[Config] = set()
    under_way: set[Config] = set()
    ahead: list[tuple[Config, Iterator[Config]]] = []

    def enter(config: Config) -> None:
        seen.add(config)
        under_way.add(config)
        ahead.append((config, iter(following(machine, config))))

    enter(machine.start)
    while ahead:
        config, ways = ahead[-1]
        after = next(ways, None)
        if after is None:
            under_way.discard(config)
            ahead.pop()
        elif after in under_way:
            raise Violation(f"{after.state} can be come back to for ever")
        elif after not in seen:
            if len(ahead) > LONGEST_PATH:
                raise Violation(f"There is no end to it: {after.state} is entered again and again")
            enter(after)
    return seen


def following(machine: Machine, config: Config) -> list[Config]:
    if config.state == SUCCEEDED:
        return []
    if config.state.startswith(FAILED):
        may_be_redriven = config.redrives < MOST_REDRIVES
        return [machine.redriven(as_it_was(config))] if may_be_redriven else []
    return [after for _, after in machine.following(config)]


def as_it_was(failed: Config) -> Config:
    """The configuration in which the failed execution entered its last state."""
    return failed._replace(state=failed.state.removeprefix(f"{FAILED} "))


def ends_well(machine: Machine, config: Config) -> bool:
    """Whether the execution does its work when nothing more goes wrong."""
    last = ""
    for _ in range(LONGEST_PATH):
        if config.state == SUCCEEDED or config.state.startswith(FAILED):
            break
        last, config = config.state, machine.following(config)[0][1]
    return (last, config.state) == ("Publish", SUCCEEDED)


def check(definition: dict[str, Any]) -> set[Config]:
    """Raises Violation where something does not hold that must."""
    machine = Machine(definition)
    if fails := [name for name, state in machine.states.items() if state["Type"] == "Fail"]:
        raise Violation(f"{fails} would be redriven into failing again")
    configs = explored(machine)
    for config in configs:
        if config.state.startswith(FAILED) and config.redrives < MOST_REDRIVES:
            again = machine.redriven(as_it_was(config))
            if not ends_well(machine, again):
                raise Violation(f"{config.state} can't be rerun to success: {config}")
    return configs


@pytest.mark.parametrize("machine", [definition(), prediction_definition()], ids=["run", "rows"])
def test_whatever_goes_wrong_the_run_can_be_rerun_and_nothing_is_paid_for_twice(
    machine: dict[str, Any],
) -> None:
    configs = check(machine)
    states = {config.state.removeprefix(f"{FAILED} ") for config in configs}
    assert states == set(machine["States"]) | {SUCCEEDED}
    assert {config.redrives for config in configs} == set(range(MOST_REDRIVES + 1))


def name_without(part: str) -> Mutation:
    def mutate(states: dict[str, Any]) -> None:
        parameters = states["Train"]["Parameters"]
        name = parameters["TrainingJobName.$"].replace("-train-{}-{}-{}", "-train-{}-{}")
        parameters["TrainingJobName.$"] = name.replace(f", {part}", "")

    return mutate


def retry_any_error(states: dict[str, Any]) -> None:
    states["Evaluate"]["Retry"][0]["ErrorEquals"].append("SageMaker.AmazonSageMakerException")


def catch_into_fail(states: dict[str, Any]) -> None:
    states["Sorry"] = {"Type": "Fail"}
    states["Train"]["Catch"][0]["Next"] = "Sorry"


def swallow_the_failure(states: dict[str, Any]) -> None:
    caught = {"ErrorEquals": ["JobFailed"], "Next": "AlreadyRunning", "ResultPath": "$.Error"}
    states["RecoverTraining"]["Catch"].append(caught)


@pytest.mark.parametrize(
    ("mutate", "violation"),
    [
        (name_without("$.Instance.Attempt"), "is used twice"),
        (name_without("$$.Execution.RedriveCount"), "is used twice"),
        (retry_any_error, "is paid for beside"),
        (catch_into_fail, "redriven into failing again"),
        (swallow_the_failure, "without having done its work"),
        (lambda s: s["WaitForTraining"].update(Next="Train"), "beside|is used twice"),
        (lambda s: s["TrainingFinished"].update(Default="Evaluate"), "no training is done"),
        (
            lambda s: s["TrainingFinished"]["Choices"][1].update(Next="Evaluate"),
            "whose model nobody knows",
        ),
        (lambda s: s["TrainingFinished"].update(Default="TrainingFinished"), "come back to"),
        (lambda s: s["EvaluationFinished"]["Choices"].pop(0), "which is not there"),
        (lambda s: s["PairReady"]["Choices"][0].update(Next="Train"), "is paid for before"),
        (lambda s: s["PickInstance"].update(Next="Train"), "before its money is reserved"),
        (lambda s: s["BudgetReserved"].update(Default="Train"), "is paid for before"),
        (lambda s: s["WaitForEvaluation"].update(Next="RecoverEvaluation"), "can't be rerun"),
        (lambda s: s["Train"].pop("Catch"), "is paid for beside"),
    ],
)
def test_the_check_sees_what_is_broken(mutate: Mutation, violation: str) -> None:
    broken = copy.deepcopy(definition())
    mutate(broken["States"])
    with pytest.raises(Violation, match=violation):
        check(broken)


@pytest.mark.parametrize(
    ("mutate", "violation"),
    [
        (lambda s: s["PickInstance"].update(Next="Predict"), "before its money is reserved"),
        (lambda s: s["BudgetReserved"].update(Default="Predict"), "is paid for before"),
        (lambda s: s["WaitForPrediction"].update(Next="Predict"), "beside|is used twice"),
        (lambda s: s["PredictionFinished"].update(Default="Publish"), "that is not done"),
        (lambda s: s["WaitForBudget"].update(Next="Predict"), "is paid for before"),
        (lambda s: s["RowsReady"]["Choices"][0].update(Next="Predict"), "is paid for before"),
        (lambda s: s["RowsReady"]["Choices"].pop(1), "has no way"),
    ],
)
def test_the_check_sees_what_is_broken_in_a_prediction(mutate: Mutation, violation: str) -> None:
    broken = copy.deepcopy(prediction_definition())
    mutate(broken["States"])
    with pytest.raises(Violation, match=violation):
        check(broken)


def test_the_check_sees_a_recovery_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdas.jobs.recovery._MOST_WAITED_SECONDS", 10**9)
    with pytest.raises(Violation, match=r"There is no end to it|come back to"):
        check(definition())
