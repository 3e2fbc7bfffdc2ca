"""Files that can't be trained on: the execution fails at CheckPair and no job is created."""

import json
from typing import Any

import pytest

from local.aws import LocalAws
from local.stack import Stack
from tests.local.uploads import Uploader, table

ONE_CLASS = "label,size\n" + "yes,1\n" * 12


@pytest.mark.parametrize(
    ("train", "test", "words"),
    [
        (table(target="Label "), table(), ["NAME_train.csv", "'label'", "Did you mean 'Label'"]),
        ("", table(), ["NAME_train.csv: The file is empty", "upload the file again"]),
        (table(), "<!DOCTYPE html><html></html>", ["NAME_test.csv: The file is a web page"]),
        (ONE_CLASS, table(), ["NAME_train.csv, column label", "has the same one, 'yes'"]),
        (table(), "label,weight\n1,2\n", ["NAME_test.csv: 2 columns of NAME_train.csv are not"]),
        ("label,size\n1,2\n0\n" * 9, table(), ["NAME_train.csv", "line 3 has 1"]),
    ],
)
def test_a_bad_pair_fails_at_check_pair_with_words_and_without_a_job(
    uploader: Uploader, train: str, test: str, words: list[str]
) -> None:
    uploader.upload_pair(train, test)

    failed = uploader.failed()
    assert uploader.states_entered(failed) == ["CheckPair"]
    assert failed["error"] == "PairRejected"
    message = json.loads(failed["cause"])["errorMessage"]
    for word in words:
        assert word.replace("NAME", uploader.name) in message
    assert uploader.training_jobs() == []


@pytest.mark.parametrize("request_", [{}, [], "a", {"dataset": 5}, {"detail": {}}, {"detail": 1}])
def test_an_execution_started_with_anything_else_is_told_how(
    lonely_stack: Stack, aws: LocalAws, request_: object
) -> None:
    started = aws.states.start_execution(
        stateMachineArn=lonely_stack.state_machine, input=json.dumps(request_)
    )["executionArn"]
    uploader = Uploader(aws, lonely_stack, "none")
    uploader.wait(lambda: described(aws, started)["status"] != "RUNNING")
    assert described(aws, started)["error"] == "PairRejected"
    assert '{"dataset": "NAME"}' in json.loads(described(aws, started)["cause"])["errorMessage"]


@pytest.mark.parametrize("force", ["false", "true", 1, None])
def test_force_is_true_or_false_and_nothing_that_looks_like_it(
    uploader: Uploader, force: object
) -> None:
    uploader.start({"dataset": uploader.name, "force": force})
    message = json.loads(uploader.failed()["cause"])["errorMessage"]
    assert '"force" in the execution\'s input is neither true nor false' in message


@pytest.mark.parametrize(("levels", "words"), [(900, "Invalid"), (100_000, "Invalid"), (60, None)])
def test_deeply_nested_inputs_are_refused_in_words(
    lonely_stack: Stack, aws: LocalAws, levels: int, words: str | None
) -> None:
    deep, machine = "[" * levels + "]" * levels, lonely_stack.state_machine
    uploader = Uploader(aws, lonely_stack, "none")
    if words:
        with pytest.raises(aws.states.exceptions.InvalidExecutionInput, match=words):
            aws.states.start_execution(stateMachineArn=machine, input=deep)
        return
    arn = aws.states.start_execution(stateMachineArn=machine, input=deep)["executionArn"]
    uploader.wait(lambda: described(aws, arn)["status"] != "RUNNING")
    assert "nested more than 16 deep" in json.loads(described(aws, arn)["cause"])["errorMessage"]


def described(aws: LocalAws, execution: str) -> dict[str, Any]:
    return dict(aws.states.describe_execution(executionArn=execution))


def test_a_repaired_file_starts_a_run_at_once(uploader: Uploader) -> None:
    uploader.upload_pair(ONE_CLASS, "label,size\nyes,1\n")
    uploader.failed()
    uploader.upload("train", "label,size\n" + "yes,1\nno,2\n" * 6)
    assert json.loads(uploader.worked()["output"])["Profile"]["Train"]["Rows"] == 12


def test_a_late_event_about_a_rejected_pair_does_not_reject_it_twice(uploader: Uploader) -> None:
    uploader.upload_pair(ONE_CLASS, "label,size\nyes,1\n")
    uploader.start(json.loads(uploader.failed()["input"]))
    assert "AlreadyRunning" in uploader.ends()
    uploader.failed()


def test_the_same_file_uploaded_again_after_a_failure_is_tried_again(uploader: Uploader) -> None:
    uploader.upload_pair(table(12, "fail"), table(6))
    uploader.failed()
    uploader.upload("train", table(12, "fail"))
    uploader.executions()
    assert len(uploader.training_jobs()) == 2


def test_training_code_without_the_programs_is_found_before_a_job(
    lonely_uploader: Uploader,
) -> None:
    lonely_uploader.put("source/sourcedir.tar.gz", b"not an archive")
    lonely_uploader.upload_pair(table(), table(6))
    failed = lonely_uploader.failed()
    assert failed["error"] == "CodeUnusable"
    assert "not a readable tar.gz" in json.loads(failed["cause"])["errorMessage"]
    assert lonely_uploader.training_jobs() == []
