"""What a run goes on with when a job has failed: a decision, made from facts alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lambdas.errors import BudgetTooSmall, JobFailed
from lambdas.jobs.backoff import AT_ONCE, FIRST_SECONDS, LONGEST_SECONDS, MOST_WAITED, spread
from lambdas.jobs.described_job import DescribedJob
from lambdas.jobs.failure import JobFailure
from lambdas.jobs.kind import JobKind
from lambdas.jobs.name import JobName
from lambdas.jobs.planned_job import PlannedJob
from lambdas.language import spoken, to_speak
from lambdas.state import AttemptState, CandidateState

_MOST_RECOVERIES = 5
# Where other jobs use up the quota, a run waits its turn. A history may have 25,000 events (AWS
# Step Functions Developer Guide, "Step Functions service quotas"); a wait makes 14 of them and,
# once it has become long, takes at least half an hour, so 25 days make 17,000.
_MOST_WAITED_SECONDS = MOST_WAITED.total_seconds()

# How a person goes on. What is not a stack says something else in their place.
WAY_ON = to_speak(
    "Once that is fixed, choose Redrive to go on from here; finished steps are kept. A new upload "
    "of one of the files starts over."
)
SPEND_MORE = to_speak(
    "Then upload one of the files again, or choose Redrive to spend that on this run."
)
_FAILED = {
    JobKind.TRAIN: to_speak("The training failed: {reason}."),
    JobKind.EVALUATE: to_speak("The evaluation failed: {reason}."),
    JobKind.PREDICT: to_speak("The prediction failed: {reason}."),
}
# Whose parameter bounds what the jobs may cost.
_BOUNDED_BY = {
    JobKind.TRAIN: "TrainingCost",
    JobKind.EVALUATE: "TrainingCost",
    JobKind.PREDICT: "PredictionCost",
}


@dataclass(frozen=True)
class Case:
    """A job that has failed, and all that the decision depends on.

    Args:
        failure: why it has.
        found: a job of this attempt that SageMaker has after all, under way or done.
        planned: where the job was to run, and its candidates, the best first.
        attempts: what this step was already recovered from.
        redrives: how often the execution was redriven so far.
        redrives_before: how often it had been when the instance was last chosen.
        waited_seconds: how long the run has waited for a quota in all; a prediction, which waits
            for other things, too, since it began.
        budget_usd: the most that the run may cost without a person's word.
        spent_usd: what its jobs have cost so far.
    """

    kind: JobKind
    failure: JobFailure
    found: DescribedJob | None
    planned: PlannedJob
    attempts: Sequence[AttemptState]
    redrives: int
    redrives_before: int
    waited_seconds: int
    budget_usd: float
    spent_usd: float = 0.0

    @property
    def is_redriven(self) -> bool:
        """Whether a person asked to go on since the failure. A job's name has the redrive count."""
        if name := JobName.read(self.failure.job):
            return name.redrive < self.redrives
        return self.redrives_before < self.redrives

    @property
    def waits_for_quota(self) -> bool:
        """Whether the job has only to wait until other jobs give back what the quota allows."""
        return self.failure.trouble == "busy" and not self.is_redriven

    @property
    def recoveries(self) -> int:
        """How often this step was recovered since the last redrive."""
        return sum(made["Redrive"] == self.redrives for made in self.attempts)

    @property
    def ways(self) -> list[CandidateState]:
        """The candidates that may not have this trouble, the best first."""
        candidates, now = self.planned.candidates, self.planned.type
        memory = {way["Type"]: way["MemoryGiB"] for way in candidates}
        ran_out = [made["Type"] for made in self.attempts if made["Trouble"] == "memory"]
        ran_out += [now] if self.failure.trouble == "memory" else []
        too_small = max((memory[name] for name in ran_out), default=0)
        roomy = [way for way in candidates if way["MemoryGiB"] > too_small]
        if self.failure.trouble == "spot":
            return roomy
        if self.failure.trouble in {"service", "stopped", "other"}:
            return [way for way in roomy if way["Type"] == now]
        tried = {made["Type"] for made in self.attempts if made["Redrive"] == self.redrives}
        return [way for way in roomy if way["Type"] not in tried | {now}]


@dataclass(frozen=True)
class GoOnWith:
    """A job that has done its work after all takes the place of the step's result."""

    job: DescribedJob


@dataclass(frozen=True)
class WaitLonger:
    """The same attempt again after ``seconds``, the wait number ``waits``.

    ``job`` is one that is under way, and is waited for instead of a quota.
    """

    seconds: int
    waits: int
    job: DescribedJob | None = None


@dataclass(frozen=True)
class TryAgainOn:
    """A new attempt on the instance type ``way``, after ``seconds``; ``why`` is for people."""

    way: CandidateState
    seconds: int
    why: str


Decision = GoOnWith | WaitLonger | TryAgainOn


def decide(case: Case, chance: float) -> Decision:
    """What the run goes on with. ``chance``, from 0 to 1, spreads the waits of many runs.

    Raises:
        JobFailed: nothing can be done without a person; the text is the reason.
        BudgetTooSmall: what can be done costs more than is left of the budget.
    """
    if case.found and case.found.is_under_way:
        return replace(_wait(case, chance), job=case.found)
    if case.found:
        return GoOnWith(case.found)
    if case.is_redriven:
        return _once_more(case)
    if case.waits_for_quota:
        return _wait(case, chance)
    if case.recoveries >= _MOST_RECOVERIES or case.failure.trouble in {"stopped", "other"}:
        raise JobFailed(_in_words(case))
    if not case.ways:
        no_other = spoken("No other instance type is within budget.")
        raise JobFailed(f"{_in_words(case)} {no_other}")
    affordable = [way for way in case.ways if case.spent_usd + way["CostCapUSD"] <= case.budget_usd]
    if not affordable:
        raise BudgetTooSmall(_no_budget_left(case))
    pause = spread(FIRST_SECONDS * 2**case.recoveries, chance)
    wait = pause if case.failure.trouble == "service" else AT_ONCE
    return TryAgainOn(affordable[0], wait, case.failure.reason)


def _once_more(case: Case) -> TryAgainOn:
    """Once more, because a person says so, even where that goes beyond the budget."""
    candidates = case.planned.candidates
    same = [way for way in candidates if way["Type"] == case.planned.type]
    way = (case.ways or same or candidates)[0]
    redriven = spoken("{why} Redriven.", why=case.failure.reason)
    return TryAgainOn(way, AT_ONCE, redriven)


def _wait(case: Case, chance: float) -> WaitLonger:
    """The same attempt again, when others may have given back what the quota allows."""
    # A redrive begins with short waits again, but it goes on with the same history and inputs.
    is_redriven = case.redrives_before < case.redrives
    waits = 0 if is_redriven else case.planned.waits
    if case.waited_seconds >= _MOST_WAITED_SECONDS and not is_redriven:
        raise JobFailed(_in_words(case))
    longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(waits, 10))
    return WaitLonger(spread(longest, chance), waits + 1)


def _in_words(case: Case) -> str:
    return f"{_failed(case)} {spoken(WAY_ON)}"


def _failed(case: Case) -> str:
    return spoken(_FAILED[case.kind], reason=case.failure.reason.rstrip("."))


def _no_budget_left(case: Case) -> str:
    least = min(way["CostCapUSD"] for way in case.ways)
    spent = spoken(
        "{spent:.2f} of the {budget:.2f} USD of {limit} are spent, and the next try can cost "
        "up to {next:.2f}. Set {limit} to {needed:.2f} or more.",
        limit=_BOUNDED_BY[case.kind],
        spent=case.spent_usd,
        budget=case.budget_usd,
        next=least,
        needed=case.spent_usd + least,
    )
    return f"{_failed(case)} {spent} {spoken(SPEND_MORE)}"
