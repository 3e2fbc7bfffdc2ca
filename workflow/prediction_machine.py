"""The state machine that predicts new rows: one function per state, in the order of a prediction.

It is made of the same states as the one that trains (workflow/states.py). A prediction for which a
limit has no room pauses here, and does not join the line of runs.
"""

from typing import Any

from lambdas.jobs.kind import JobKind
from workflow.quiet_sdk import Chain, Choice, ChoiceRule, Graph, Succeed, Task, Wait
from workflow.states import (
    first_step,
    function_state,
    job_finished,
    pick_instance,
    processing_job,
    reserve_budget,
    taken_over,
    with_fields_unknown_to_the_sdk,
)


def prediction_definition(*, own_key: bool = False, in_vpc: bool = False) -> dict[str, Any]:
    """The state machine in the Amazon States Language, with the same options as that of a run."""
    predict, ends = _predict(own_key, in_vpc), _idle_ends()
    predicted = job_finished("PredictionFinished", predict, _publish())
    pick = pick_instance("Which instance type holds the model within PredictionCost?")
    reserve = reserve_budget()
    reserved = _budget_reserved(reserve, Chain([predict, predicted]))
    for redrivable in (pick, reserve, predicted.default):
        redrivable.add_catch(taken_over(ends["AlreadyRunning"]))
    check = _check_rows()
    ready = _rows_ready(check, Chain([pick, reserve, reserved]), ends)
    graph = Graph(
        Chain([check, ready]),
        comment="Codefree: from a CSV file with new rows to predictions by the approved model.",
    )
    return with_fields_unknown_to_the_sdk(graph.to_dict())


def _check_rows() -> Task:
    return first_step(
        "CheckRows",
        "Is there a model for the file, can it be predicted, and does nobody else do it?",
        # It is entered again after a pause, when the state is not the input any more.
        input_path="$$.Execution.Input",
    )


def _idle_ends() -> dict[str, Succeed]:
    """How an execution ends that has nothing to do, by the outcome that leads there."""
    comments = {
        "NothingToDo": "No rows were uploaded, only a folder was made, for example.",
        "WaitingForModel": "The dataset has no approved model. It starts automatically later.",
        "AlreadyRunning": "Another execution predicts the same rows.",
    }
    return {name: Succeed(name, comment=comment) for name, comment in comments.items()}


def _rows_ready(check: Task, prediction: Chain, ends: dict[str, Succeed]) -> Choice:
    choice = Choice("RowsReady", comment="What did the check find?")
    wait = _pause("WaitToCheck", "The limits have no room for the check. It is tried again.")
    for outcome, next_step in {"Ready": prediction, "WaitingForBudget": wait, **ends}.items():
        choice.add_choice(ChoiceRule.StringEquals("$.Outcome", outcome), next_step)
    wait.next(check)
    return choice


def _budget_reserved(reserve: Task, prediction: Chain) -> Choice:
    choice = Choice("BudgetReserved", comment="Is there room for the prediction now?")
    choice.add_choice(ChoiceRule.StringEquals("$.Outcome", "Ready"), prediction)
    wait = _pause("WaitForBudget", "The limits have no room for the prediction now.")
    wait.next(reserve)
    choice.default_choice(wait)
    return choice


def _pause(name: str, comment: str) -> Wait:
    return Wait(name, comment=comment, seconds_path="$.WaitSeconds")


def _predict(own_key: bool, in_vpc: bool) -> Task:
    return processing_job(
        JobKind.PREDICT,
        "Predicts the rows in batches and writes the predictions and their page.",
        environment={
            "CODEFREE_NAME.$": "$.Run.File",
            "CODEFREE_DATASET.$": "$.Run.Dataset",
            "CODEFREE_RUN.$": "$.Model.Run",
            "CODEFREE_MODEL_SHA256.$": "$.Model.Sha256",
        },
        inputs={
            "model": "$.Model.Uri",
            "rows": "$.Run.Rows",
            "check": "$.Run.Check",
            "code": "$.Run.Code",
        },
        own_key=own_key,
        in_vpc=in_vpc,
    )


def _publish() -> Task:
    return function_state(
        "Publish",
        "Puts the predictions and their page in their place, with the cost.",
        {"Payload.$": "$"},
        function="PublishPrediction",
    )
