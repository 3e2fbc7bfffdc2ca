"""The limits that all runs share: what has no room waits in line, is seen, and is not lost."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from codefree.cli import app
from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import LEDGER
from lambdas.runs.admission import check_usd
from lambdas.runs.spending import Ledger, read_ledger
from local.aws import LocalAws
from local.faults import FunctionFault, JobFault
from local.gaps.events import scheduled_rules
from local.stack import Stack
from tests.local.stacks import client, resources, rules_of, stack_with_stand_in
from tests.local.uploads import Uploader, put_past_policy, table

# A run of a small table may cost about 0.12 USD, and its check 0.0014.


def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture(scope="module")
def two_dollars(aws: LocalAws, packed_template: str) -> Stack:
    """A stack with two dollars a day; each test says what of it is spent."""
    return stack_with_stand_in(aws, packed_template, TrainingMinutes="1", DailyCostLimit="2")


@pytest.fixture
def stack(aws: LocalAws, two_dollars: Stack) -> Stack:
    spend(aws, two_dollars, 0)
    return two_dollars


def uploaded(aws: LocalAws, stack: Stack, name: str, train: str = "") -> Uploader:
    made = Uploader(aws, stack, name)
    made.upload_pair(train or table(), table(6))
    return made


def ledger(aws: LocalAws, stack: Stack) -> Ledger:
    return read_ledger(Bucket(stack.bucket, aws.s3))


def line(aws: LocalAws, stack: Stack) -> list[str]:
    """Who waits, the first one first."""
    keys = Uploader(aws, stack, "").keys("waiting/")
    bodies = [aws.s3.get_object(Bucket=stack.bucket, Key=key)["Body"].read() for key in keys]
    return [json.loads(body)["pair"]["name"] for body in bodies]


def spend(aws: LocalAws, stack: Stack, usd: float) -> None:
    """Somebody has spent so much of today's money."""
    body = json.dumps({"reservations": [], "days": {today().isoformat(): usd}})
    put_past_policy(aws.s3, stack.bucket, LEDGER, body)


def sweep(aws: LocalAws, stack: Stack) -> None:
    scheduled_rules.fire(rules_of(aws, stack)["SweepRule"], datetime.now(UTC))


def ends(made: Uploader) -> list[str]:
    return [made.states_entered(execution)[-1] for execution in made.executions()]


def wait_for(made: Uploader, end: str) -> None:
    made.wait(lambda: end in ends(made))


def test_what_is_reserved_is_what_the_run_can_cost_and_then_what_it_did_cost(
    aws: LocalAws, stack: Stack
) -> None:
    made = uploaded(aws, stack, "spends", table(12, "slow"))
    made.wait(made.training_jobs)
    [reserved] = ledger(aws, stack).reservations
    assert reserved.open and 0.05 < reserved.usd <= 1
    aws.states.stop_execution(executionArn=reserved.execution)
    made.executions()
    made.wait(lambda: not ledger(aws, stack).open_runs())

    before = ledger(aws, stack).month_usd(today())
    made = uploaded(aws, stack, "done")
    summary = json.loads(made.worked()["output"])
    after = ledger(aws, stack)
    assert summary["Run"] not in [reservation.run for reservation in after.reservations]
    name = resources(aws, stack, "AWS::Lambda::Function")["CheckPairFunction"]
    memory = client(aws, "lambda").get_function_configuration(FunctionName=name)["MemorySize"]
    check = check_usd({"train.csv": len(table()), "test.csv": len(table(6))}, memory)
    spent = after.month_usd(today()) - before
    assert spent == pytest.approx(check + summary["Cost"]["ActualUSD"], abs=1e-6)


def test_runs_beyond_those_at_once_wait_in_line_and_go_on_one_after_the_other(
    aws: LocalAws, packed_template: str
) -> None:
    stack = stack_with_stand_in(aws, packed_template, RunsAtOnce="1")
    slow = uploaded(aws, stack, "first", table(12, "slow"))
    slow.wait(slow.training_jobs)
    later = [uploaded(aws, stack, name) for name in ("second", "third")]
    for made in later:
        wait_for(made, "WaitingForBudget")
        assert made.training_jobs() == []
    assert line(aws, stack) == ["second", "third"]

    [execution] = [e for e in slow.described() if e["status"] == "RUNNING"]
    aws.states.stop_execution(executionArn=execution["executionArn"])
    for made in later:
        wait_for(made, "Publish")
        assert len(made.training_jobs()) == 1
    assert line(aws, stack) == []
    starts = [made.worked()["startDate"] for made in later]
    assert starts == sorted(starts)
    first_done, second_begun = later[0].worked()["stopDate"], starts[1]
    assert first_done <= second_begun


def test_without_money_for_today_nothing_is_checked_and_all_waits_until_there_is_some(
    aws: LocalAws, stack: Stack
) -> None:
    spend(aws, stack, 2)
    made = uploaded(aws, stack, "poor")
    assert "WaitingForBudget" in ends(made)
    [waiting] = [e for e in made.executions() if "WaitingForBudget" in e["output"]]
    message = json.loads(waiting["output"])["Message"]
    assert "Today's limit of 2.00 USD (DailyCostLimit) has no room" in message
    assert made.keys("results/poor/") == []
    assert ledger(aws, stack).day_usd(today()) == 2

    place = ["--endpoint-url", aws.endpoint, "--stack-name", stack.state_machine.split(":")[-1]]
    shown = CliRunner().invoke(app, ["status", *place], env={"COLUMNS": "200"}).output
    assert "WaitingForBudget" in shown
    assert "Waiting for room within the stack's limits, in this order: poor." in shown

    stopped = CliRunner().invoke(app, ["stop", "poor", *place], env={"COLUMNS": "200"}).output
    assert "poor no longer waits" in stopped
    assert line(aws, stack) == []


def test_a_run_too_dear_for_what_is_left_waits_after_its_check_and_reads_what_was_uploaded_then(
    aws: LocalAws, stack: Stack
) -> None:
    spend(aws, stack, 1.98)
    made = uploaded(aws, stack, "dear", table(14))
    assert "WaitingForBudget" in ends(made)
    made.upload("train", table(20))
    made.wait(lambda: len(line(aws, stack)) == 2)

    spend(aws, stack, 0)
    sweep(aws, stack)
    made.wait(lambda: ends(made).count("Publish") == 2)
    rows = [
        json.loads(e["output"])["Profile"]["Train"]["Rows"]
        for e in made.executions()
        if "Metrics" in e["output"]
    ]
    assert sorted(rows) == [14, 20]
    assert len(made.training_jobs()) == 2


def test_the_same_files_uploaded_again_while_they_wait_are_trained_once(
    aws: LocalAws, stack: Stack
) -> None:
    spend(aws, stack, 2)
    made = uploaded(aws, stack, "again")
    made.executions()
    made.upload("train", table())
    made.wait(lambda: "AlreadyRunning" in ends(made))
    assert line(aws, stack) == ["again"]
    spend(aws, stack, 0)
    sweep(aws, stack)
    sweep(aws, stack)
    made.wait(lambda: "Publish" in ends(made))
    sweep(aws, stack)
    made.executions()
    assert len(made.training_jobs()) == 1


def test_a_run_whose_file_is_gone_when_its_turn_comes_is_told_so(
    aws: LocalAws, stack: Stack
) -> None:
    spend(aws, stack, 2)
    made = uploaded(aws, stack, "gone")
    made.wait(lambda: "WaitingForBudget" in ends(made))
    key = "data/gone_train.csv"
    version = aws.s3.head_object(Bucket=stack.bucket, Key=key)["VersionId"]
    aws.s3.delete_object(Bucket=stack.bucket, Key=key, VersionId=version)
    spend(aws, stack, 0)
    sweep(aws, stack)
    made.wait(lambda: ends(made).count("CheckPair") == 1)
    assert (
        "The version of gone_train.csv that was to be checked was removed"
        in (made.failed()["cause"])
    )


def test_a_run_dearer_than_a_limit_is_told_so_before_anything_is_paid_for(
    aws: LocalAws, packed_template: str
) -> None:
    stack = stack_with_stand_in(aws, packed_template, MonthlyCostLimit="0.05")
    made = uploaded(aws, stack, "above")
    failed = made.failed()
    assert failed["error"] == "BudgetTooSmall"
    assert "MonthlyCostLimit, which all runs share, is 0.05" in failed["cause"]
    assert made.training_jobs() == []


@pytest.mark.parametrize("step", ["CheckPair", "ReserveBudget"])
def test_a_step_that_dies_after_its_run_went_into_line_neither_loses_nor_doubles_it(
    aws: LocalAws, stack: Stack, step: str
) -> None:
    spend(aws, stack, 2 if step == "CheckPair" else 1.98)
    aws.faults.plan([FunctionFault(f"unlucky {step}", step, "crash")])
    made = uploaded(aws, stack, f"unlucky {step}")
    assert "WaitingForBudget" in ends(made)
    assert line(aws, stack) == [made.name]
    spend(aws, stack, 0)
    sweep(aws, stack)
    made.wait(lambda: "Publish" in ends(made))
    assert len(made.training_jobs()) == 1 and line(aws, stack) == []


def test_another_try_of_a_job_is_paid_for_within_the_limits_too(
    aws: LocalAws, stack: Stack
) -> None:
    spend(aws, stack, 1.8)
    aws.faults.plan([JobFault("unlucky job", "Training", "crash")])
    made = uploaded(aws, stack, "unlucky job")
    failure = made.failed()["executionArn"]
    spend(aws, stack, 2)
    aws.states.redrive_execution(executionArn=failure)
    refused = made.failed()
    assert "no money is left for it now" in refused["cause"]
    assert "Choose Redrive on the next day (UTC)" in refused["cause"]
    spend(aws, stack, 0)
    aws.states.redrive_execution(executionArn=failure)
    assert made.worked()
    assert len(made.training_jobs()) == 2


def test_a_place_that_somebody_makes_up_starts_nothing(aws: LocalAws, stack: Stack) -> None:
    made = Uploader(aws, stack, "made up")
    answer = made.deliver({"dataset": "made up", "waited": "20261125-120000123-abcdef"})
    assert answer["Outcome"] == "AlreadyRunning"
    assert "waits at that place in line any more" in answer["Message"]


def test_functions_that_uploads_call_are_bounded(aws: LocalAws, stack: Stack) -> None:
    functions: Any = client(aws, "lambda")
    names = resources(aws, stack, "AWS::Lambda::Function")
    bounds = {
        step: functions.get_function_concurrency(FunctionName=names[f"{step}Function"])[
            "ReservedConcurrentExecutions"
        ]
        for step in ("CheckPair", "CheckRows", "ExplainFailure", "Sweep")
    }
    assert bounds == {"CheckPair": 20, "CheckRows": 20, "ExplainFailure": 5, "Sweep": 1}
    name = stack.state_machine.rpartition(":")[2]
    [described] = aws.cloudformation.describe_stacks(StackName=name)["Stacks"]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in described["Outputs"]}
    assert outputs["FunctionsBounded"] == "CheckPair 20, CheckRows 20, ExplainFailure 5, Sweep 1"


def test_an_account_that_has_too_few_to_spare_is_deployed_into_all_the_same(
    aws: LocalAws, packed_template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_LAMBDA_CONCURRENCY_QUOTA", "10")
    stack = stack_with_stand_in(aws, packed_template)
    name = stack.state_machine.rpartition(":")[2]
    [described] = aws.cloudformation.describe_stacks(StackName=name)["Stacks"]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in described["Outputs"]}
    assert outputs["FunctionsBounded"] == "none: the account's limit is too low"
