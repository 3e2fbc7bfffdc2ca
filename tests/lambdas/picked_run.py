"""The state of a run behind PickInstance, for a small table and 60 minutes."""

from typing import Any

from lambdas.instances.catalog import snapshot_catalog
from lambdas.instances.quotas import Forbidden
from lambdas.pick_instance import pick_instance

RUN = "codefree-a-20261124-080000-abcdef"


def picked(budget: float = 1.0, spot: bool = False) -> dict[str, Any]:
    part = {"Rows": 500, "Columns": 10, "Bytes": 50_000, "MemoryBytes": 100_000}
    state = {
        "Run": {"JobName": RUN},
        "Profile": {"Train": part, "Test": part},
        "Configuration": {
            "BudgetUSD": budget,
            "TimeLimitSeconds": 3600,
            "Presets": "medium_quality",
            "Spot": spot,
        },
    }
    return pick_instance(state, snapshot_catalog("us-east-1"), Forbidden())
