"""The choice of an instance in words: why this one, why the others, and why none."""

import math
from bisect import bisect_right
from dataclasses import replace
from typing import NamedTuple

from lambdas.instances.candidates import Candidate, possible
from lambdas.instances.catalog import Catalog, InstanceType
from lambdas.instances.need import Need, need_of
from lambdas.instances.quotas import Forbidden
from lambdas.language import spoken, to_speak
from lambdas.state import ProfileState
from lambdas.wish import Wish


class SettingNames(NamedTuple):
    """What the settings that a text advises to change are called where the person is."""

    cost: str
    minutes: str


_OF_A_STACK = SettingNames("TrainingCost", "TrainingMinutes")
_NONE_WITH_GPU = to_speak(
    "There is no instance type with a GPU, which the preset needs, among the prices of this region "
    "({as_of}). Choose another preset or region."
)
_NONE_KNOWN = to_speak(
    "There is no instance type that Codefree knows among the prices of this region ({as_of}). "
    "Choose another preset or region."
)
_TOO_LARGE = to_speak(
    "The files need about {needed:,.0f} GiB of memory; the largest instance type has "
    "{largest:,.0f}. Use fewer rows, preferably a random sample, or fewer columns."
)
_NO_QUOTA = to_speak(
    "The files need about {needed:,.0f} GiB of memory, and this account's quotas allow no instance "
    "type with that much for both training and processing jobs. Ask for more in the Service Quotas "
    "console (Amazon SageMaker, “for training job usage” and “for processing job usage”)."
)


def why(
    best: Candidate, need: Need, as_of: str, wish: Wish, names: SettingNames = _OF_A_STACK
) -> str:
    """Why the run begins with ``best``, in one paragraph."""
    told = [
        spoken(
            "{type}: the data needs about {needed:.1f} GiB and can use {vcpus} vCPUs.",
            type=sized(best.train),
            needed=need.memory_gib,
            vcpus=need.useful_vcpus,
        ),
        spoken(
            "The run is expected to cost about {usual:.2f} USD, and at most {most:.2f} of "
            "{budget:.2f} USD even if both jobs reach their time limits (prices: {as_of}).",
            usual=best.usual,
            most=best.cap,
            budget=wish.cost,
            as_of=as_of,
        ),
    ]
    if best.spot:
        waits = spoken(
            "The training waits up to {minutes} minutes for spot capacity, which is usually much "
            "cheaper, and then goes on at the usual price.",
            minutes=best.wait_seconds // 60,
        )
        told.append(waits)
    elif wish.spot:
        no_spot = spoken(
            "It does not use spot capacity: the budget leaves no time to wait for it, or the "
            "account's quota does not allow it. A higher {cost} gives it that time.",
            cost=names.cost,
        )
        told.append(no_spot)
    return " ".join(told)


def reason(way: Candidate, best: Candidate) -> str:
    """Why ``way`` is a candidate besides ``best``."""
    if way.train == best.train:
        return spoken("The best within the budget.")
    if way.train.memory_gib > best.train.memory_gib:
        times = way.train.memory_gib / best.train.memory_gib
        return spoken("{times:.3g} times the memory, in case it runs out.", times=times)
    if way.work == best.work:
        return spoken("As fast, in case the others have no capacity.")
    return spoken("Slower, in case the others have no capacity.")


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
    told = spoken(
        "{cost} is {budget:.2f} USD, but with these files and {minutes:g} "
        "{minutes:minute|minutes} of training a run can cost up to {least:.2f} USD on {type}, the "
        "cheapest type that holds the {needed:.1f} GiB they need.",
        cost=names.cost,
        budget=wish.cost,
        minutes=wish.minutes,
        least=least,
        type=sized(cheapest.train),
        needed=need.memory_gib,
    )
    remedy = spoken(
        to_speak("Set {cost} to {least:.2f} or more, or {minutes} to {longest} or less.")
        if minutes
        else to_speak("Set {cost} to {least:.2f} or more."),
        cost=names.cost,
        least=least,
        minutes=names.minutes,
        longest=minutes,
    )
    return f"{told} {remedy} {_nothing_started()}"


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
        none = spoken(
            _NONE_WITH_GPU if need.gpu else _NONE_KNOWN,
            as_of=catalog.as_of,
        )
        return f"{none} {_nothing_started()}"
    largest = max(t.memory_gib for t in suited)
    too_large = spoken(
        _TOO_LARGE if need.memory_gib > largest else _NO_QUOTA,
        needed=need.memory_gib,
        largest=largest,
    )
    return f"{too_large} {_nothing_started()}"


def _nothing_started() -> str:
    return spoken("Nothing was started, and nothing is charged.")


def sized(instance: InstanceType) -> str:
    """The type and how large it is."""
    # The words of AWS's own lists of types, the same in every language.
    gpu = f", {instance.gpus} GPU" if instance.gpus else ""
    return f"{instance.name} ({instance.vcpus} vCPUs, {instance.memory_gib:.0f} GiB{gpu})"
