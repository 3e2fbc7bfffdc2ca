"""The budget is never exceeded, the memory always fits, and what can't be done is explained."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lambdas.errors import BudgetTooSmall
from lambdas.instances.candidates import BILLED_BESIDE_THE_LIMIT_SECONDS
from lambdas.instances.catalog import Catalog, InstanceType, job_cost, snapshot_catalog
from lambdas.instances.need import need_of
from lambdas.instances.quotas import Forbidden
from lambdas.pick_instance import pick_instance
from lambdas.wish import Wish
from tests.lambdas.picked_run import WISH

PRESETS = ("medium_quality", "good_quality", "high_quality_v150", "best_quality")


def state(
    rows: int = 500,
    columns: int = 30,
    size: int = 100_000,
    presets: str = "medium_quality",
    minutes: int = 60,
    budget: float = 1.0,
    *,
    spot: bool = False,
) -> Any:
    def part(share: float) -> dict[str, int]:
        sizes = {"Rows": rows, "Columns": columns, "Bytes": size, "MemoryBytes": 3 * size}
        return {name: int(value * share) for name, value in sizes.items()} | {"Columns": columns}

    return {
        "Configuration": replace(
            WISH, presets=presets, minutes=minutes, cost=budget, spot=spot
        ).as_state(),
        "Profile": {"Train": part(1), "Test": part(0.25)},
    }


def with_budget(state: Any, budget: float) -> Any:
    return state | {"Configuration": state["Configuration"] | {"BudgetUSD": budget}}


states = st.builds(
    state,
    rows=st.integers(10, 10**8),
    columns=st.integers(2, 5000),
    size=st.integers(100, 5 * 10**10),
    presets=st.sampled_from(PRESETS),
    minutes=st.integers(1, 480),
    budget=st.floats(0.02, 50),
    spot=st.booleans(),
)
snapshots = st.sampled_from(["us-east-1", "ap-northeast-2", "sa-east-1"]).map(snapshot_catalog)
made_types = st.builds(
    InstanceType,
    name=st.integers(0, 10**6).map(lambda number: f"ml.m5.made{number}"),
    vcpus=st.integers(1, 192),
    memory_gib=st.floats(1, 2000),
    gpus=st.just(0),
    training_price=st.floats(0.01, 30),
    processing_price=st.floats(0.01, 30),
)
made_catalogs = st.builds(
    Catalog,
    types=st.lists(made_types, max_size=12, unique_by=lambda t: t.name).map(tuple),
    volume_price=st.floats(0.01, 0.5),
    as_of=st.just("made for a test"),
)
catalogs = snapshots | made_catalogs
NOTHING = Forbidden()


def chosen(state: Any, catalog: Catalog, forbidden: Forbidden = NOTHING) -> Any | None:
    try:
        return dict(pick_instance(state, catalog, forbidden)["Instance"])
    except BudgetTooSmall:
        return None


def by_name(name: str, catalog: Catalog) -> InstanceType:
    return next(t for t in catalog.types if t.name == name)


def work(instance: Any, state: Any, catalog: Catalog) -> float:
    need = need_of(state["Profile"], Wish.from_state(state["Configuration"]))
    train = by_name(instance["TrainType"], catalog)
    return min(train.vcpus, need.useful_vcpus) * train.speed


@given(states, catalogs)
def test_even_both_time_limits_together_stay_within_the_budget(
    state: Any, catalog: Catalog
) -> None:
    instance = chosen(state, catalog)
    assume(instance)
    assert instance
    limits = instance["StoppingCondition"]
    longest = limits.get("MaxWaitTimeInSeconds", limits["MaxRuntimeInSeconds"])
    worst = 0.0
    for price, seconds in (
        (by_name(instance["TrainType"], catalog).training_price, longest),
        (
            by_name(instance["EvaluateType"], catalog).processing_price,
            instance["EvaluateMaxSeconds"],
        ),
    ):
        billed = seconds + BILLED_BESIDE_THE_LIMIT_SECONDS
        worst += job_cost(price, billed, instance["VolumeGB"], catalog.volume_price)
    assert worst <= state["Configuration"]["BudgetUSD"]
    assert instance["CostCapUSD"] == pytest.approx(worst, abs=1e-4)
    assert instance["UsualUSD"] <= instance["CostCapUSD"] + 1e-4


@given(states, catalogs)
def test_every_candidate_is_within_the_budget_and_holds_the_data(
    state: Any, catalog: Catalog
) -> None:
    instance = chosen(state, catalog)
    assume(instance)
    assert instance
    needed = need_of(state["Profile"], Wish.from_state(state["Configuration"])).memory_gib
    assert by_name(instance["EvaluateType"], catalog).memory_gib >= needed
    types = [way["Type"] for way in instance["Candidates"]]
    assert types[0] == instance["TrainType"]
    assert len(set(types)) == len(types)
    for way in instance["Candidates"]:
        assert way["CostCapUSD"] <= state["Configuration"]["BudgetUSD"] + 1e-4
        assert by_name(way["Type"], catalog).memory_gib >= needed
        assert way["Reason"]


@given(states, catalogs, st.floats(1, 10))
def test_a_larger_budget_never_gives_a_worse_machine(
    state: Any, catalog: Catalog, times: float
) -> None:
    instance = chosen(state, catalog)
    assume(instance)
    assert instance
    richer = chosen(with_budget(state, state["Configuration"]["BudgetUSD"] * times), catalog)
    assert richer
    assert work(richer, state, catalog) >= work(instance, state, catalog)


@given(states, catalogs)
def test_the_choice_is_the_same_for_the_same_input_in_any_order(
    state: Any, catalog: Catalog
) -> None:
    turned = replace(catalog, types=catalog.types[::-1])
    assert chosen(state, catalog) == chosen(state, catalog) == chosen(state, turned)


@given(states, catalogs)
def test_the_budget_and_the_time_that_the_message_names_do_work(
    state: Any, catalog: Catalog
) -> None:
    try:
        pick_instance(state, catalog, NOTHING)
    except BudgetTooSmall as error:
        asked = re.search(r"TrainingCost to ([\d.]+)", str(error))
        if not asked:
            assert "of memory" in str(error) or "no instance type" in str(error)
            return
        assert chosen(with_budget(state, float(asked.group(1))), catalog)
        if minutes := re.search(r"TrainingMinutes to (\d+) or less", str(error)):
            shorter = {"TimeLimitSeconds": int(minutes.group(1)) * 60}
            assert chosen(state | {"Configuration": state["Configuration"] | shorter}, catalog)


@given(states, catalogs)
def test_spot_changes_what_a_run_costs_and_never_the_machine(state: Any, catalog: Catalog) -> None:
    on_demand = chosen(state | {"Configuration": state["Configuration"] | {"Spot": False}}, catalog)
    on_spot = chosen(state | {"Configuration": state["Configuration"] | {"Spot": True}}, catalog)
    assert (on_demand is None) == (on_spot is None)
    if on_demand and on_spot:
        assert on_demand["TrainType"] == on_spot["TrainType"]
        assert "MaxWaitTimeInSeconds" not in on_demand["StoppingCondition"]
        limits = on_spot["StoppingCondition"]
        waits = limits.get("MaxWaitTimeInSeconds")
        assert (waits is not None) == on_spot["Spot"]
        if waits is not None:
            assert waits >= limits["MaxRuntimeInSeconds"] + 600


def test_a_small_table_gets_no_machine_that_it_cannot_use() -> None:
    catalog = snapshot_catalog("us-east-1")
    instance = chosen(state(budget=100), catalog)
    assert instance
    assert by_name(instance["TrainType"], catalog).vcpus == 8


def test_what_the_quotas_forbid_is_never_chosen() -> None:
    catalog = snapshot_catalog("us-east-1")
    first = chosen(state(), catalog)
    assert first
    forbidden = Forbidden(
        training=frozenset({first["TrainType"]}), processing=frozenset({first["EvaluateType"]})
    )
    other = chosen(state(), catalog, forbidden)
    assert other
    assert first["TrainType"] not in {way["Type"] for way in other["Candidates"]}
    assert other["EvaluateType"] != first["EvaluateType"]


def test_without_any_quota_the_message_says_where_to_ask() -> None:
    catalog = snapshot_catalog("us-east-1")
    every = frozenset(t.name for t in catalog.types)
    with pytest.raises(BudgetTooSmall, match="Service Quotas console"):
        pick_instance(state(), catalog, Forbidden(training=every))


def test_without_a_spot_quota_the_run_goes_on_demand_and_says_so() -> None:
    catalog = snapshot_catalog("us-east-1")
    every = frozenset(t.name for t in catalog.types)
    instance = chosen(state(spot=True), catalog, Forbidden(spot_training=every))
    assert instance
    assert instance["Spot"] is False
    assert "does not use spot capacity" in instance["Why"]


def test_data_that_no_machine_holds_is_answered_with_what_would_fit() -> None:
    with pytest.raises(BudgetTooSmall, match=r"the largest instance type has 1,536"):
        pick_instance(state(size=10**12, budget=1000), snapshot_catalog("us-east-1"), NOTHING)


def test_gpus_are_for_the_presets_that_use_them() -> None:
    catalog = snapshot_catalog("us-east-1")
    for presets, wants in (("best_quality", False), ("extreme_quality", True)):
        instance = chosen(state(presets=presets, budget=100), catalog)
        assert instance
        assert bool(by_name(instance["TrainType"], catalog).gpus) is wants
