"""What predicting a file asks of a machine, and where it can run within PredictionCost.

The rows are read and predicted in batches, so the memory depends on the model alone. How fast a
model predicts is not known before, so the time limit is generous: only seconds that are used are
billed. The reasons are in docs/predictions.md.
"""

import math
from dataclasses import dataclass

from lambdas.errors import BudgetTooSmall
from lambdas.instances.candidates import (
    BILLED_BESIDE_THE_LIMIT_SECONDS,
    evaluations_named,
    processing_types,
)
from lambdas.instances.catalog import Catalog, InstanceType
from lambdas.instances.explanation import sized
from lambdas.instances.need import USABLE_MEMORY
from lambdas.instances.quotas import Forbidden
from lambdas.language import spoken
from lambdas.state import FileState, InstanceState

_GIB = 1024**3
# The system, Python, AutoGluon with its libraries, and a batch of rows.
_BASE_MEMORY_GIB = 5.0
# A model's pickles take so many times their packed size when they are loaded.
_MODELS_IN_MEMORY = 4.0

# Pulling the image, reading the files and loading the model; then a large ensemble's pace.
_BASE_SECONDS = 1200
_SECONDS_PER_MILLION_ROWS = 3600
_SECONDS_PER_GIB = 1800
_SECONDS_PER_MODEL_GIB = 300
_USUAL_BASE_SECONDS = 300
_USUAL_SHARE = 0.1
_LONGEST_JOB_SECONDS = 5 * 24 * 3600  # SageMaker's own limit (API reference, ProcessingJob)

_VOLUME_GB_LEAST = 30
_VOLUME_TIMES = 5
_MOST_TYPES = 5


@dataclass(frozen=True)
class PredictionNeed:
    """What the job needs; ``seconds`` is its time limit, ``usual_seconds`` what it is expected to
    take."""

    memory_gib: float
    volume_gb: int
    seconds: int
    usual_seconds: int


def prediction_need(rows: FileState, model_bytes: int) -> PredictionNeed:
    """What it takes to predict a file of this profile with a model of this packed size."""
    gib, model_gib = rows["Bytes"] / _GIB, model_bytes / _GIB
    work = math.ceil(
        _SECONDS_PER_MILLION_ROWS * rows["Rows"] / 1_000_000
        + _SECONDS_PER_GIB * gib
        + _SECONDS_PER_MODEL_GIB * model_gib
    )
    return PredictionNeed(
        memory_gib=(_BASE_MEMORY_GIB + _MODELS_IN_MEMORY * model_gib) / USABLE_MEMORY,
        volume_gb=_VOLUME_GB_LEAST + math.ceil(_VOLUME_TIMES * (gib + model_gib)),
        seconds=min(_LONGEST_JOB_SECONDS, _BASE_SECONDS + work),
        usual_seconds=_USUAL_BASE_SECONDS + round(_USUAL_SHARE * work),
    )


def prediction_instance(
    need: PredictionNeed, catalog: Catalog, forbidden: Forbidden, most_usd: float, redrives: int
) -> InstanceState:
    """Where the job runs, the cheapest first, and what else it may run on within ``most_usd``.

    Raises:
        BudgetTooSmall: none that the account may use holds the model within that; the text says
            what would do.
    """
    fitting = processing_types(need.memory_gib, catalog, forbidden)
    within = [t for t in fitting if _cap(need, catalog, t) <= most_usd]
    if not within:
        raise BudgetTooSmall(_too_small(need, catalog, fitting, most_usd))
    best = within[0]
    cap = _cap(need, catalog, best)
    usual = catalog.cost(best.processing_price, need.usual_seconds, need.volume_gb)
    return {
        "PredictType": best.name,
        "PredictMaxSeconds": need.seconds,
        "PredictUSDPerHour": best.processing_price,
        "PredictCandidates": [
            {
                "Type": each.name,
                "MemoryGiB": each.memory_gib,
                "USDPerHour": each.processing_price,
                "CostCapUSD": round(_cap(need, catalog, each), 4),
            }
            for each in evaluations_named(within, _MOST_TYPES)
        ],
        "CostCapUSD": round(cap, 4),
        "VolumeGB": need.volume_gb,
        "UsualUSD": round(usual, 4),
        "Attempt": 0,
        "SinceRedrive": redrives,
        "Prices": {"VolumeUSDPerGBMonth": catalog.volume_price, "AsOf": catalog.as_of},
        "Why": spoken(
            "{type}: the model and a batch of rows need about {needed:.1f} GiB. The prediction is "
            "expected to cost about {usual:.2f} USD, and at most {most:.2f} of {budget:.2f} USD "
            "even if it reaches its time limit (prices: {as_of}).",
            type=sized(best),
            needed=need.memory_gib,
            usual=usual,
            most=cap,
            budget=most_usd,
            as_of=catalog.as_of,
        ),
    }


def _cap(need: PredictionNeed, catalog: Catalog, instance: InstanceType) -> float:
    """What the job costs when it runs into its limit, in USD."""
    billed = need.seconds + BILLED_BESIDE_THE_LIMIT_SECONDS
    return catalog.cost(instance.processing_price, billed, need.volume_gb)


def _too_small(
    need: PredictionNeed, catalog: Catalog, fitting: list[InstanceType], most_usd: float
) -> str:
    nothing = spoken("Nothing was started, and nothing is charged.")
    if not fitting:
        none = spoken(
            "The model needs about {needed:,.0f} GiB of memory to predict, and there is no "
            "instance type with that much that this account's quotas allow for processing jobs. "
            "Ask for more in the Service Quotas console (Amazon SageMaker, “for processing job "
            "usage”).",
            needed=need.memory_gib,
        )
        return f"{none} {nothing}"
    cheapest = min(fitting, key=lambda each: _cap(need, catalog, each))
    least = math.ceil(round(_cap(need, catalog, cheapest) * 100, 6)) / 100
    told = spoken(
        "PredictionCost is {budget:.2f} USD, but predicting this file can cost up to {least:.2f} "
        "USD on {type}, the cheapest type that holds the {needed:.1f} GiB it needs. Set "
        "PredictionCost to {least:.2f} or more, or upload the rows in smaller files.",
        budget=most_usd,
        least=least,
        type=sized(cheapest),
        needed=need.memory_gib,
    )
    return f"{told} {nothing}"
