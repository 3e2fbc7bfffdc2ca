"""PickInstance: the instance types, time limits and candidates that keep the budget."""

import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypedDict, cast

import boto3
from botocore.config import Config

from lambdas import clients
from lambdas.bucket.bucket import Bucket
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
from lambdas.instances.prediction import prediction_instance, prediction_need
from lambdas.instances.price_list import PRICING_REGION, load_catalog
from lambdas.instances.quotas import Forbidden, fetch_forbidden_types
from lambdas.language import speaking
from lambdas.refusals import explain_refusals
from lambdas.runs.claim import keep_claim
from lambdas.state import (
    AnyState,
    InstanceState,
    PredictionState,
    ProfileState,
    State,
    StoppingCondition,
    language_of,
    prediction_in,
)
from lambdas.wish import Language, Wish

if TYPE_CHECKING:
    from mypy_boto3_pricing import PricingClient
    from mypy_boto3_service_quotas import ServiceQuotasClient

_MOST_CANDIDATES = 8
_MOST_EVALUATING_TYPES = 5

# Prices and quotas are worth some seconds of waiting, and no more: without them there is a
# snapshot, and SageMaker's own answer.
_PATIENCE = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2})


class PickInstanceEvent(TypedDict):
    """What the state machine hands in: the state of a checked run, and the redrives so far."""

    State: AnyState
    RedriveCount: int


def _language_of(event: PickInstanceEvent) -> Language:
    return language_of(event["State"])


@speaking(_language_of)
@explain_refusals
def handler(event: PickInstanceEvent, _context: object) -> AnyState:
    """Lambda's entry: the state goes out with ``Instance``."""
    region = os.environ["AWS_REGION"]
    bucket = Bucket(os.environ["BUCKET"], clients.s3())
    redrives = int(event["RedriveCount"])
    if redrives:
        keep_claim(bucket, clients.step_functions(), event["State"])
    catalog = load_catalog(bucket, region, _pricing())
    forbidden = fetch_forbidden_types(_quotas())
    if prediction := prediction_in(event["State"]):
        return pick_for_prediction(prediction, catalog, forbidden, redrives)
    return pick_instance(cast(State, event["State"]), catalog, forbidden, redrives)


@cache
def _pricing() -> "PricingClient":
    return boto3.client("pricing", region_name=PRICING_REGION, config=_PATIENCE)


@cache
def _quotas() -> "ServiceQuotasClient":
    return boto3.client("service-quotas", config=_PATIENCE)


def pick_instance(state: State, catalog: Catalog, forbidden: Forbidden, redrives: int = 0) -> State:
    """``state`` with ``Instance``: types, limits, cost and candidates, and the choice in words.

    Raises:
        BudgetTooSmall: no type that the account may use holds the data within the budget.
    """
    wish = Wish.from_state(state["Configuration"])
    choice = choice_of(state["Profile"], wish, catalog, forbidden)
    return {**state, "Instance": choice.as_state(redrives)}


def pick_for_prediction(
    state: PredictionState, catalog: Catalog, forbidden: Forbidden, redrives: int = 0
) -> PredictionState:
    """``state`` with ``Instance``: where the one job of a prediction runs.

    Raises:
        BudgetTooSmall: no type that the account may use holds the model within PredictionCost.
    """
    need = prediction_need(state["Rows"], state["Model"]["Bytes"])
    most_usd = float(state["Configuration"]["BudgetUSD"])
    instance = prediction_instance(need, catalog, forbidden, most_usd, redrives)
    return {**state, "Instance": instance}


@dataclass(frozen=True)
class Choice:
    """Where the run begins, the candidates on demand, the best one first, and what they are for."""

    best: Candidate
    candidates: list[Candidate]
    evaluating: list[InstanceType]
    need: Need
    catalog: Catalog
    wish: Wish

    def as_state(self, redrives: int = 0) -> InstanceState:
        """What travels through the state machine, redriven so many times so far."""
        best, need = self.best, self.need
        return {
            "TrainType": best.train.name,
            "Spot": best.spot,
            "StoppingCondition": stopping_condition(best, need),
            "TrainUSDPerHour": best.train.training_price,
            "CostCapUSD": round(best.cap, 4),
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
            "Why": why(best, need, self.catalog.as_of, self.wish),
        }


def choice_of(profile: ProfileState, wish: Wish, catalog: Catalog, forbidden: Forbidden) -> Choice:
    """The choice for files of this profile; the same for the same arguments.

    Raises:
        BudgetTooSmall: nothing is within the budget; the text says which budget or time would do.
    """
    need = need_of(profile, wish)
    ways = possible(need, catalog, forbidden)
    affordable = within(wish.cost, ways)
    if not affordable:
        raise BudgetTooSmall(budget_too_small(profile, wish, catalog, forbidden))
    best = affordable[0]
    cheaper = on_spot(best, need, catalog, forbidden, wish.cost) if wish.spot else None
    candidates = named(affordable, _MOST_CANDIDATES)
    evaluating = evaluations_named(
        evaluating_types(need, catalog, forbidden), _MOST_EVALUATING_TYPES
    )
    return Choice(cheaper or best, candidates, evaluating, need, catalog, wish)


def stopping_condition(way: Candidate, need: Need) -> StoppingCondition:
    """SageMaker's own limits of the training."""
    if not way.spot:
        # SageMaker refuses the other field for a job on demand.
        return {"MaxRuntimeInSeconds": need.train_seconds}
    longest = need.train_seconds + way.wait_seconds
    return {"MaxRuntimeInSeconds": need.train_seconds, "MaxWaitTimeInSeconds": longest}
