"""ReserveBudget: holds the money within the limits that all runs share, or has the run wait.

What is reserved is the most that the run can cost. Publish and ExplainFailure put what it did cost
in its place.
"""

import os
import random
from datetime import UTC, datetime
from typing import cast

from lambdas import clients
from lambdas.bucket.bucket import Bucket
from lambdas.bucket.kept_data import broken
from lambdas.bucket.layout import pair_key
from lambdas.errors import BudgetTooSmall
from lambdas.language import speaking, spoken
from lambdas.refusals import explain_refusals
from lambdas.runs.admission import RunBudget, reserve_cost
from lambdas.runs.claim import Claim, keep_claim
from lambdas.runs.line import join_line
from lambdas.runs.pause import pause_seconds
from lambdas.runs.spending import Limits, NoRoom
from lambdas.runs.waiting_runs import WaitingRun
from lambdas.state import AnyState, PredictionState, State, language_of, prediction_in
from lambdas.uploads.pair import read_pair


@speaking(language_of)
@explain_refusals
def handler(event: AnyState, _context: object) -> AnyState:
    """Lambda's entry: ``event`` is the state of a run or a prediction with its ``Instance``."""
    bucket = Bucket(os.environ["BUCKET"], clients.s3())
    claim = keep_claim(bucket, clients.step_functions(), event)
    limits = Limits.from_environment(os.environ)
    if prediction := prediction_in(event):
        return reserve_for_prediction(prediction, claim, bucket, limits)
    return reserve_budget(cast(State, event), claim, bucket, limits)


def reserve_for_prediction(
    state: PredictionState, claim: Claim, bucket: Bucket, limits: Limits
) -> PredictionState:
    """The same state where the money is reserved, else with the seconds to pause before it is
    asked for again. A prediction stands in no line.

    Raises:
        BudgetTooSmall: it may cost more than a limit would ever allow, or has waited for too long.
        TryAgain: many write at the same moment.
    """
    usd, run = state["Instance"]["CostCapUSD"], state["Run"]["Id"]
    if too_low := limits.too_low_for(usd, "PredictionCost"):
        then = spoken("Then choose Redrive, or upload the file again.")
        raise BudgetTooSmall(f"{too_low} {then}")
    try:
        reserve_cost(bucket, limits, RunBudget(run, claim.execution, usd))
    except NoRoom as why:
        seconds = pause_seconds(run, str(why), datetime.now(UTC), random.random())
        return {**state, "Outcome": "WaitingForBudget", "WaitSeconds": seconds}
    return {**state, "Outcome": "Ready"}


def reserve_budget(state: State, claim: Claim, bucket: Bucket, limits: Limits) -> State:
    """The same state where the money is reserved, else that of a run that waits in line.

    ``claim`` is the one that stands. If it waits, the run went into line in an earlier attempt of
    this step, whose answer was lost.

    Raises:
        BudgetTooSmall: the run may cost more than a limit would ever allow.
        KeptDataBroken: nothing tells any more what the run that has to wait reads.
        TryAgain: many write at the same moment.
    """
    usd, run = state["Instance"]["CostCapUSD"], state["Run"]["Id"]
    if too_low := limits.too_low_for(usd):
        then = spoken("Then choose Redrive, or upload one of the files again.")
        raise BudgetTooSmall(f"{too_low} {then}")
    try:
        if claim.waits:
            raise NoRoom(spoken("Its turn has not come yet."))
        reserve_cost(bucket, limits, RunBudget(run, claim.execution, usd))
    except NoRoom as why:
        pair = read_pair(bucket, run)
        if pair is None:
            raise broken(spoken("{key} is missing.", key=pair_key(run))) from None
        waiting = WaitingRun(
            pair=pair,
            forced_by=state["Line"]["ForcedBy"] or None,
            run=run,
            since=state["Line"]["Place"],
            turn=0,
            usd=usd,
            why=str(why),
        )
        return join_line(bucket, state["Claim"]["Identity"], claim, waiting)
    return state
