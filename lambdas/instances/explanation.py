"""The choice of an instance in words: why this one, why the others, and why none."""

import math
from bisect import bisect_right
from dataclasses import replace
from typing import NamedTuple

from lambdas.instances.candidates import Candidate, possible
from lambdas.instances.catalog import Catalog, InstanceType
from lambdas.instances.need import Need, need_of
from lambdas.instances.quotas import Forbidden
from lambdas.state import ProfileState
from lambdas.wish import Wish


class SettingNames(NamedTuple):
    """What the settings that a text advises to change are called where the person is."""

    cost: str
    minutes: str


_OF_A_STACK = SettingNames("TrainingCost", "TrainingMinutes")


def why(
    best: Candidate, need: Need, as_of: str, wish: Wish, names: SettingNames = _OF_A_STACK
) -> str:
    """Why the run begins with ``best``, in one paragraph."""
    told = [
        (
            f"{_sized(best.train)}: the data needs about {need.memory_gib:.1f} GiB and can use "
            f"{need.useful_vcpus} vCPUs."
        ),
        (
            f"The run is expected to cost about {best.usual:.2f} USD, and at most {best.cap:.2f} "
            f"of {wish.cost:.2f} USD even if both jobs reach their time limits "
            f"(prices: {as_of})."
        ),
    ]
    if best.spot:
        told.append(
            f"The training waits up to {best.wait_seconds // 60} minutes for spot capacity, which "
            "is usually much cheaper, and then goes on at the usual price."
        )
    elif wish.spot:
        told.append(
            "It does not use spot capacity: the budget leaves no time to wait for it, or the "
            f"account's quota does not allow it. A higher {names.cost} gives it that time."
        )
    return " ".join(told)


def reason(way: Candidate, best: Candidate) -> str:
    """Why ``way`` is a candidate besides ``best``."""
    if way.train == best.train:
        return "The best within the budget."
    if way.train.memory_gib > best.train.memory_gib:
        times = way.train.memory_gib / best.train.memory_gib
        return f"{times:.3g} times the memory, in case it runs out."
    if way.work == best.work:
        return "As fast, in case the others have no capacity."
    return "Slower, in case the others have no capacity."


def budget_too_small(
    profile: ProfileState,
    wish: Wish,
    catalog: Catalog,
    forbidden: Forbidden,
    names: SettingNames = _OF_A_STACK,
) -> str:
    """Which budget or time would do where none of the possible ways is within the budget."""
    need = need_of(profile, wish)
    ways = possible(need, catalog, forbidden)
    if not ways:
        return _nothing_possible(need, catalog)
    cheapest = ways[0]
    least = math.ceil(round(cheapest.cap * 100, 6)) / 100
    minutes = longest_minutes(profile, wish, catalog, forbidden)
    time = f"{wish.minutes:g} {'minute' if wish.minutes == 1 else 'minutes'}"
    or_shorter = f", or {names.minutes} to {minutes} or less" if minutes else ""
    return (
        f"{names.cost} is {wish.cost:.2f} USD, but with these files and {time} of "
        f"training a run can cost up to {least:.2f} USD on {_sized(cheapest.train)}, the "
        f"cheapest type that holds the {need.memory_gib:.1f} GiB they need. Set {names.cost} to "
        f"{least:.2f} or more{or_shorter}. Nothing was started, and nothing is charged."
    )


def longest_minutes(
    profile: ProfileState, wish: Wish, catalog: Catalog, forbidden: Forbidden
) -> int:
    """The most whole minutes of training that are within the budget; 0 where not even one is."""

    def cheapest_cap(minutes: int) -> float:
        need = need_of(profile, replace(wish, minutes=minutes))
        return possible(need, catalog, forbidden)[0].cap

    return bisect_right(range(1, wish.fit_seconds // 60 + 1), wish.cost, key=cheapest_cap)


def _nothing_possible(need: Need, catalog: Catalog) -> str:
    suited = [t for t in catalog.types if bool(t.gpus) == need.gpu]
    if not suited:
        wanted = "with a GPU, which the preset needs," if need.gpu else "that Codefree knows"
        return (
            f"There is no instance type {wanted} among the prices of this region "
            f"({catalog.as_of}). Choose another preset or region. Nothing was started, and nothing "
            "is charged."
        )
    largest = max(t.memory_gib for t in suited)
    if need.memory_gib > largest:
        return (
            f"The files need about {need.memory_gib:,.0f} GiB of memory; the largest instance type "
            f"has {largest:,.0f}. Use fewer rows, preferably a random sample, or fewer "
            "columns. Nothing was started, and nothing is charged."
        )
    return (
        f"The files need about {need.memory_gib:,.0f} GiB of memory, and this account's quotas "
        "allow no instance type with that much for both training and processing jobs. Ask for "
        "more in the Service Quotas console (Amazon SageMaker, “for training job usage” and “for "
        "processing job usage”). Nothing was started, and nothing is charged."
    )


def _sized(instance: InstanceType) -> str:
    gpu = f", {instance.gpus} GPU" if instance.gpus else ""
    return f"{instance.name} ({instance.vcpus} vCPUs, {instance.memory_gib:.0f} GiB{gpu})"
