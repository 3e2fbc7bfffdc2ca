"""The pages of the check and of a failure, as a browser shows them."""

from dataclasses import replace

import pandas as pd
import pytest
from playwright.sync_api import Browser

from lambdas.check.check_report import check_page
from lambdas.jobs.cost import JobCost
from lambdas.jobs.kind import JobKind
from lambdas.pages.failure_page import Failure, failure_page
from tests.browsing import assert_open_to_everybody
from tests.lambdas.check.made_pairs import csv
from tests.lambdas.check.reading import checked

LONG = "codefree-breast-cancer-20261124-170309-aba767-train-0-0-0"
FAILURE = Failure(
    dataset="breast cancer",
    run="20261124-170309-aba767",
    status="FAILED",
    step="RecoverTraining",
    error="JobFailed",
    reason="The training job ran out of memory.",
    execution="arn:aws:states:us-east-1:123456789012:execution:codefree:x",
    console="https://us-east-1.console.aws.amazon.com/states/home",
    redrive=f"aws stepfunctions redrive-execution --execution-arn arn:aws:states:{LONG}",
    is_redrivable=True,
    costs=[JobCost(LONG, JobKind.TRAIN, "ml.m5.large", "Failed", 1234, 0.05)],
    attempts=[
        {
            "Step": "Train",
            "Type": "ml.m5.large",
            "Redrive": 0,
            "Trouble": "capacity",
            "Why": "No capacity.",
        }
    ],
    log=["Traceback (most recent call last):", "MemoryError " + "x" * 200],
)


@pytest.mark.parametrize("is_good", [True, False])
def test_the_check(is_good: bool, browser: Browser) -> None:
    rows = pd.DataFrame({"label": ["a", "b"] * 40, "x": range(80), "same": 1, "word_" * 12: "y"})
    test = rows[:40] if is_good else rows.drop(columns="x")
    check = checked(csv(rows), csv(test))
    assert_open_to_everybody(browser, check_page("a dataset", check))


def test_the_failure(browser: Browser) -> None:
    assert_open_to_everybody(browser, failure_page(FAILURE))


def test_a_failure_where_nothing_of_the_run_is_left_says_what_can_be_done() -> None:
    page = failure_page(replace(FAILURE, console="", redrive=""))
    assert "Fix what the reason names and run the command again." in page
    assert "MemoryError" in page and "No capacity." in page
    for gone in ("Redrive", "console", "USD", "upload", "aws stepfunctions"):
        assert gone not in page, gone
