"""PickInstance: the instance type, the time limits and the candidates that keep the budget."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from lambdas.claim import keep_claim
from lambdas.errors import BudgetTooSmall
from lambdas.instances.candidates import (
    Candidate,
    evaluating_types,
    evaluation_cap,
    evaluations_named,
    named,
    on_spot,
    possible,
    within,
)
from lambdas.instances.catalog import Catalog, InstanceType
from lambdas.instances.explanation import budget_too_small, reason, why
from lambdas.instances.need import Need, need_of
from lambdas.instances.price_list import PRICING_REGION, current_catalog
from lambdas.instances.quotas import Forbidden, forbidden_types
from lambdas.refusals import told_in_words

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MOST_CANDIDATES = 8
_MOST_EVALUATING_TYPES = 5

# Prices and quotas are worth some seconds of waiting, and no more: without them there is a
# snapshot, and SageMaker's own answer.
_PATIENCE = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2})


@told_in_words
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry: ``event`` has the ``State`` of a checked run and the ``RedriveCount``; the
    state goes out with ``Instance``."""
    region, bucket = os.environ["AWS_REGION"], os.environ["BUCKET"]
    s3: S3Client = boto3.client("s3")
    redrives = int(event["RedriveCount"])
    if redrives:
        keep_claim(s3, boto3.client("stepfunctions"), bucket, event["State"])
    pricing = boto3.client("pricing", region_name=PRICING_REGION, config=_PATIENCE)
    return pick_instance(
        event["State"],
        current_catalog(s3, bucket, region, pricing),
        forbidden_types(boto3.client("service-quotas", config=_PATIENCE)),
        redrives,
    )


def pick_instance(
    state: dict[str, Any], catalog: Catalog, forbidden: Forbidden, redrives: int = 0
) -> dict[str, Any]:
    """``state`` with ``Instance``: types, limits, cost and candidates, and the choice in words.

    Raises:
        BudgetTooSmall: no type that the account may use holds the data within the budget.
    """
    configuration = state["Configuration"]
    choice = choice_of(
        state["Profile"],
        configuration["Presets"],
        int(configuration["TimeLimitSeconds"]),
        float(configuration["BudgetUSD"]),
        bool(configuration["Spot"]),
        catalog,
        forbidden,
    )
    return state | {"Instance": choice.as_state(redrives)}


@dataclass(frozen=True)
class Choice:
    """Where the run begins, the candidates on demand, the best one first, and what they are for."""

    best: Candidate
    candidates: list[Candidate]
    evaluating: list[InstanceType]
    need: Need
    catalog: Catalog
    budget: float
    spot_wanted: bool

    def as_state(self, redrives: int = 0) -> dict[str, Any]:
        """What travels through the state machine, redriven so many times so far."""
        best, need = self.best, self.need
        return {
            **run_on(best, need),
            "EvaluateType": best.evaluate.name,
            "VolumeGB": need.volume_gb,
            "EvaluateMaxSeconds": need.evaluate_seconds,
            "EvaluateUSDPerHour": best.evaluate.processing_price,
            "UsualUSD": round(best.usual, 4),
            "Attempt": 0,
            "SinceRedrive": redrives,
            "Prices": {
                "VolumeUSDPerGBMonth": self.catalog.volume_price,
                "AsOf": self.catalog.as_of,
            },
            "Candidates": [
                {
                    "Type": way.train.name,
                    "MemoryGiB": way.train.memory_gib,
                    "USDPerHour": way.train.training_price,
                    "CostCapUSD": round(way.cap, 4),
                    "UsualUSD": round(way.usual, 4),
                    "Reason": reason(way, best),
                }
                for way in self.candidates
            ],
            "EvaluateCandidates": [
                {
                    "Type": evaluate.name,
                    "MemoryGiB": evaluate.memory_gib,
                    "USDPerHour": evaluate.processing_price,
                    "CostCapUSD": round(evaluation_cap(need, self.catalog, evaluate), 4),
                }
                for evaluate in self.evaluating
            ],
            "Why": why(best, need, self.catalog.as_of, self.budget, self.spot_wanted),
        }


def choice_of(
    profile: dict[str, Any],
    presets: str,
    fit_seconds: int,
    budget: float,
    spot: bool,
    catalog: Catalog,
    forbidden: Forbidden,
) -> Choice:
    """The choice for files of this profile; the same for the same arguments.

    Raises:
        BudgetTooSmall: nothing is within the budget; the text says which budget or time would do.
    """
    need = need_of(profile, presets, fit_seconds)
    ways = possible(need, catalog, forbidden)
    affordable = within(budget, ways)
    if not affordable:
        raise BudgetTooSmall(
            budget_too_small(profile, presets, fit_seconds, budget, catalog, forbidden)
        )
    best = affordable[0]
    cheaper = on_spot(best, need, catalog, forbidden, budget) if spot else None
    candidates = named(affordable, _MOST_CANDIDATES)
    evaluating = evaluations_named(
        evaluating_types(need, catalog, forbidden), _MOST_EVALUATING_TYPES
    )
    return Choice(cheaper or best, candidates, evaluating, need, catalog, budget, spot)


def run_on(way: Candidate, need: Need) -> dict[str, Any]:
    """The part of ``Instance`` that says where and how long the training runs."""
    stopping: dict[str, int] = {"MaxRuntimeInSeconds": need.train_seconds}
    if way.spot:
        # SageMaker refuses the field for a job on demand.
        stopping["MaxWaitTimeInSeconds"] = need.train_seconds + way.wait_seconds
    return {
        "TrainType": way.train.name,
        "Spot": way.spot,
        "StoppingCondition": stopping,
        "TrainUSDPerHour": way.train.training_price,
        "CostCapUSD": round(way.cap, 4),
    }
