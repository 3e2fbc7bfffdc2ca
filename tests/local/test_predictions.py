"""A file of new rows from its upload to its predictions, in local mode with the quick stand-in."""

import json
from typing import Any

import pytest

from local.aws import LocalAws
from local.stack import Stack
from tests.local.predictions import Rows, approve, new_rows, trained


@pytest.fixture(scope="module")
def summary(aws: LocalAws, stack: Stack) -> dict[str, Any]:
    """A run whose model is approved."""
    summary = trained(aws, stack, "predicted")
    approve(aws, stack, summary)
    return summary


@pytest.fixture
def rows(aws: LocalAws, stack: Stack, summary: dict[str, Any]) -> Rows:
    return Rows(aws, stack, summary["Dataset"])


def test_an_uploaded_file_comes_back_with_predictions(rows: Rows, summary: dict[str, Any]) -> None:
    rows.put("new.csv", new_rows())
    [done] = rows.predicted("new.csv")
    assert done["status"] == "SUCCEEDED", done
    assert rows.states_entered(done["executionArn"]) == [
        *("CheckRows", "RowsReady", "PickInstance", "ReserveBudget", "BudgetReserved"),
        *("Predict", "PredictionFinished", "Publish"),
    ]
    results = rows.results()
    assert results["new.csv"].splitlines() == ["size,prediction", "0,0", "1,1", "2,0"]
    assert summary["Run"] in results["new.html"] and "USD" in results["new.html"]
    output = json.loads(done["output"])
    assert output["Model"]["Run"] == summary["Run"] and not output["Superseded"]
    assert output["Cost"]["ActualUSD"] <= output["Cost"]["MostUSD"] <= 1
