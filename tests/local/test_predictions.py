"""A file of new rows from its upload to its predictions, in local mode with the quick stand-in."""

import json
import time
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from lambdas.models.registry import reject_model
from local.aws import LocalAws
from local.gaps.events import scheduled_rules
from local.stack import Stack
from tests.local.predictions import Rows, approve, new_rows, trained
from tests.local.stacks import client, rules_of, stack_with_stand_in
from tests.local.test_limits import spend
from tests.local.uploads import put_past_policy
from tests.waiting import wait_until


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
    assert results["new.csv"].splitlines() == ["size,prediction", "7,0", "8,1", "11,0"]
    assert summary["Run"] in results["new.html"] and "USD" in results["new.html"]
    output = json.loads(done["output"])
    assert output["Model"]["Run"] == summary["Run"] and not output["Superseded"]
    assert output["Cost"]["ActualUSD"] <= output["Cost"]["MostUSD"] <= 1


def test_the_same_content_is_predicted_once_however_often_it_comes(rows: Rows) -> None:
    rows.put("twice.csv", new_rows(4))
    [first] = rows.predicted("twice.csv")
    rows.put("twice.csv", new_rows(4))
    late = rows.ended(rows.start(json.loads(first["input"])))
    again = rows.predicted("twice.csv", executions=3)
    ends = [(rows.states_entered(e["executionArn"])[-1], e.get("cause")) for e in again[1:]]
    assert ends == [("AlreadyRunning", None)] * 2
    assert first["executionArn"] in json.loads(late["output"])["Message"]
    forced = rows.ended(rows.start(rows.asked("twice.csv", force=True)))
    assert rows.states_entered(forced["executionArn"])[-1] == "Publish"
    assert len([j for j in rows.jobs() if j["Environment"]["CODEFREE_NAME"] == "twice"]) == 2


def test_the_results_of_an_older_upload_never_replace_those_of_a_newer(
    rows: Rows, tmp_path: Path
) -> None:
    gate = tmp_path / "open"
    rows.put("same.csv", new_rows(2, f"until {gate}"))
    wait_until(lambda: [j for j in rows.jobs() if j["Environment"]["CODEFREE_NAME"] == "same"])
    time.sleep(1)  # S3 tells times in whole seconds
    rows.put("same.csv", new_rows(5))
    with rows.aws.jobs.more_slots(3):
        wait_until(lambda: "same.csv" in rows.results("same"))
    gate.touch()
    older, newer = rows.predicted("same.csv", executions=2)
    assert json.loads(older["output"])["Superseded"]
    assert not json.loads(newer["output"])["Superseded"]
    assert len(rows.results("same")["same.csv"].splitlines()) == 1 + 5


@pytest.mark.parametrize("newer", ["fails", "succeeds"])
def test_the_page_about_a_failure_is_that_of_the_newest_upload(
    rows: Rows, tmp_path: Path, newer: str
) -> None:
    name, gate = f"newer {newer}", tmp_path / "open"
    rows.put(f"{name}.csv", new_rows(2, f"until {gate}"))
    wait_until(lambda: [j for j in rows.jobs() if j["Environment"]["CODEFREE_NAME"] == name])
    time.sleep(1)  # S3 tells times in whole seconds
    with rows.aws.jobs.more_slots(3):
        if newer == "fails":
            rows.put(f"{name}.csv", "other\n1\n2\n")
            rows.failure_page(name)
            gate.touch()
        else:
            rows.put(f"{name}.csv", new_rows(5))
            wait_until(lambda: f"{name}.csv" in rows.results(name))
            wait_until(lambda: len(running(rows)) == 1)
            [older] = running(rows)
            rows.aws.states.stop_execution(executionArn=older)
            wait_until(lambda: mailed_about(rows, older))
    ends = [execution["status"] for execution in rows.predicted(f"{name}.csv", executions=2)]
    if newer == "fails":
        assert ends == ["SUCCEEDED", "FAILED"]
        assert "size" in rows.results(name)[f"{name}_failure.html"]
    else:
        assert ends == ["ABORTED", "SUCCEEDED"]
        assert set(rows.results(name)) == {f"{name}.csv", f"{name}.html"}


def test_of_two_files_with_one_name_of_results_none_takes_the_other_s_place(rows: Rows) -> None:
    rows.put("one.csv", new_rows(2))
    rows.predicted("one.csv")
    rows.put("one.csv.gz", new_rows(5))
    [rejected] = rows.predicted("one.csv.gz")
    assert (rejected["status"], rejected.get("error")) == ("FAILED", "RowsRejected")
    assert "has both one.csv.gz and one.csv" in rejected["cause"]
    assert len(rows.results("one")["one.csv"].splitlines()) == 1 + 2
    assert "one.csv.gz" in rows.failure_page("one")
    rows.aws.s3.delete_object(Bucket=rows.stack.bucket, Key=rows.key("one.csv"))
    time.sleep(1)  # S3 tells times in whole seconds
    rows.put("one.csv.gz", new_rows(5))
    wait_until(lambda: len(rows.results("one").get("one.csv", "").splitlines()) == 1 + 5)


def test_bad_rows_fail_in_words_before_anything_is_paid_for(rows: Rows) -> None:
    rows.put("bad.csv", "other\n1\n2\n")
    [failed] = rows.predicted("bad.csv")
    assert failed["status"] == "FAILED" and failed["error"] == "RowsRejected"
    page = unescape(rows.failure_page("bad"))
    assert "size" in page and "upload the file again" in page and "Traceback" not in page
    assert not [j for j in rows.jobs() if j["Environment"]["CODEFREE_NAME"] == "bad"]


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("predict/loose.csv", "predict/NAME/loose.csv"),
        ("predict/predicted/deep/er.csv", "straight into predict/predicted/"),
        ("predict/predicted/sheet.xlsx", "spreadsheet"),
        ("predict/predicted/notes.txt", "does not end in .csv"),
        ("predict/predicted/a_failure.csv", "_failure"),
    ],
)
def test_a_misnamed_file_fails_with_the_right_place(rows: Rows, key: str, told: str) -> None:
    rows.aws.s3.put_object(Bucket=rows.stack.bucket, Key=key, Body=b"size\n1\n")
    asked = {"detail": {"object": {"key": key}}}
    failed = rows.ended(rows.start(asked))
    assert failed["status"] == "FAILED" and failed["error"] == "UploadMisnamed"
    assert told in failed["cause"]


@pytest.mark.parametrize("key", ["predict/predicted/", "predict/predicted/.DS_Store"])
def test_folders_and_by_products_are_nothing_to_do(rows: Rows, key: str) -> None:
    rows.aws.s3.put_object(Bucket=rows.stack.bucket, Key=key, Body=b"")
    done = rows.ended(rows.start({"detail": {"object": {"key": key}}}))
    assert rows.states_entered(done["executionArn"])[-1] == "NothingToDo"


@pytest.mark.parametrize(
    "request_", [{}, {"dataset": "a"}, {"dataset": "a", "file": 5}, {"dataset": "a", "file": "x"}]
)
def test_an_input_of_another_form_fails_in_words(rows: Rows, request_: Any) -> None:
    failed = rows.ended(rows.start(request_))
    assert failed["error"] in {"RowsRejected", "UploadMisnamed"}


def test_a_file_waits_for_a_model_and_starts_by_itself(aws: LocalAws, stack: Stack) -> None:
    rows = Rows(aws, stack, "early bird")
    rows.put("new.csv", new_rows())
    [waits] = rows.predicted("new.csv")
    assert rows.states_entered(waits["executionArn"])[-1] == "WaitingForModel"
    assert "no approved model" in json.loads(waits["output"])["Message"]
    approve(aws, stack, trained(aws, stack, "early bird"))
    sweep(aws, stack)
    _, done = rows.predicted("new.csv", executions=2)
    assert rows.states_entered(done["executionArn"])[-1] == "Publish"
    sweep(aws, stack)
    assert len(rows.executions("new.csv")) == 2


def test_a_file_that_waits_again_starts_when_the_same_model_is_approved_again(
    aws: LocalAws, stack: Stack
) -> None:
    rows, sagemaker = Rows(aws, stack, "night owl"), client(aws, "sagemaker")
    summary = trained(aws, stack, "night owl")
    model = reject_model(sagemaker, approve(aws, stack, summary), "A test says so.")
    rows.put("new.csv", new_rows())
    rows.predicted("new.csv")
    waiting = f"waiting-rows/{rows.dataset}/new.csv.json"
    note = rows.read(waiting).encode()
    approve(aws, stack, summary)
    sweep(aws, stack)
    rows.predicted("new.csv", executions=2)
    # As if the approval had been taken back before that execution looked for it.
    reject_model(sagemaker, model, "A test says so.")
    put_past_policy(aws.s3, stack.bucket, waiting, note)
    time.sleep(1)  # of an approval's time, the seconds count
    approve(aws, stack, summary)
    sweep(aws, stack)
    rows.predicted("new.csv", executions=3)
    wait_until(lambda: not aws.s3.list_objects_v2(Bucket=stack.bucket, Prefix=waiting)["KeyCount"])


def test_a_lost_event_is_made_up_for(rows: Rows, aws: LocalAws, stack: Stack) -> None:
    rules = rules_of(aws, stack)
    rules["RowsUploadRule"].disable()
    rows.put("lost.csv", new_rows())
    rules["RowsUploadRule"].enable()
    scheduled_rules.fire(rules["SweepRule"], datetime.now(UTC) + timedelta(hours=1))
    [done] = rows.predicted("lost.csv")
    assert done["name"].startswith("rows-") and done["status"] == "SUCCEEDED"


def test_a_model_that_was_replaced_is_not_loaded_and_another_is_taken(
    aws: LocalAws, stack: Stack
) -> None:
    rows = Rows(aws, stack, "replaced")
    summary = trained(aws, stack, "replaced")
    approve(aws, stack, summary)
    key = summary["Model"].split("/", 3)[3]
    model = aws.s3.get_object(Bucket=stack.bucket, Key=key)["Body"].read()
    put_past_policy(aws.s3, stack.bucket, key, b"another")
    rows.put("new.csv", new_rows())
    [failed] = rows.predicted("new.csv")
    assert "The model was replaced" in rows.failure_page("new")
    aws.s3.delete_object(Bucket=stack.bucket, Key=key)
    rows.put("gone.csv", new_rows())
    [gone] = rows.predicted("gone.csv")
    assert gone["error"] == "ModelUnusable" and "is missing" in gone["cause"]
    put_past_policy(aws.s3, stack.bucket, key, model)
    for execution in (failed, gone):
        aws.states.redrive_execution(executionArn=execution["executionArn"])
        assert rows.ended(execution["executionArn"])["status"] == "SUCCEEDED"


def test_training_code_that_can_not_predict_is_told_of_and_a_redrive_takes_the_next(
    rows: Rows,
) -> None:
    s3, bucket, code = rows.aws.s3, rows.stack.bucket, "source/sourcedir.tar.gz"
    bad = s3.put_object(Bucket=bucket, Key=code, Body=b"not an archive")["VersionId"]
    rows.put("unable.csv", new_rows())
    [failed] = rows.predicted("unable.csv")
    page = unescape(rows.failure_page("unable"))
    s3.delete_object(Bucket=bucket, Key=code, VersionId=bad)
    assert failed["error"] == "CodeUnusable" and "not a readable tar.gz" in page
    assert "redrive-execution" in page and "upload the file again" not in page
    rows.aws.states.redrive_execution(executionArn=failed["executionArn"])
    assert rows.ended(failed["executionArn"])["status"] == "SUCCEEDED"


def test_a_prediction_waits_in_the_machine_while_the_limits_have_no_room(
    aws: LocalAws, packed_template: str
) -> None:
    stack = stack_with_stand_in(aws, packed_template)
    approve(aws, stack, trained(aws, stack, "poor"))
    rows = Rows(aws, stack, "poor")
    spend(aws, stack, 1_000_000)
    rows.put("new.csv", new_rows())
    wait_until(lambda: "WaitToCheck" in entered(rows))
    spend(aws, stack, 1_000_000 - 0.01)
    wait_until(lambda: "WaitForBudget" in entered(rows))
    spend(aws, stack, 0)
    [done] = rows.predicted("new.csv")
    assert rows.states_entered(done["executionArn"])[-1] == "Publish"


def test_a_prediction_that_can_never_be_paid_for_fails_before_it_starts(
    aws: LocalAws, packed_template: str
) -> None:
    stack = stack_with_stand_in(aws, packed_template, PredictionCost="0.01")
    approve(aws, stack, trained(aws, stack, "dear"))
    rows = Rows(aws, stack, "dear")
    rows.put("new.csv", new_rows())
    [failed] = rows.predicted("new.csv")
    assert failed["error"] == "BudgetTooSmall" and "Set PredictionCost to 0." in failed["cause"]
    assert not rows.jobs()


def running(rows: Rows) -> list[str]:
    listed = rows.aws.states.list_executions(stateMachineArn=rows.machine, statusFilter="RUNNING")
    return [execution["executionArn"] for execution in listed["executions"]]


def mailed_about(rows: Rows, execution: str) -> bool:
    """Whether the failure of the execution was told, which is done last."""
    key = f"runs/mails/{datetime.now(UTC):%Y-%m-%d}.json"
    return execution in rows.read(key)


def entered(rows: Rows) -> list[str]:
    listed = rows.aws.states.list_executions(stateMachineArn=rows.machine)["executions"]
    return [state for e in listed for state in rows.states_entered(e["executionArn"])]


def sweep(aws: LocalAws, stack: Stack) -> None:
    scheduled_rules.fire(rules_of(aws, stack)["SweepRule"], datetime.now(UTC))
