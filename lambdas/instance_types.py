"""The instance types to choose from, with the dated prices that stand in instance_types.json."""

import json
from dataclasses import dataclass
from pathlib import Path

_CATALOG = json.loads(Path(__file__).with_suffix(".json").read_text())

PRICES_AS_OF = f"{_CATALOG['region']}, {_CATALOG['date']}"

# An upper bound, not a price list: the dearest regions are below 1.7 times us-east-1. The budget
# stays a promise in every region at the cost of a smaller instance than it would allow.
_PRICE_FACTOR = {"us-east-1": 1.0, "us-east-2": 1.0, "us-west-2": 1.0}
_PRICE_FACTOR_ELSEWHERE = 1.7

_HOURS_A_MONTH = 730


@dataclass(frozen=True)
class InstanceType:
    """A SageMaker instance type; ``price`` is the most it costs an hour, in USD."""

    name: str
    vcpus: int
    memory_gib: float
    price: float

    def cost(self, seconds: float, volume_gb: int, volume_price: float) -> float:
        """The most that a job of ``seconds`` costs on this type with its volume, in USD."""
        hours = seconds / 3600
        return hours * (self.price + volume_gb * volume_price / _HOURS_A_MONTH)


def instance_types(region: str) -> list[InstanceType]:
    """Every known type, cheapest first, with a price that ``region`` does not exceed."""
    factor = price_factor(region)
    types = [
        InstanceType(t["name"], t["vcpus"], t["memory_gib"], t["price"] * factor)
        for t in _CATALOG["types"]
    ]
    return sorted(types, key=lambda t: t.price)


def volume_price(region: str) -> float:
    """The most that a GB of volume costs a month in ``region``, in USD."""
    return float(_CATALOG["volume_price_gb_month"]) * price_factor(region)


def price_factor(region: str) -> float:
    """How many times the snapshot's prices ``region`` may cost."""
    return _PRICE_FACTOR.get(region, _PRICE_FACTOR_ELSEWHERE)
