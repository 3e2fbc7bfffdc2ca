"""RedriveExecution: a failed run goes on from the step that failed, as on AWS."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from local.aws import LocalAws
from local.faults import JobFault
from local.gaps.stepfunctions import redrive as gap
from local.stack import Stack
from tests.local.roles import role_trusting
from tests.local.stacks import client, resources
from tests.local.uploads import Uploader, ended, table

STEPS = ["CheckPair", "PickInstance", "ReserveBudget", "Train", "SealModel", "Evaluate", "Publish"]
# A job's errors are caught; where nothing can be recovered, the run fails in what recovers.
FAILS_IN = {"Train": "RecoverTraining", "Evaluate": "RecoverEvaluation"}
TRAIN, TEST = table(12), table(6)
Mend = Callable[[], object]


@pytest.fixture
def uploader(aws: LocalAws, lonely_stack: Stack, request: pytest.FixtureRequest) -> Uploader:
    """One whose stack may be broken and mended: no other file's tests use it."""
    name = "".join(c if c.isalnum() else " " for c in request.node.name)
    return Uploader(aws, lonely_stack, name[-60:].strip())


def redriven(aws: LocalAws, execution: dict[str, Any]) -> dict[str, Any]:
    """The execution after a redrive, once it has ended again."""
    arn = execution["executionArn"]
    aws.states.redrive_execution(executionArn=arn)
    return ended(aws.states, arn)


def history(aws: LocalAws, execution: dict[str, Any]) -> list[dict[str, Any]]:
    answer = aws.states.get_execution_history(executionArn=execution["executionArn"])
    return [dict(event) for event in answer["events"]]


def types(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


def failed_in(uploader: Uploader, step: str) -> tuple[dict[str, Any], Mend]:
    """A run that has failed in ``step``, and what mends the cause."""
    if step == "Train":
        uploader.upload_pair(table(12, "fail"), TEST)
    elif step == "Evaluate":
        uploader.upload_pair(TRAIN, table(6, "fail evaluation"))
    else:
        return _failed_in_function(uploader, step)
    half = "train" if step == "Train" else "test"
    failed = uploader.failed()
    return failed, lambda: uploader.put_past_policy(
        f"{frozen(uploader, failed)}/{half}/{half}.csv", TRAIN
    )


def _failed_in_function(uploader: Uploader, step: str) -> tuple[dict[str, Any], Mend]:
    uploader.upload("test", TEST)
    assert uploader.executions()
    functions = client(uploader.aws, "lambda")
    name = resources(uploader.aws, uploader.stack)[f"{step}Function"]
    works = functions.get_function_configuration(FunctionName=name)["Handler"]
    functions.update_function_configuration(FunctionName=name, Handler="lambdas.gone.handler")
    uploader.upload("train", TRAIN)
    failed = uploader.failed()
    return failed, lambda: functions.update_function_configuration(FunctionName=name, Handler=works)


def frozen(uploader: Uploader, execution: dict[str, Any]) -> str:
    """The folder of what the run reads."""
    outputs = [
        json.loads(event["stateExitedEventDetails"]["output"])
        for event in history(uploader.aws, execution)
        if event["type"] == "TaskStateExited"
    ]
    return f"runs/{outputs[0]['Run']['Id']}"


@pytest.mark.parametrize("step", STEPS)
def test_a_failed_step_is_run_again_and_the_finished_ones_are_not(
    uploader: Uploader, step: str
) -> None:
    failed, mend = failed_in(uploader, step)
    before = history(uploader.aws, failed)
    failing = FAILS_IN.get(step, step)
    assert uploader.states_entered(failed)[-1] == failing
    assert failed["redriveStatus"] == "REDRIVABLE"
    mend()
    done = redriven(uploader.aws, failed)

    assert done["status"] == "SUCCEEDED"
    assert (done["redriveCount"], done["startDate"]) == (1, failed["startDate"])
    assert "error" not in done and "cause" not in done
    events = history(uploader.aws, done)
    assert events[: len(before)] == before
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    redrive, *after = events[len(before) :]
    assert redrive["type"] == "ExecutionRedriven"
    assert redrive["executionRedrivenEventDetails"] == {"redriveCount": 1}
    entered = [e["stateEnteredEventDetails"] for e in after if e["type"] == "TaskStateEntered"]
    recovery = [FAILS_IN[step]] if step in FAILS_IN else []
    assert [state["name"] for state in entered] == recovery + STEPS[STEPS.index(step) :]
    assert entered[0]["input"] == state_inputs(before)[failing]


def state_inputs(events: list[dict[str, Any]]) -> dict[str, str]:
    entered = [e["stateEnteredEventDetails"] for e in events if "stateEnteredEventDetails" in e]
    return {state["name"]: state["input"] for state in entered}


def test_a_redriven_job_has_a_new_name_and_the_results_are_whole(uploader: Uploader) -> None:
    failed, mend = failed_in(uploader, "Train")
    mend()
    summary = json.loads(redriven(uploader.aws, failed)["output"])
    names = sorted(job["TrainingJobName"] for job in uploader.training_jobs())
    assert [name[-12:] for name in names] == ["-train-0-0-0", "-train-1-1-0"]
    assert summary["TrainingJob"] == names[1]
    assert summary["EvaluationJob"].endswith("-evaluate-1-1-0")
    folder = f"results/{uploader.name}/{summary['Run']}/"
    assert f"{folder}{names[1]}/output/model.tar.gz" in uploader.keys(folder)
    assert f"{folder}{uploader.name}_eval.png" in uploader.keys(folder)
    assert len(uploader.evaluation_jobs()) == 1


def test_redriving_twice_works_and_is_counted(uploader: Uploader) -> None:
    failed, mend = failed_in(uploader, "Train")
    again = redriven(uploader.aws, failed)
    assert (again["status"], again["redriveCount"]) == ("FAILED", 1)
    mend()
    done = redriven(uploader.aws, failed)
    assert (done["status"], done["redriveCount"]) == ("SUCCEEDED", 2)
    assert done["redriveDate"] > again["redriveDate"] > failed["stopDate"]
    assert types(history(uploader.aws, done)).count("ExecutionRedriven") == 2
    names = {job["TrainingJobName"][-12:] for job in uploader.training_jobs()}
    assert names == {"-train-0-0-0", "-train-1-1-0", "-train-2-2-0"}


@pytest.mark.parametrize("step", ["CheckPair", "Evaluate"])
def test_a_redriven_run_works_on_the_files_that_it_froze(uploader: Uploader, step: str) -> None:
    failed, mend = failed_in(uploader, step)
    if step == "CheckPair":  # it had not come to freezing them; so that it has, it fails once more
        mend()
        uploader.aws.s3.delete_object(Bucket=uploader.stack.bucket, Key="source/sourcedir.tar.gz")
        failed = redriven(uploader.aws, failed)
        assert "training code" in failed["cause"]
        restore_the_training_code(uploader)
    mend()
    uploader.upload("train", table(30))
    uploader.upload("test", table(20))
    uploader.executions()
    summary = json.loads(redriven(uploader.aws, failed)["output"])
    assert summary["Metrics"]["model"]["rows"] == 12


def restore_the_training_code(uploader: Uploader) -> None:
    s3, bucket, key = uploader.aws.s3, uploader.stack.bucket, "source/sourcedir.tar.gz"
    [marker] = s3.list_object_versions(Bucket=bucket, Prefix=key)["DeleteMarkers"]
    s3.delete_object(Bucket=bucket, Key=key, VersionId=marker["VersionId"])


def test_a_redrive_of_the_claiming_run_goes_on_as_the_owner(uploader: Uploader) -> None:
    failed, mend = failed_in(uploader, "PickInstance")
    mend()
    assert redriven(uploader.aws, failed)["status"] == "SUCCEEDED"
    uploader.start({"dataset": uploader.name})
    assert "AlreadyRunning" in uploader.ends()
    assert len(uploader.training_jobs()) == 1


@pytest.mark.parametrize("step", ["PickInstance", "Train"])
def test_a_redriven_run_whose_files_another_one_has_trained_on_since_does_not_train_them_again(
    uploader: Uploader, step: str
) -> None:
    """It had failed, the same files were uploaded again, and that run did the work."""
    if step == "PickInstance":
        failed, mend = failed_in(uploader, step)
        mend()
    else:
        uploader.aws.faults.plan([JobFault(uploader.name, "Training", "crash")])
        uploader.upload_pair(TRAIN, TEST)
        failed = uploader.failed()
    uploader.upload("train", TRAIN)
    assert uploader.worked()
    jobs = [job["TrainingJobName"] for job in uploader.training_jobs()]
    done = redriven(uploader.aws, failed)
    assert done["status"] == "SUCCEEDED"
    assert uploader.states_entered(done)[-1] == "AlreadyRunning"
    told = json.loads(done["output"])["TakenOver"]["Cause"]
    assert "were uploaded again since this run failed" in told and "force" in told
    assert [job["TrainingJobName"] for job in uploader.training_jobs()] == jobs


def test_a_run_that_was_stopped_in_a_job_starts_that_job_anew(uploader: Uploader) -> None:
    uploader.upload_pair(table(12, "slow"), TEST)
    uploader.wait(
        lambda: [j for j in uploader.training_jobs() if j["SecondaryStatus"] != "Pending"]
    )
    [running] = [e for e in uploader.described() if e["status"] == "RUNNING"]
    uploader.aws.states.stop_execution(executionArn=running["executionArn"])
    aborted = ended(uploader.aws.states, running["executionArn"])
    assert (aborted["status"], aborted["redriveStatus"]) == ("ABORTED", "REDRIVABLE")
    uploader.put_past_policy(f"{frozen(uploader, aborted)}/train/train.csv", TRAIN)
    assert redriven(uploader.aws, aborted)["status"] == "SUCCEEDED"
    assert len(uploader.training_jobs()) == 2


def test_running_and_succeeded_executions_are_refused(uploader: Uploader, tmp_path: Path) -> None:
    uploader.upload_pair(table(12, f"until {tmp_path / 'go'}"), TEST)
    uploader.wait(uploader.training_jobs)
    states = uploader.aws.states
    [running] = [e for e in uploader.described() if e["status"] == "RUNNING"]
    arn = running["executionArn"]
    with pytest.raises(states.exceptions.ExecutionNotRedrivable, match="is RUNNING and cannot be"):
        states.redrive_execution(executionArn=arn)
    (tmp_path / "go").touch()
    done = ended(uploader.aws.states, arn)
    with pytest.raises(states.exceptions.ExecutionNotRedrivable, match="is SUCCEEDED and cannot"):
        states.redrive_execution(executionArn=arn)
    assert done["redriveStatus"] == "NOT_REDRIVABLE"
    assert done["redriveStatusReason"] == "Execution is SUCCEEDED and cannot be redriven"
    assert done["redriveCount"] == 0 and "redriveDate" not in done
    with pytest.raises(states.exceptions.ExecutionDoesNotExist):
        states.redrive_execution(executionArn=arn + "-other")
    with pytest.raises(states.exceptions.InvalidArn):
        states.redrive_execution(executionArn="no arn")


def test_the_same_token_redrives_once(uploader: Uploader) -> None:
    failed, mend = failed_in(uploader, "Train")
    mend()
    request = {"executionArn": failed["executionArn"], "clientToken": "only-once"}
    dates = [uploader.aws.states.redrive_execution(**request)["redriveDate"] for _ in range(3)]
    assert len(set(dates)) == 1
    assert ended(uploader.aws.states, failed["executionArn"])["redriveCount"] == 1


def test_redriven_executions_can_be_listed(uploader: Uploader) -> None:
    failed, mend = failed_in(uploader, "Publish")
    mend()
    done = redriven(uploader.aws, failed)

    def listed(wanted: Literal["REDRIVEN", "NOT_REDRIVEN"]) -> dict[str, Any]:
        pages = uploader.aws.states.get_paginator("list_executions").paginate(
            stateMachineArn=uploader.stack.state_machine, redriveFilter=wanted
        )
        return {item["executionArn"]: item for page in pages for item in page["executions"]}

    item = listed("REDRIVEN")[done["executionArn"]]
    assert (item["redriveCount"], item["redriveDate"]) == (1, done["redriveDate"])
    others = listed("NOT_REDRIVEN")
    assert done["executionArn"] not in others
    assert {other["redriveCount"] for other in others.values()} == {0}


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ("_TOO_MANY_EVENTS", "Execution history event limit exceeded"),
        ("_REDRIVABLE_FOR", "Execution redrivable period exceeded"),
        ("_LONGEST_EXECUTION", "Execution has exceeded the max execution time"),
    ],
)
def test_what_is_too_old_or_too_long_is_refused(
    uploader: Uploader, monkeypatch: pytest.MonkeyPatch, limit: str, reason: str
) -> None:
    failed, mend = failed_in(uploader, "CheckPair")
    mend()
    small = 5 if limit == "_TOO_MANY_EVENTS" else timedelta(0)
    monkeypatch.setattr(gap, limit, small)
    states = uploader.aws.states
    with pytest.raises(states.exceptions.ExecutionNotRedrivable, match=reason):
        states.redrive_execution(executionArn=failed["executionArn"])
    described = states.describe_execution(executionArn=failed["executionArn"])
    assert described["redriveStatusReason"] == reason


@pytest.fixture
def machine(aws: LocalAws, iam: Any) -> Callable[[Any], str]:
    """Makes a state machine of the test's own, and starts it."""
    role = role_trusting(iam, "states")

    def started(definition: dict[str, Any]) -> str:
        made = aws.states.create_state_machine(
            name=f"machine-{uuid.uuid4()}",
            definition=json.dumps(definition),
            roleArn=role,
        )
        execution = aws.states.start_execution(
            stateMachineArn=made["stateMachineArn"], input='{"a": 1}'
        )
        return execution["executionArn"]

    return started


def test_a_fail_state_is_entered_again_and_fails_again(
    aws: LocalAws, machine: Callable[[Any], str]
) -> None:
    fail = {"Type": "Fail", "Error": "Broken", "Cause": "For good."}
    first = {"Type": "Pass", "Result": {"b": 2}, "Next": "Bad"}
    arn = machine({"StartAt": "First", "States": {"First": first, "Bad": fail}})
    ended(aws.states, arn)
    again = redriven(aws, {"executionArn": arn})
    assert (again["status"], again["error"], again["cause"]) == ("FAILED", "Broken", "For good.")
    after = types(history(aws, again))[-3:]
    assert after == ["ExecutionRedriven", "FailStateEntered", "ExecutionFailed"]


def test_the_context_object_tells_of_the_redrive_and_retries_start_anew(
    aws: LocalAws, machine: Callable[[Any], str]
) -> None:
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {
            "QueueUrl": "http://127.0.0.1/none",
            "MessageBody": {"Execution.$": "$$.Execution", "Retry.$": "$$.State.RetryCount"},
        },
        "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1, "IntervalSeconds": 1}],
        "End": True,
    }
    arn = machine({"StartAt": "Send", "States": {"Send": task}})
    ended(aws.states, arn)
    failed = redriven(aws, {"executionArn": arn})
    sent = [
        json.loads(event["taskScheduledEventDetails"]["parameters"])["MessageBody"]
        for event in history(aws, failed)
        if event["type"] == "TaskScheduled"
    ]
    assert [body["Retry"] for body in sent] == [0, 1, 0, 1]
    assert [body["Execution"]["RedriveCount"] for body in sent] == [0, 0, 1, 1]
    assert "RedriveTime" not in sent[0]["Execution"]
    assert sent[2]["Execution"]["RedriveTime"].endswith("Z")
    assert {body["Execution"]["StartTime"] for body in sent} == {sent[0]["Execution"]["StartTime"]}
    assert {body["Execution"]["Input"]["a"] for body in sent} == {1}


def test_a_fail_state_that_a_catch_led_to_is_where_a_redrive_goes_on(
    aws: LocalAws, machine: Callable[[Any], str]
) -> None:
    caught = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl": "http://127.0.0.1/none", "MessageBody": "x"},
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Sorry", "ResultPath": "$.error"}],
        "End": True,
    }
    sorry = {"Type": "Fail", "Error": "Sorry"}
    arn = machine({"StartAt": "Send", "States": {"Send": caught, "Sorry": sorry}})
    ended(aws.states, arn)
    again = redriven(aws, {"executionArn": arn})
    entered = [e for e in history(aws, again) if e["type"].endswith("StateEntered")]
    names = [e["stateEnteredEventDetails"]["name"] for e in entered]
    assert names == ["Send", "Sorry", "Sorry"]
    assert json.loads(entered[2]["stateEnteredEventDetails"]["input"])["error"]
