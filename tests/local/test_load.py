"""Many pairs at once, and an account that allows few jobs: all wait their turn, none is lost."""

from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from benchmarks.load import Load
from codefree.cli import app
from lambdas.instances.catalog import known_types
from local import waits
from local.aws import LocalAws
from local.gaps.servicequotas import job_quotas
from tests.local.stacks import stack_with_stand_in
from tests.local.uploads import Uploader, table

PAIRS = 20


def allow(jobs: int) -> None:
    """Sets the account's quotas of jobs at once."""
    for name in known_types():
        for use in ("training", "processing"):
            job_quotas.quotas[f"{name} for {use} job usage"] = jobs


@pytest.fixture(autouse=True)
def small_quotas() -> Iterator[None]:
    allow(2)
    yield
    job_quotas.quotas.clear()


@pytest.fixture
def short_waits() -> Iterator[None]:
    waits.shorten_to(0.02)
    yield
    waits.shorten_to(1)


@pytest.mark.usefixtures("short_waits")
@pytest.mark.long
def test_many_pairs_told_of_twice_wait_for_a_small_quota_and_none_is_lost_or_doubled(
    aws: LocalAws, packed_template: str
) -> None:
    stack = stack_with_stand_in(aws, packed_template)
    load = Load(aws.endpoint, aws.credentials, stack.bucket, stack.state_machine, PAIRS)
    outcome = load.outcome()

    assert outcome.executions == {"SUCCEEDED": 4 * PAIRS}
    assert outcome.trainings == outcome.evaluations == dict.fromkeys(load.names, 1)
    pages = aws.states.get_paginator("list_executions").paginate(
        stateMachineArn=stack.state_machine
    )
    look = Uploader(aws, stack, "").states_entered
    waited = [
        "WaitForTraining" in look(dict(execution))
        for page in pages
        for execution in page["executions"]
    ]
    assert waited.count(True) > PAIRS / 2


def test_a_person_sees_that_a_run_waits_its_turn(aws: LocalAws, packed_template: str) -> None:
    allow(1)
    stack = stack_with_stand_in(aws, packed_template)
    first, second = (Uploader(aws, stack, name) for name in ("first", "second"))
    first.upload_pair(table(12, "slow"), table(6))
    first.wait(first.training_jobs)
    second.upload_pair(table(), table(6))
    second.wait(
        lambda: (
            "WaitForTraining" in [s for e in second.described() for s in second.states_entered(e)]
        )
    )

    place = ["--endpoint-url", aws.endpoint, "--stack-name", stack.state_machine.split(":")[-1]]
    shown = CliRunner().invoke(app, ["status", *place], env={"COLUMNS": "200"}).output
    assert "WaitForTraining" in shown and "It is waiting: other jobs use" in shown
    job = first.training_jobs()[0]
    refused = failures(aws, second)[0]
    assert refused["error"] == "SageMaker.ResourceLimitExceededException"
    assert f"'{job['ResourceConfig']['InstanceType']} for training job usage'" in refused["cause"]
    for uploader in (first, second):
        for execution in uploader.described():
            if execution["status"] == "RUNNING":
                aws.states.stop_execution(executionArn=execution["executionArn"])
        uploader.executions()
    assert second.training_jobs() == []


def failures(aws: LocalAws, uploader: Uploader) -> list[dict[str, Any]]:
    """The task failures of the dataset's runs."""
    events = [
        event
        for execution in uploader.described()
        for event in aws.states.get_execution_history(executionArn=execution["executionArn"])[
            "events"
        ]
    ]
    return [dict(e["taskFailedEventDetails"]) for e in events if "taskFailedEventDetails" in e]
