"""PickInstance: the instance types and time limits that keep a run within its budget.

The rule. A job can't cost more than its time limit (``MaxRuntimeInSeconds``), and what is billed
beside it, times its price. So the limits are set first, and then only types are looked at with
which training and evaluation together stay within TrainingCost even when both run into their
limits. Of those whose memory holds
the data, the one with the most vCPUs that this data can use wins, then the cheapest.
"""

import math
import os
from dataclasses import dataclass
from typing import Any

from lambdas.errors import BudgetTooSmall
from lambdas.instance_types import PRICES_AS_OF, InstanceType, instance_types, volume_price

_GIB = 1024**3

# AutoGluon's own start and one model in memory, before any data; then the table as pandas holds it
# plus the copies that preprocessing and the models make, in multiples of the CSV's size.
_BASE_MEMORY_GIB = 3.0
_MEMORY_PER_CSV_BYTE = 10

# AutoGluon may overrun its time limit by the refit (a quarter was measured); the image has to be
# pulled and the model packed as well.
_FIT_OVERRUN = 1.25
_START_SECONDS = 300

# Starting the instance, and the two minutes that SageMaker gives a job to end after its limit
# (API reference, StopTrainingJob), taken as billed in full.
BILLED_BESIDE_THE_LIMIT_SECONDS = 300

_EVALUATION_BASE_SECONDS = 900
_EVALUATION_SECONDS_PER_GIB = 600

# Below these numbers of table cells more vCPUs than this only wait for each other.
_USEFUL_VCPUS = ((100_000, 8), (5_000_000, 16), (100_000_000, 48))
_VOLUME_GB_LEAST = 30


@dataclass(frozen=True)
class Need:
    """What the data asks for: memory, vCPUs it can use, volume, and the jobs' time limits."""

    memory_gib: float
    useful_vcpus: int
    volume_gb: int
    train_seconds: int
    evaluate_seconds: int


@dataclass(frozen=True)
class Choice:
    """Where both jobs run, and the most that the whole run can cost, in USD."""

    train: InstanceType
    evaluate: InstanceType
    cost: float


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry: the state of a checked run comes in and goes out with ``Instance``."""
    return pick_instance(event, os.environ["AWS_REGION"])


def pick_instance(state: dict[str, Any], region: str) -> dict[str, Any]:
    """``state`` with ``Instance``: types, volume, time limits, cost cap and the choice in words.

    Raises:
        BudgetTooSmall: no type holds the data within the budget.
    """
    configuration = state["Configuration"]
    budget = float(configuration["BudgetUSD"])
    need = need_of(state["Profile"], int(configuration["TimeLimitSeconds"]))
    choices = affordable_first(need, region)
    within = [choice for choice in choices if choice.cost <= budget]
    if not within:
        raise BudgetTooSmall(_too_small(need, choices, budget))
    choice = max(within, key=lambda c: (min(c.train.vcpus, need.useful_vcpus), -c.cost))
    return state | {"Instance": _instance(need, choice, budget)}


def need_of(profile: dict[str, Any], time_limit_seconds: int) -> Need:
    """What files of this profile need, for a fit of ``time_limit_seconds``."""
    train, test = profile["Train"], profile["Test"]
    largest = max(train["Bytes"], test["Bytes"])
    cells = train["Rows"] * train["Columns"]
    return Need(
        memory_gib=memory_gib_needed(largest),
        useful_vcpus=next((vcpus for most, vcpus in _USEFUL_VCPUS if cells < most), 96),
        volume_gb=_VOLUME_GB_LEAST + math.ceil(5 * (train["Bytes"] + test["Bytes"]) / _GIB),
        train_seconds=math.ceil(time_limit_seconds * _FIT_OVERRUN) + _START_SECONDS,
        evaluate_seconds=_EVALUATION_BASE_SECONDS
        + math.ceil(_EVALUATION_SECONDS_PER_GIB * test["Bytes"] / _GIB),
    )


def memory_gib_needed(text_bytes: int) -> float:
    """The memory that a CSV of so many bytes needs on the way through AutoGluon, in GiB."""
    return _BASE_MEMORY_GIB + _MEMORY_PER_CSV_BYTE * text_bytes / _GIB


def affordable_first(need: Need, region: str) -> list[Choice]:
    """Every choice whose memory holds the data, the cheapest run first."""
    gb_price = volume_price(region)
    fitting = [t for t in instance_types(region) if t.memory_gib >= need.memory_gib]
    if not fitting:
        return []
    evaluate = fitting[0]

    def most(instance: InstanceType, limit_seconds: int) -> float:
        billed = limit_seconds + BILLED_BESIDE_THE_LIMIT_SECONDS
        return instance.cost(billed, need.volume_gb, gb_price)

    evaluation_cost = most(evaluate, need.evaluate_seconds)
    choices = [Choice(t, evaluate, evaluation_cost + most(t, need.train_seconds)) for t in fitting]
    return sorted(choices, key=lambda choice: choice.cost)


def _too_small(need: Need, choices: list[Choice], budget: float) -> str:
    if not choices:
        return (
            f"The files need about {need.memory_gib:.0f} GiB of memory, more than any instance "
            "type that Codefree knows has. Upload fewer rows or columns. Nothing was started."
        )
    least = math.ceil(choices[0].cost * 100) / 100
    return (
        f"TrainingCost is {budget:.2f} USD, but these files and TrainingMinutes can cost up to "
        f"{least:.2f} USD on {choices[0].train.name}, the cheapest type that holds them. Set "
        f"TrainingCost to {least:.2f} or more, or TrainingMinutes lower. Nothing was started."
    )


def _instance(need: Need, choice: Choice, budget: float) -> dict[str, Any]:
    train = choice.train
    return {
        "TrainType": train.name,
        "EvaluateType": choice.evaluate.name,
        "VolumeGB": need.volume_gb,
        "TrainMaxSeconds": need.train_seconds,
        "EvaluateMaxSeconds": need.evaluate_seconds,
        "CostCapUSD": round(choice.cost, 4),
        "Why": (
            f"{train.name} ({train.vcpus} vCPUs, {train.memory_gib:.0f} GiB): the data needs about "
            f"{need.memory_gib:.1f} GiB and can use {need.useful_vcpus} vCPUs. Even if both jobs "
            f"run into their time limits, the run costs at most {choice.cost:.2f} of "
            f"{budget:.2f} USD (prices of {PRICES_AS_OF}, with a margin in other regions)."
        ),
    }
