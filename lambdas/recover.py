"""Recover: what a training that got no spot capacity goes on with.

It goes on on demand, with the first candidate that the rest of the budget bears.
"""

from typing import TYPE_CHECKING, Any

import boto3

from lambdas.cost import training_costs
from lambdas.errors import BudgetTooSmall

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry: ``event`` is the state of a run whose spot training has ended unfinished."""
    return recover(event, boto3.client("sagemaker"))


def recover(state: dict[str, Any], sagemaker: "SageMakerClient") -> dict[str, Any]:
    """``state`` with an ``Instance`` on demand, the next attempt of the training.

    Raises:
        BudgetTooSmall: what is left of the budget bears no candidate on demand.
    """
    instance = state["Instance"]
    budget = float(state["Configuration"]["BudgetUSD"])
    spent = sum(c.usd for c in training_costs(sagemaker, state["Run"]["JobName"], instance))
    affordable = [way for way in instance["Candidates"] if spent + way["CostCapUSD"] <= budget]
    if not affordable:
        raise BudgetTooSmall(_no_budget_left(instance, spent, budget))
    way = affordable[0]
    return state | {
        "Instance": instance
        | {
            "TrainType": way["Type"],
            "TrainUSDPerHour": way["USDPerHour"],
            "CostCapUSD": round(spent + way["CostCapUSD"], 4),
            "Spot": False,
            "StoppingCondition": {
                "MaxRuntimeInSeconds": instance["StoppingCondition"]["MaxRuntimeInSeconds"]
            },
            "Attempt": instance["Attempt"] + 1,
            "Why": f"{instance['Why']} Spot capacity was not there in time, so the training went "
            f"on on demand, on {way['Type']}.",
        }
    }


def _no_budget_left(instance: dict[str, Any], spent: float, budget: float) -> str:
    least = min(way["CostCapUSD"] for way in instance["Candidates"])
    return (
        f"No spot capacity was free in time. {spent:.2f} of the {budget:.2f} USD of TrainingCost "
        f"are spent, and to train at the usual price can cost up to {least:.2f} more. Set "
        f"TrainingCost to {spent + least:.2f} or more, or SpotTraining to false, and upload one of "
        "the files again."
    )
