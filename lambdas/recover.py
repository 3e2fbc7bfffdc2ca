"""RecoverTraining, RecoverEvaluation and RecoverPrediction: what follows when a job has failed.

Trouble that passes by itself, or that another instance type does not have, is recovered from,
within what is left of the budget and only a few times. Anything else is a person's to see: the
step fails with the reason in words. A redrive is that person's word to go on: it re-enters this
very step, which then lets the job be tried again.

Where SageMaker answered a job's creation with an error of its own, the job may run all the same,
and is paid for. It is looked for by its name: one that runs is waited for, one that has done its
work is used, and no second one is started.
"""

import json
import os
import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict

from lambdas import clients
from lambdas.bucket.bucket import Bucket
from lambdas.bucket.run_name import began
from lambdas.errors import BudgetTooSmall
from lambdas.jobs.cost import fetch_job_costs
from lambdas.jobs.described_job import DescribedJob, describe_job, find_newest_job
from lambdas.jobs.failure import JobFailure, failure_of
from lambdas.jobs.kind import JobKind
from lambdas.jobs.name import attempt_prefix
from lambdas.jobs.planned_job import planned_job, replanned
from lambdas.jobs.recovery import Case, Decision, GoOnWith, TryAgainOn, WaitLonger, decide
from lambdas.language import speaking, spoken
from lambdas.refusals import explain_refusals
from lambdas.runs.admission import RunBudget, reserve_cost
from lambdas.runs.claim import keep_claim
from lambdas.runs.spending import Limits, NoRoom
from lambdas.state import (
    AnyState,
    AttemptState,
    CandidateState,
    InstanceState,
    language_of,
    prediction_in,
)
from lambdas.wish import Language

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient


class RecoverEvent(TypedDict):
    """What the state machine hands in: the run's state, the job's step, and the redrives so far."""

    State: AnyState
    Step: str
    RedriveCount: int


def _language_of(event: RecoverEvent) -> Language:
    return language_of(event["State"])


@speaking(_language_of)
@explain_refusals
def handler(event: RecoverEvent, _context: object) -> AnyState:
    """Lambda's entry; returns the state of the next attempt, to begin after ``WaitSeconds``."""
    state, kind, redrives = event["State"], JobKind(event["Step"]), int(event["RedriveCount"])
    bucket = Bucket(os.environ["BUCKET"], clients.s3())
    if redrives and kind is not JobKind.EVALUATE:  # by then the files are the run's for good
        keep_claim(bucket, clients.step_functions(), state)
    case = describe_case(state, kind, redrives, clients.sagemaker(), datetime.now(UTC))
    recovered = applied(decide(case, random.random()), case, state)
    _reserve(bucket, recovered)
    return recovered


def describe_case(
    state: AnyState, kind: JobKind, redrives: int, sagemaker: "SageMakerClient", now: datetime
) -> Case:
    """The case of a job that has failed, with what SageMaker says about it."""
    instance = state["Instance"]
    awaited = _describe_awaited_job(state, kind, sagemaker)
    failure = _failure(state, kind, awaited)
    found = awaited
    if awaited is None and failure.may_run:
        begins = attempt_prefix(state["Run"]["JobName"], kind, instance["Attempt"])
        found = find_newest_job(sagemaker, kind, begins)
    case = Case(
        kind=kind,
        failure=failure,
        found=found if found and (found.is_under_way or found.status == "Completed") else None,
        planned=planned_job(instance, kind),
        attempts=[made for made in state.get("Attempts", []) if made["Step"] == kind],
        redrives=redrives,
        redrives_before=int(instance["SinceRedrive"]),
        waited_seconds=_waited_seconds(state, now),
        budget_usd=float(state["Configuration"]["BudgetUSD"]),
    )
    # SageMaker is asked for costs only where they count: an account may ask twice a second.
    if case.found or case.waits_for_quota:
        return case
    costs = fetch_job_costs(sagemaker, state["Run"]["JobName"], instance)
    return replace(case, spent_usd=sum(cost.usd for cost in costs))


def _waited_seconds(state: AnyState, now: datetime) -> int:
    """How long the run has waited for a quota; a prediction for anything, so since it began."""
    waited = int(state["Instance"].get("Waited", 0))
    if prediction := prediction_in(state):
        return max(waited, int((now - began(prediction["Run"]["Id"])).total_seconds()))
    return waited


def _describe_awaited_job(
    state: AnyState, kind: JobKind, sagemaker: "SageMakerClient"
) -> DescribedJob | None:
    """The job that the run waits for in the state machine's place."""
    result = state.get(kind.result)
    if result is None or result.get("Status") not in {"InProgress", "Stopping"}:
        return None
    return describe_job(sagemaker, kind, result["JobName"])


def _failure(state: AnyState, kind: JobKind, awaited: DescribedJob | None) -> JobFailure:
    """Why the job has not done its work; ``awaited`` is the one that was waited for, if any."""
    if awaited and awaited.status == "Failed":
        described = json.dumps(awaited.description, default=str)
        return failure_of({"Error": "States.TaskFailed", "Cause": described}, None)
    ended = awaited.as_state() if awaited else state.get(kind.result)
    return failure_of(state.get("Failure"), ended)


def applied(decision: Decision, case: Case, before: AnyState) -> AnyState:
    """The state in which the run goes on as was decided."""
    kind, instance = case.kind, before["Instance"].copy()
    instance["SinceRedrive"] = case.redrives
    after = before.copy()
    after.pop("Failure", None)
    after.pop(kind.result, None)
    match decision:
        case GoOnWith(job):
            after[kind.result] = job.as_state()
            after["WaitSeconds"] = 1
        case WaitLonger(seconds, waits, job):
            instance = replanned(instance, kind, replace(case.planned, waits=waits))
            instance["Waited"] = case.waited_seconds + seconds
            after["WaitSeconds"] = seconds
            if job:
                after[kind.result] = job.as_state()
        case TryAgainOn(way, seconds, why):
            instance = _on(way, case, instance)
            after["WaitSeconds"] = seconds
            after["Attempts"] = [*before.get("Attempts", []), _attempt(case, why)]
    after["Instance"] = instance
    return after


def _on(way: CandidateState, case: Case, instance: InstanceState) -> InstanceState:
    planned = replace(case.planned, type=way["Type"], usd_per_hour=way["USDPerHour"], waits=0)
    changed = replanned(instance, case.kind, planned)
    changed["CostCapUSD"] = round(case.spent_usd + way["CostCapUSD"], 4)
    changed["Attempt"] = instance["Attempt"] + 1
    if case.kind is JobKind.TRAIN:
        # What is on demand can't wait for spot capacity: SageMaker refuses the field.
        longest = instance["StoppingCondition"]["MaxRuntimeInSeconds"]
        changed["Spot"] = False
        changed["StoppingCondition"] = {"MaxRuntimeInSeconds": longest}
    return changed


def _attempt(case: Case, why: str) -> AttemptState:
    return {
        "Step": case.kind.value,
        "Type": case.planned.type,
        "Redrive": case.redrives,
        "Trouble": case.failure.trouble,
        "Why": why,
    }


def _reserve(bucket: Bucket, state: AnyState) -> None:
    """Reserves what the next try adds to the most that the run can cost.

    Raises:
        BudgetTooSmall: a limit that all runs share has no room for it now.
    """
    limits = Limits.from_environment(os.environ)
    usd, execution = state["Instance"]["CostCapUSD"], state["Claim"]["Execution"]
    try:
        reserve_cost(
            bucket, limits, RunBudget(state["Run"]["Id"], execution, usd), is_under_way=True
        )
    except NoRoom as why:
        raise BudgetTooSmall(
            spoken(
                "The job has to be tried again, and no money is left for it now. {why} Choose "
                "Redrive on the next day (UTC), or after raising the limit; finished steps are "
                "kept.",
                why=why,
            )
        ) from None
