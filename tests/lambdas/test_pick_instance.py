"""The budget is never exceeded, the memory always fits, and what can't be done is explained."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.errors import BudgetTooSmall
from lambdas.instance_types import InstanceType, instance_types, volume_price
from lambdas.pick_instance import (
    BILLED_BESIDE_THE_LIMIT_SECONDS,
    need_of,
    pick_instance,
)

states = st.builds(
    lambda rows, columns, size, seconds, budget: {
        "Configuration": {"BudgetUSD": budget, "TimeLimitSeconds": seconds},
        "Profile": {
            "Train": {"Rows": rows, "Columns": columns, "Bytes": size},
            "Test": {"Rows": rows // 4, "Columns": columns, "Bytes": size // 4},
        },
    },
    rows=st.integers(10, 10**8),
    columns=st.integers(2, 5000),
    size=st.integers(100, 5 * 10**10),
    seconds=st.integers(60, 8 * 3600),
    budget=st.floats(0.05, 50),
)
regions = st.sampled_from(["us-east-1", "ap-northeast-2", "sa-east-1"])


def chosen(state: dict[str, Any], region: str) -> dict[str, Any] | None:
    try:
        return dict(pick_instance(state, region)["Instance"])
    except BudgetTooSmall:
        return None


def by_name(name: str, region: str) -> InstanceType:
    return next(t for t in instance_types(region) if t.name == name)


@given(states, regions)
def test_even_both_time_limits_together_stay_within_the_budget(
    state: dict[str, Any], region: str
) -> None:
    instance = chosen(state, region)
    if instance is None:
        return
    price = volume_price(region)
    worst = sum(
        by_name(instance[f"{job}Type"], region).cost(
            instance[f"{job}MaxSeconds"] + BILLED_BESIDE_THE_LIMIT_SECONDS,
            instance["VolumeGB"],
            price,
        )
        for job in ("Train", "Evaluate")
    )
    assert worst <= state["Configuration"]["BudgetUSD"]
    assert instance["CostCapUSD"] == pytest.approx(worst, abs=1e-4)


@given(states, regions)
def test_the_memory_holds_the_data(state: dict[str, Any], region: str) -> None:
    instance = chosen(state, region)
    if instance:
        need = need_of(state["Profile"], state["Configuration"]["TimeLimitSeconds"]).memory_gib
        for field in ("TrainType", "EvaluateType"):
            assert by_name(instance[field], region).memory_gib >= need


@given(states, regions, st.floats(1, 10))
def test_a_larger_budget_gives_no_fewer_vcpus_that_can_be_used(
    state: dict[str, Any], region: str, times: float
) -> None:
    instance = chosen(state, region)
    richer = state | {
        "Configuration": state["Configuration"]
        | {"BudgetUSD": state["Configuration"]["BudgetUSD"] * times}
    }
    if instance:
        need = need_of(state["Profile"], state["Configuration"]["TimeLimitSeconds"])
        before, after = (
            min(by_name(i["TrainType"], region).vcpus, need.useful_vcpus)
            for i in (instance, pick_instance(richer, region)["Instance"])
        )
        assert after >= before


@given(states, regions)
def test_the_budget_that_the_message_names_is_enough(state: dict[str, Any], region: str) -> None:
    try:
        pick_instance(state, region)
    except BudgetTooSmall as error:
        asked = re.search(r"TrainingCost to ([\d.]+)", str(error))
        if not asked:
            assert "more than any instance type" in str(error)
            return
        enough = {"Configuration": state["Configuration"] | {"BudgetUSD": float(asked.group(1))}}
        assert pick_instance(state | enough, region)["Instance"]


def test_a_small_table_gets_no_machine_that_it_cannot_use() -> None:
    state = {
        "Configuration": {"BudgetUSD": 100, "TimeLimitSeconds": 3600},
        "Profile": {
            "Train": {"Rows": 500, "Columns": 30, "Bytes": 100_000},
            "Test": {"Rows": 100, "Columns": 30, "Bytes": 20_000},
        },
    }
    assert (
        by_name(pick_instance(state, "us-east-1")["Instance"]["TrainType"], "us-east-1").vcpus == 8
    )
