"""The instance types that Codefree knows, with the prices that a region asks for them.

``catalog.json`` holds every type's size and a dated price with its source. It is what counts
while AWS's own price list can't be read; :mod:`lambdas.instances.price_list` reads that.
"""

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypedDict, cast

from lambdas.language import spoken, to_speak

# The regions that ask what us-east-1 asks. Elsewhere the snapshot is an upper bound and no price
# list: the most expensive regions stay below 1.7 times us-east-1.
_LIKE_THE_SNAPSHOT = frozenset({"us-east-1", "us-east-2", "us-west-2"})
_PRICE_FACTOR_ELSEWHERE = 1.7
# Newer generations are not offered in every region; these are wherever SageMaker is.
_GENERATION_OFFERED_EVERYWHERE = 5

# How fast a vCPU is compared with the fifth generation: AWS claims up to 15% more for its money
# from one generation to the next (product pages of M6i, C6i, R6i, M7i, C7i and R7i).
_SPEEDS = {5: 1.0, 6: 1.15, 7: 1.32}

_HOURS_A_MONTH = 730


class KnownType(TypedDict):
    """A type as catalog.json has it; the price is in USD an hour."""

    name: str
    vcpus: int
    memory_gib: float
    gpus: int
    price: float


class Snapshot(TypedDict):
    """What catalog.json holds: the prices that a region asked on a day."""

    region: str
    date: str
    volume_price_gb_month: float
    types: list[KnownType]


@dataclass(frozen=True)
class InstanceType:
    """A SageMaker instance type; prices are in USD an hour."""

    name: str
    vcpus: int
    memory_gib: float
    gpus: int
    training_price: float
    processing_price: float

    @property
    def generation(self) -> int:
        """The number in the family's name: 7 for ml.m7i.large."""
        return int("".join(c for c in self.name.split(".")[1] if c.isdigit()))

    @property
    def speed(self) -> float:
        """How fast one of its vCPUs is, 1 being the fifth generation."""
        return _SPEEDS.get(self.generation, 1.0)


@dataclass(frozen=True)
class Catalog:
    """The types that a region offers, and the price of a GB of volume a month, in USD.

    ``as_of`` says for people whose prices these are, and of when.
    """

    types: tuple[InstanceType, ...]
    volume_price: float
    as_of: str

    def cost(self, price: float, seconds: float, volume_gb: int) -> float:
        """What ``seconds`` at ``price`` USD an hour cost with the volume, in USD."""
        return job_cost(price, seconds, volume_gb, self.volume_price)

    def without(self, names: frozenset[str]) -> "Catalog":
        """The catalog without the types of these names."""
        return replace(self, types=tuple(t for t in self.types if t.name not in names))


def job_cost(price: float, seconds: float, volume_gb: int, volume_price: float) -> float:
    """What a job of ``seconds`` costs at ``price`` USD an hour with its volume, in USD."""
    return seconds / 3600 * (price + volume_gb * volume_price / _HOURS_A_MONTH)


def snapshot_catalog(region: str) -> Catalog:
    """The dated snapshot, with prices that ``region`` does not exceed and types that it offers."""
    known = region in _LIKE_THE_SNAPSHOT
    factor = snapshot_factor(region)
    snapshot = _snapshot()
    types = tuple(
        priced_type(entry, entry["price"] * factor, entry["price"] * factor)
        for entry in snapshot["types"]
    )
    offered = [t for t in types if known or t.generation <= _GENERATION_OFFERED_EVERYWHERE]
    return Catalog(
        types=tuple(t for t in offered if known or not t.gpus),
        volume_price=volume_price(region),
        as_of=spoken(
            to_speak("snapshot of {source}, {date}")
            if known
            else to_speak("snapshot of {source}, {date}, times {factor:g} for {region}"),
            source=snapshot["region"],
            date=snapshot["date"],
            factor=factor,
            region=region,
        ),
    )


def known_types() -> dict[str, KnownType]:
    """The snapshot's entry of each type, by name."""
    return {entry["name"]: entry for entry in _snapshot()["types"]}


def price_date() -> str:
    """When the snapshot's prices were valid."""
    return _snapshot()["date"]


def priced_type(entry: KnownType, training: float, processing: float) -> InstanceType:
    """The type of a snapshot's ``entry`` at these prices, in USD an hour."""
    return InstanceType(
        entry["name"], entry["vcpus"], entry["memory_gib"], entry["gpus"], training, processing
    )


def volume_price(region: str) -> float:
    """The most that a GB of volume costs a month in ``region``, in USD."""
    return _snapshot()["volume_price_gb_month"] * snapshot_factor(region)


def snapshot_factor(region: str) -> float:
    """By how much ``region`` is dearer than the snapshot at the most."""
    return 1.0 if region in _LIKE_THE_SNAPSHOT else _PRICE_FACTOR_ELSEWHERE


@cache
def _snapshot() -> Snapshot:
    text = Path(__file__).with_name("catalog.json").read_text(encoding="utf-8")
    return cast(Snapshot, json.loads(text))
