"""ReserveBudget: holds the run's money within the limits that all runs share, or has it wait.

What is reserved is the most that the run can cost. Publish and ExplainFailure put what it did cost
in its place.
"""

import os
from typing import TYPE_CHECKING

import boto3

from lambdas.errors import BudgetTooSmall
from lambdas.refusals import told_in_words
from lambdas.runs.admission import reserve
from lambdas.runs.claim import Claim, keep_claim
from lambdas.runs.line import go_into_line
from lambdas.runs.spending import Limits, NoRoom
from lambdas.runs.waiting_runs import WaitingRun
from lambdas.state import State
from lambdas.uploads.pair import pair_of_run

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@told_in_words
def handler(event: State, _context: object) -> State:
    """Lambda's entry: ``event`` is the state of a run with its ``Instance``."""
    bucket, s3 = os.environ["BUCKET"], boto3.client("s3")
    claim = keep_claim(s3, boto3.client("stepfunctions"), bucket, event)
    return reserve_budget(event, claim, bucket, Limits.from_environment(os.environ), s3)


def reserve_budget(
    state: State, claim: Claim, bucket: str, limits: Limits, s3: "S3Client"
) -> State:
    """The same state where the money is reserved, else that of a run that waits in line.

    ``claim`` is the one that stands. If it waits, the run went into line in an earlier attempt of
    this step, whose answer was lost.

    Raises:
        BudgetTooSmall: the run may cost more than a limit would ever allow.
        TryAgain: many write at the same moment.
    """
    usd, run = state["Instance"]["CostCapUSD"], state["Run"]["Id"]
    if too_low := limits.too_low_for(usd):
        raise BudgetTooSmall(f"{too_low} Then choose Redrive, or upload one of the files again.")
    try:
        if claim.waits:
            raise NoRoom("Its turn has not come yet.")
        reserve(s3, bucket, limits, run, claim.execution, usd)
    except NoRoom as why:
        waiting = WaitingRun(
            pair=pair_of_run(s3, bucket, run),
            forced_by=state["Line"]["ForcedBy"] or None,
            run=run,
            since=state["Line"]["Place"],
            turn=0,
            usd=usd,
            why=str(why),
        )
        return go_into_line(s3, bucket, state["Claim"]["Identity"], claim, waiting)
    return state
