"""The ways in which a run can go within its budget, the best one first.

A job can't cost more than its time limit (``MaxRuntimeInSeconds``) and what is billed beside it,
times its price. So the limits are set first, and only types are looked at with which training and
evaluation together stay within the budget even when both run into their limits. Of those whose
memory holds the data, the one that does the most work in the person's minutes wins, counting only
vCPUs that this data can use; of equals, the cheapest.
"""

from dataclasses import dataclass

from lambdas.instances.catalog import Catalog, InstanceType
from lambdas.instances.need import Need
from lambdas.instances.quotas import Forbidden

# Starting the instance, and the two minutes that SageMaker gives a job to end after its limit
# (API reference, StopTrainingJob), taken as billed in full.
BILLED_BESIDE_THE_LIMIT_SECONDS = 300

# How long to wait for spot capacity at the most, and what is too short to be worth a try.
_LONGEST_WAIT_SECONDS = 4 * 3600
_SHORTEST_WAIT_SECONDS = 600


@dataclass(frozen=True)
class Candidate:
    """Where both jobs run. ``cap`` is the most that the run can cost, ``usual`` what it is
    expected to cost, in USD; ``wait_seconds`` how long it may wait for spot capacity, 0 where it
    runs on demand."""

    train: InstanceType
    evaluate: InstanceType
    work: float
    cap: float
    usual: float
    wait_seconds: int = 0

    @property
    def spot(self) -> bool:
        """Whether the training waits for spot capacity."""
        return self.wait_seconds > 0


def possible(need: Need, catalog: Catalog, forbidden: Forbidden) -> list[Candidate]:
    """Every way that holds the data, on demand, whatever it costs; the cheapest first."""
    fitting = _fitting(need, catalog)
    evaluating = evaluating_types(need, catalog, forbidden)
    if not evaluating:
        return []
    evaluate = evaluating[0]

    def candidate(train: InstanceType) -> Candidate:
        most = _most(need, catalog, train, evaluate, need.train_seconds)
        usual = catalog.cost(train.training_price, need.usual_train_seconds, need.volume_gb)
        usual += catalog.cost(
            evaluate.processing_price, need.usual_evaluate_seconds, need.volume_gb
        )
        work = min(train.vcpus, need.useful_vcpus) * train.speed
        return Candidate(train, evaluate, work, most, usual)

    ways = [candidate(t) for t in fitting if t.name not in forbidden.training]
    return sorted(ways, key=lambda way: (way.cap, -way.work, way.train.name))


def evaluating_types(need: Need, catalog: Catalog, forbidden: Forbidden) -> list[InstanceType]:
    """Every type that the evaluation can run on, the cheapest first."""
    return processing_types(need.memory_gib, catalog, forbidden, gpu=need.gpu)


def processing_types(
    memory_gib: float, catalog: Catalog, forbidden: Forbidden, *, gpu: bool = False
) -> list[InstanceType]:
    """Every type with so much memory that a processing job can run on, the cheapest first."""
    fitting = [t for t in catalog.types if t.memory_gib >= memory_gib and bool(t.gpus) == gpu]
    allowed = [t for t in fitting if t.name not in forbidden.processing]
    return sorted(allowed, key=lambda t: (t.processing_price, t.name))


def evaluations_named(types: list[InstanceType], most: int) -> list[InstanceType]:
    """The first ``most`` of :func:`evaluating_types`, and the cheapest with more memory."""
    roomy = [
        next((t for t in types if t.memory_gib >= times * types[0].memory_gib), types[0])
        for times in (2, 4, 8)
    ]
    return list(dict.fromkeys(types[:most] + roomy))


def evaluation_cap(need: Need, catalog: Catalog, evaluate: InstanceType) -> float:
    """What the evaluation costs when it runs into its limit, in USD."""
    billed = need.evaluate_seconds + BILLED_BESIDE_THE_LIMIT_SECONDS
    return catalog.cost(evaluate.processing_price, billed, need.volume_gb)


def within(budget: float, ways: list[Candidate]) -> list[Candidate]:
    """Those of the :func:`possible` ways that stay within ``budget`` USD, the best one first."""
    affordable = [way for way in ways if way.cap <= budget]
    return sorted(affordable, key=lambda way: (-way.work, way.cap, way.train.name))


def on_spot(
    way: Candidate, need: Need, catalog: Catalog, forbidden: Forbidden, budget: float
) -> Candidate | None:
    """``way`` with managed spot training; None where the budget or a quota leaves no room for it.

    A spot job that is interrupted starts over, and all of its time is billed, at the spot price,
    which is never above the price on demand. What bounds it is ``MaxWaitTimeInSeconds``, which
    counts waiting and running together (API reference, StoppingCondition). So the job waits for
    capacity as long as the budget would bear if it were running all the time.
    """
    if way.train.name in forbidden.spot_training:
        return None
    a_second = catalog.cost(way.train.training_price, 1, need.volume_gb)
    wait = min(_LONGEST_WAIT_SECONDS, int((budget - way.cap) / a_second) - 1)
    if wait < _SHORTEST_WAIT_SECONDS:
        return None
    seconds = need.train_seconds + wait
    cap = _most(need, catalog, way.train, way.evaluate, seconds)
    return Candidate(way.train, way.evaluate, way.work, cap, way.usual, wait)


def named(ways: list[Candidate], most: int) -> list[Candidate]:
    """The first ``most`` of :func:`within`, and last resorts: the cheapest of all, the cheapest
    with more and with much more memory, and the one with the most."""
    best = ways[0].train.memory_gib

    def cheapest(least_gib: float) -> list[Candidate]:
        roomy = [way for way in ways if way.train.memory_gib >= least_gib]
        return [min(roomy, key=lambda way: way.cap)] if roomy else []

    resorts = cheapest(0) + cheapest(2 * best) + cheapest(4 * best)
    resorts.append(max(ways, key=lambda way: way.train.memory_gib))
    return list(dict.fromkeys(ways[:most] + resorts))


def _most(
    need: Need, catalog: Catalog, train: InstanceType, evaluate: InstanceType, seconds: int
) -> float:
    """What the run costs when both jobs run into their limits, in USD."""
    billed = seconds + BILLED_BESIDE_THE_LIMIT_SECONDS
    training = catalog.cost(train.training_price, billed, need.volume_gb)
    return training + evaluation_cap(need, catalog, evaluate)


def _fitting(need: Need, catalog: Catalog) -> list[InstanceType]:
    return [
        t for t in catalog.types if t.memory_gib >= need.memory_gib and bool(t.gpus) == need.gpu
    ]
