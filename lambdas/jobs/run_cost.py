"""What a run or a prediction did cost, for its summary."""

from typing import Any

from lambdas.jobs.cost import JobCost
from lambdas.jobs.kind import JobKind
from lambdas.jobs.planned_job import planned_job, planned_kinds
from lambdas.language import spoken, to_speak
from lambdas.state import CostState, InstanceState

# By whether some of its jobs did not complete.
_OF_RUN = {
    False: to_speak(
        "The run cost {usd:.2f} USD: {jobs:,} {jobs:job|jobs}, {seconds:,} billed "
        "{seconds:second|seconds} (prices: {as_of})."
    ),
    True: to_speak(
        "The run cost {usd:.2f} USD: {jobs:,} {jobs:job|jobs}, of which {failed:,} did not "
        "complete, {seconds:,} billed {seconds:second|seconds} (prices: {as_of})."
    ),
}
_OF_PREDICTION = {
    False: to_speak(
        "The prediction cost {usd:.2f} USD: {jobs:,} {jobs:job|jobs}, {seconds:,} billed "
        "{seconds:second|seconds} (prices: {as_of})."
    ),
    True: to_speak(
        "The prediction cost {usd:.2f} USD: {jobs:,} {jobs:job|jobs}, of which {failed:,} did not "
        "complete, {seconds:,} billed {seconds:second|seconds} (prices: {as_of})."
    ),
}


def cost_state(
    instance: InstanceState, jobs: list[JobCost], machine: dict[str, Any] | None
) -> CostState:
    """The cost of the ``jobs``; ``machine`` is where the program says that it was run."""
    total, saved = sum(job.usd for job in jobs), sum(job.saved for job in jobs)
    return {
        "EstimatedUSD": instance["UsualUSD"],
        "MostUSD": instance["CostCapUSD"],
        "ActualUSD": round(total, 4),
        "SavedBySpotUSD": round(saved, 4),
        "PricesAsOf": instance["Prices"]["AsOf"],
        "Jobs": [job.as_state() for job in jobs],
        "Text": cost_text(instance, jobs, machine),
    }


def cost_text(instance: InstanceState, jobs: list[JobCost], machine: dict[str, Any] | None) -> str:
    """The cost in words. A machine that is not the planned one was not paid at its price."""
    kind = planned_kinds(instance)[0]
    planned = planned_job(instance, kind).type
    if machine and machine["instance_type"] != planned:
        return spoken(
            "The work was done on another machine ({cpus} processors, {memory:.0f} GiB), which "
            "Codefree does not pay for. On {type} it would cost about {usual:.2f} USD, at most "
            "{most:.2f} (prices: {as_of}).",
            cpus=machine["cpus"],
            memory=machine["memory_gib"],
            type=planned,
            usual=instance["UsualUSD"],
            most=instance["CostCapUSD"],
            as_of=instance["Prices"]["AsOf"],
        )
    failed = sum(job.status != "Completed" for job in jobs)
    texts = _OF_PREDICTION if kind is JobKind.PREDICT else _OF_RUN
    told = spoken(
        texts[failed > 0],
        usd=sum(job.usd for job in jobs),
        jobs=len(jobs),
        failed=failed,
        seconds=sum(job.billed_seconds for job in jobs),
        as_of=instance["Prices"]["AsOf"],
    )
    expected = spoken(
        "It was expected to cost {usual:.2f}, and {most:.2f} at most.",
        usual=instance["UsualUSD"],
        most=instance["CostCapUSD"],
    )
    saved = sum(job.saved for job in jobs)
    by_spot = spoken("Spot capacity saved {usd:.2f} USD.", usd=saved) if saved else ""
    return " ".join(filter(None, (told, expected, by_spot)))
