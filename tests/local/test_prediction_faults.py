"""The fault table of a prediction: what becomes of it when this or that goes wrong in a step.

As in test_faults.py, each case plans its faults at AWS's edges, and is held against what
docs/predictions.md says of it; all of them predict files of one dataset, whose model is approved.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest

from local.aws import LocalAws
from local.faults import Fault
from tests.local.fault_cases import PREDICTION_CASES, PREDICTION_DOCS, with_fault_table
from tests.local.fault_runs import about, all_run, asked_for, once
from tests.local.predictions import Rows, approve, new_rows, trained
from tests.local.stacks import client, resources, stack_with_stand_in

BUDGET = 1.0
IDS = [f"{case.step}: {case.what}" for case in PREDICTION_CASES]


@dataclass(frozen=True)
class Outcome:
    """What became of a case's prediction."""

    failed: dict[str, Any] | None
    page: str
    done: dict[str, Any]
    entered: list[str]
    jobs: list[Any]
    results: dict[str, str]
    left: list[Fault]


class Bench:
    """Runs a case on a file of its own, in a stack where uploads start nothing."""

    def __init__(self, aws: LocalAws, rows: Rows) -> None:
        self._aws, self._rows = aws, rows

    def outcome(self, number: int) -> Outcome:
        case, name, rows = PREDICTION_CASES[number], f"p{number:03}x", self._rows
        rows.put(f"{name}.csv", new_rows())
        self._aws.faults.plan(about(fault, name) for fault in case.faults)
        arn = rows.start(rows.asked(f"{name}.csv"))
        ended, failed, page = rows.ended(arn), None, ""
        if ended["status"] == "FAILED":
            failed, page = ended, rows.failure_page(name)
            self._aws.states.redrive_execution(executionArn=arn)
            ended = rows.ended(arn)
        tasks = {*case.steps, "RecoverPrediction"}
        return Outcome(
            failed,
            page,
            ended,
            [state for state in rows.states_entered(arn) if state in tasks],
            [job for job in rows.jobs() if job["Environment"]["CODEFREE_NAME"] == name],
            rows.results(name),
            self._aws.faults.mend(name),
        )


@pytest.fixture(scope="module")
def outcome_of(
    aws: LocalAws, packed_template: str, request: pytest.FixtureRequest
) -> Iterator[Callable[[int], Outcome]]:
    stack = stack_with_stand_in(aws, packed_template, PredictionCost=f"{BUDGET:g}")
    approve(aws, stack, trained(aws, stack, "faulty"))
    client(aws, "events").disable_rule(Name=resources(aws, stack)["RowsUploadRule"])
    wanted = asked_for(request, test_what_becomes_of_a_prediction)
    with all_run(aws, wanted, Bench(aws, Rows(aws, stack, "faulty")).outcome) as outcome:
        yield outcome


@pytest.mark.parametrize("number", range(len(PREDICTION_CASES)), ids=IDS)
def test_what_becomes_of_a_prediction(outcome_of: Callable[[int], Outcome], number: int) -> None:
    case, outcome = PREDICTION_CASES[number], outcome_of(number)
    assert outcome.left == [], "the fault did not strike"
    assert outcome.done["status"] == "SUCCEEDED"
    assert outcome.done["redriveCount"] == (1 if case.how == "redriven" else 0)
    assert bool(outcome.failed) == (case.how == "redriven")
    if outcome.failed:
        assert case.told in unescape(outcome.page)
        assert "Traceback" not in outcome.page
        assert "redrive-execution" in outcome.page
    entered = once(outcome.entered) if case.how == "adopted" else outcome.entered
    assert entered == case.path()
    assert len(outcome.jobs) == case.jobs[1]
    paid = [job for job in outcome.jobs if "ProcessingStartTime" in job]
    assert len(paid) == case.jobs[1] - case.unpaid

    summary = json.loads(outcome.done["output"])
    assert summary["Cost"]["ActualUSD"] <= summary["Cost"]["MostUSD"] <= BUDGET
    name = summary["File"]
    assert set(outcome.results) == {f"{name}.csv", f"{name}.html"}, "no page about a failure stays"


def test_the_documentation_has_the_table_of_predictions() -> None:
    page = PREDICTION_DOCS.read_text()
    in_place = page == with_fault_table(page, PREDICTION_CASES)
    assert in_place, "Write it with: python -m tests.local.fault_cases"
