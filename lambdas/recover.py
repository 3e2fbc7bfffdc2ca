"""RecoverTraining and RecoverEvaluation: what a job that did not do its work goes on with.

Trouble that passes by itself, or that another instance type does not have, is recovered from,
within what is left of the budget and only a few times. Anything else is a person's to see: the
step fails with the reason in words. A redrive is that person's word to go on: it re-enters this
very step, which then lets the job be tried once more.

Where SageMaker answered a job's creation with an error of its own, the job may run all the same,
and is paid for. It is looked for by its name: one that runs is waited for, one that has done its
work is gone on with, and nothing is started beside it.
"""

import json
import os
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.admission import reserve
from lambdas.claim import keep_claim
from lambdas.cost import evaluation_costs, training_costs
from lambdas.errors import BudgetTooSmall, JobFailed
from lambdas.job_failure import JobFailure, failure_of
from lambdas.refusals import told_in_words
from lambdas.run_jobs import RunJob, job_called, newest_job
from lambdas.spending import Limits, NoRoom

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient

_MOST_RECOVERIES = 5
# Where other jobs use up the quota, a run waits its turn: 25 days in all, for what it reads is kept
# for 30 (infra/template.yaml). A history may have 25,000 events (AWS Step Functions Developer
# Guide, "Step Functions service quotas"); a wait makes 14 of them and, once it has become long,
# takes at least half an hour, so 25 days make 17,000.
_MOST_WAITED_SECONDS = 25 * 24 * 3600
_FIRST_WAIT_SECONDS = 30
_LONGEST_WAIT_SECONDS = 3600
_AT_ONCE = 1
# A job's name ends with the redrive count and the retry count.
_REDRIVES_IN_NAME = re.compile(r"-([0-9]+)-[0-9]+$")


@dataclass(frozen=True)
class Step:
    """One of the two jobs, and where it stands in the state."""

    name: str
    noun: str
    result: str
    type_field: str
    price_field: str
    candidates: str


STEPS = {
    "Train": Step("Train", "training", "Training", "TrainType", "TrainUSDPerHour", "Candidates"),
    "Evaluate": Step(
        "Evaluate",
        "evaluation",
        "Evaluation",
        "EvaluateType",
        "EvaluateUSDPerHour",
        "EvaluateCandidates",
    ),
}


@told_in_words
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry: ``event`` has the run's ``State``, the ``Step`` and the ``RedriveCount``."""
    state, step, redrives = event["State"], STEPS[event["Step"]], int(event["RedriveCount"])
    s3, bucket = boto3.client("s3"), os.environ["BUCKET"]
    if redrives and step.name == "Train":
        keep_claim(s3, boto3.client("stepfunctions"), bucket, state)
    recovery = Recovery(
        state,
        step,
        redrives,
        boto3.client("sagemaker"),
        random.random,
    )
    recovered = recovery.state()
    _reserve(s3, bucket, recovered)
    return recovered


def _reserve(s3: "S3Client", bucket: str, state: dict[str, Any]) -> None:
    """Reserves what the next try adds to the most that the run can cost.

    Raises:
        BudgetTooSmall: a limit that all runs share has no room for it now.
    """
    limits, run = Limits.from_environment(os.environ), state["Run"]["Id"]
    usd, execution = state["Instance"]["CostCapUSD"], state["Claim"]["Execution"]
    try:
        reserve(s3, bucket, limits, run, execution, usd, under_way=True)
    except NoRoom as why:
        raise BudgetTooSmall(
            f"The job has to be tried again, and there is no money for it now. {why} Choose "
            "Redrive on the next day (UTC), or when the limit was raised; what is done is kept."
        ) from None


@dataclass(frozen=True)
class Recovery:
    """A job that did not do its work, and what can be done.

    ``redrives`` tells how often the execution was redriven; ``chance`` gives random numbers below
    1, so that runs that wait do not all come back at once.
    """

    before: dict[str, Any]
    step: Step
    redrives: int
    sagemaker: "SageMakerClient"
    chance: Callable[[], float]

    def state(self) -> dict[str, Any]:
        """The state for the next attempt, which begins after ``WaitSeconds``.

        Raises:
            JobFailed: nothing can be done without a person; the text is the reason.
            BudgetTooSmall: what can be done costs more than is left of the budget.
        """
        job = self._awaited
        failure = self._failure(job)
        if job is None and failure.may_run:
            job = newest_job(self.sagemaker, self.step.name, self._name_of_attempt)
        if job and job.is_under_way:
            return self._waiting(failure) | {self.step.result: job.as_result()}
        if job and job.status == "Completed":
            return self._state({}, _AT_ONCE) | {self.step.result: job.as_result()}
        if self._is_redriven(failure):
            return self._redriven(failure)
        if failure.trouble == "busy":
            return self._waiting(failure)
        recovered = sum(made["Redrive"] == self.redrives for made in self._attempts)
        if recovered >= _MOST_RECOVERIES or failure.trouble in {"stopped", "other"}:
            raise JobFailed(self._in_words(failure))
        ways = self._ways(failure)
        if not ways:
            raise JobFailed(f"{self._in_words(failure)} No other instance type is within budget.")
        spent, budget = self._spent(), float(self.before["Configuration"]["BudgetUSD"])
        affordable = [way for way in ways if spent + way["CostCapUSD"] <= budget]
        if not affordable:
            least = min(way["CostCapUSD"] for way in ways)
            raise BudgetTooSmall(self._no_budget_left(failure, spent, budget, least))
        pause = self._about(_FIRST_WAIT_SECONDS * 2**recovered)
        wait = pause if failure.trouble == "service" else _AT_ONCE
        return self._on(affordable[0], spent, failure, failure.reason, wait)

    def _redriven(self, failure: JobFailure) -> dict[str, Any]:
        """Once more, because a person says so, even where that goes beyond the budget."""
        here = self._instance[self.step.type_field]
        same = [way for way in self._candidates if way["Type"] == here]
        ways = self._ways(failure) or same or self._candidates
        return self._on(ways[0], self._spent(), failure, f"{failure.reason} Redriven.", _AT_ONCE)

    @property
    def _awaited(self) -> RunJob | None:
        """The job that this step waits for in the state machine's place."""
        result = self.before.get(self.step.result, {})
        if result.get("Status") not in {"InProgress", "Stopping"}:
            return None
        return job_called(self.sagemaker, self.step.name, result["JobName"])

    def _failure(self, job: RunJob | None) -> JobFailure:
        """Why the job has not done its work; ``job`` is the one that was waited for, if any."""
        if job and job.status == "Failed":
            described = json.dumps(job.description, default=str)
            return failure_of({"Error": "States.TaskFailed", "Cause": described}, None)
        ended = job.as_result() if job else self.before.get(self.step.result)
        return failure_of(self.before.get("Failure"), ended)

    @property
    def _name_of_attempt(self) -> str:
        """How the names of this attempt's jobs begin, as the state machine makes them."""
        job_name, attempt = self.before["Run"]["JobName"], self._instance["Attempt"]
        return f"{job_name}-{self.step.name.lower()}-{attempt}-"

    @property
    def _instance(self) -> dict[str, Any]:
        return dict(self.before["Instance"])

    @property
    def _attempts(self) -> list[dict[str, Any]]:
        """What this step was already recovered from."""
        made = self.before.get("Attempts", [])
        return [attempt for attempt in made if attempt["Step"] == self.step.name]

    def _is_redriven(self, failure: JobFailure) -> bool:
        """Whether a person asked to go on since the failure. A job's name has the redrive count."""
        if counted := _REDRIVES_IN_NAME.search(failure.job):
            return int(counted[1]) < self.redrives
        return int(self._instance["SinceRedrive"]) < self.redrives

    @property
    def _candidates(self) -> list[dict[str, Any]]:
        return list(self._instance[self.step.candidates])

    def _ways(self, failure: JobFailure) -> list[dict[str, Any]]:
        """The candidates that may not have this trouble, the best one first."""
        memory = {way["Type"]: way["MemoryGiB"] for way in self._candidates}
        now = self._instance[self.step.type_field]
        ran_out = [made["Type"] for made in self._attempts if made["Trouble"] == "memory"]
        ran_out += [now] if failure.trouble == "memory" else []
        too_small = max((memory[name] for name in ran_out), default=0)
        roomy = [way for way in self._candidates if way["MemoryGiB"] > too_small]
        if failure.trouble == "spot":
            return roomy
        if failure.trouble in {"service", "stopped", "other"}:
            return [way for way in roomy if way["Type"] == now]
        tried = {made["Type"] for made in self._attempts if made["Redrive"] == self.redrives}
        return [way for way in roomy if way["Type"] not in tried | {now}]

    def _on(
        self, way: dict[str, Any], spent: float, failure: JobFailure, why: str, wait_seconds: int
    ) -> dict[str, Any]:
        """The state in which the job is tried on ``way``."""
        attempt = {
            "Step": self.step.name,
            "Type": self._instance[self.step.type_field],
            "Redrive": self.redrives,
            "Trouble": failure.trouble,
            "Why": why,
        }
        change: dict[str, Any] = {
            self.step.type_field: way["Type"],
            self.step.price_field: way["USDPerHour"],
            "CostCapUSD": round(spent + way["CostCapUSD"], 4),
            "Attempt": self._instance["Attempt"] + 1,
            self._waits: 0,
        }
        if self.step.name == "Train":
            # What is on demand can't wait for spot capacity: SageMaker refuses the field.
            longest = self._instance["StoppingCondition"]["MaxRuntimeInSeconds"]
            change |= {"Spot": False, "StoppingCondition": {"MaxRuntimeInSeconds": longest}}
        made = [*self.before.get("Attempts", []), attempt]
        return self._state(change, wait_seconds) | {"Attempts": made}

    def _waiting(self, failure: JobFailure) -> dict[str, Any]:
        """The same attempt once more, when others may have given back what the quota allows."""
        # A redrive begins with short waits again, but it goes on with the same history and inputs.
        is_redriven = int(self._instance["SinceRedrive"]) < self.redrives
        waits = 0 if is_redriven else int(self._instance.get(self._waits, 0))
        waited = int(self._instance.get("Waited", 0))
        if waited >= _MOST_WAITED_SECONDS and not is_redriven:
            raise JobFailed(self._in_words(failure))
        seconds = self._about(min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2 ** min(waits, 10)))
        return self._state({self._waits: waits + 1, "Waited": waited + seconds}, seconds)

    @property
    def _waits(self) -> str:
        """The field of the instance that tells how often this attempt has waited its turn."""
        return f"{self.step.name}Waits"

    def _about(self, seconds: int) -> int:
        return max(_AT_ONCE, round(seconds * (0.5 + 0.5 * self.chance())))

    def _state(self, change: dict[str, Any], wait_seconds: int) -> dict[str, Any]:
        left_behind = {"Failure", self.step.result}
        kept = {name: value for name, value in self.before.items() if name not in left_behind}
        instance = self._instance | change | {"SinceRedrive": self.redrives}
        return kept | {"Instance": instance, "WaitSeconds": wait_seconds}

    def _spent(self) -> float:
        name = self.before["Run"]["JobName"]
        costs = training_costs(self.sagemaker, name, self._instance)
        costs += evaluation_costs(self.sagemaker, name, self._instance)
        return sum(cost.usd for cost in costs)

    def _in_words(self, failure: JobFailure) -> str:
        return (
            f"The {self.step.noun} did not end well: {failure.reason.rstrip('.')}. Once that is "
            "mended, choose Redrive to go on from here; what is done is kept. A new upload of one "
            "of the files starts over."
        )

    def _no_budget_left(
        self, failure: JobFailure, spent: float, budget: float, least: float
    ) -> str:
        return (
            f"The {self.step.noun} did not end well: {failure.reason.rstrip('.')}. "
            f"{spent:.2f} of the {budget:.2f} USD of TrainingCost are spent, and the next try can "
            f"cost up to {least:.2f}. Set TrainingCost to {spent + least:.2f} or more and upload "
            "one of the files again, or choose Redrive to spend that on this run."
        )
