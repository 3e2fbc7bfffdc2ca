"""The states of a run and of a prediction behind PickInstance, for small tables."""

from lambdas.instances.catalog import snapshot_catalog
from lambdas.instances.quotas import Forbidden
from lambdas.pick_instance import pick_for_prediction, pick_instance
from lambdas.state import FileState, PredictionState, RunState, State
from lambdas.wish import Wish

RUN = "codefree-a-20261124-080000-abcdef"
WISH = Wish("label", "auto", "f1", "medium_quality", minutes=60, cost=1, spot=False)
_FILE: FileState = {"Rows": 500, "Columns": 10, "Bytes": 50_000, "MemoryBytes": 100_000}
_RUN: RunState = {
    "Dataset": "a",
    "Id": "20261124-080000-abcdef",
    "JobName": RUN,
    "TrainData": "s3://bucket/runs/r/train/",
    "TestData": "s3://bucket/runs/r/test/",
    "Check": "s3://bucket/runs/r/check/",
    "Code": "s3://bucket/runs/r/code/",
    "Results": "s3://bucket/results/a/r",
}


def picked(budget: float = 1.0, *, spot: bool = False) -> State:
    state: State = {
        "Outcome": "Ready",
        "Message": "a: 500 rows to train on, 500 rows to test on.",
        "Run": _RUN,
        "Profile": {"Train": _FILE, "Test": _FILE},
        "Configuration": WISH.as_state() | {"BudgetUSD": budget, "Spot": spot},
    }
    return pick_instance(state, snapshot_catalog("us-east-1"), Forbidden())


def picked_prediction(
    budget: float = 1.0, *, rows: int = 500, model_bytes: int = 10**6
) -> PredictionState:
    state: PredictionState = {
        "Outcome": "Ready",
        "Message": "a: 500 rows of new.csv to predict.",
        "Run": {
            "Dataset": "a",
            "File": "new",
            "Id": "20261124-080000-abcdef",
            "JobName": RUN,
            "Rows": "s3://bucket/runs/r/rows/",
            "Check": "s3://bucket/runs/r/check/",
            "Code": "s3://bucket/runs/r/code/",
            "Results": "s3://bucket/jobs/r",
        },
        "Rows": _FILE | {"Rows": rows},
        "Model": {
            "Run": "m",
            "Job": "codefree-a-m-train-0-0-0",
            "Version": 1,
            "Uri": "s3://bucket/results/a/m/j/output/model.tar.gz",
            "Bytes": model_bytes,
            "Sha256": "0" * 64,
        },
        "Configuration": {"BudgetUSD": budget, "Language": "en"},
    }
    return pick_for_prediction(state, snapshot_catalog("us-east-1"), Forbidden())
