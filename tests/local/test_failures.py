"""A failed run is explained: a page beside the results, and a notification."""

import json

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from local import waits
from local.aws import LocalAws
from local.faults import FunctionFault
from local.stack import Stack
from tests.local.uploads import Uploader, table


def page(uploader: Uploader) -> str:
    found: list[str] = []

    def is_there() -> bool:
        found[:] = [k for k in uploader.keys(f"results/{uploader.name}/") if "failure.html" in k]
        return bool(found)

    uploader.wait(is_there)
    body = uploader.aws.s3.get_object(Bucket=uploader.stack.bucket, Key=found[0])["Body"]
    return body.read().decode()


def notifications() -> list[str]:
    topics = sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].topics.values()
    return [sent[1] for topic in topics for sent in topic.sent_notifications]


def test_a_failed_training_is_explained_with_its_cost_its_log_and_how_to_go_on(
    uploader: Uploader,
) -> None:
    uploader.forget_mails()
    uploader.upload_pair(table(12, "fail"), table(6))
    failed = uploader.failed()
    told = page(uploader)
    assert "failed at RecoverTraining" in told
    assert "The stand-in was told to fail." in told
    assert "Fitting model: StandIn" in told
    assert "So far it has cost about" in told and "for 1 job." in told
    command = f"redrive-execution --region us-east-1 --execution-arn {failed['executionArn']}"
    assert command in told
    uploader.wait(lambda: [text for text in notifications() if command in text])
    [mail] = [text for text in notifications() if command in text]
    assert "One of its jobs failed." in mail
    assert f"s3://{uploader.stack.bucket}/results/{uploader.name}/" in mail
    assert "told to fail" not in mail


def test_rejected_files_are_explained_without_a_redrive(uploader: Uploader) -> None:
    uploader.upload_pair("a,b\n1,2\n", table(6))
    uploader.failed()
    told = page(uploader)
    assert "failed at CheckPair" in told and "upload a file of the dataset again" in told
    assert "redrive-execution" not in told
    assert "nothing was charged for training" in told


def test_a_stopped_run_is_explained_too(uploader: Uploader) -> None:
    uploader.upload_pair(table(12, "slow"), table(6))
    uploader.wait(uploader.training_jobs)
    [running] = [e for e in uploader.described() if e["status"] == "RUNNING"]
    uploader.aws.states.stop_execution(executionArn=running["executionArn"])
    assert "was stopped at Train" in page(uploader)


def test_an_explanation_that_fails_is_tried_again(uploader: Uploader) -> None:
    aws, about = uploader.aws, f"{uploader.name}_"
    aws.faults.plan([FunctionFault(about, "ExplainFailure", "crash", times=2)])
    waits.shorten_to(0.01)
    try:
        uploader.upload_pair("a,b\n1,2\n", table(6))
        uploader.failed()
        uploader.wait(lambda: aws.faults.mend(about) == [] and page(uploader))
    finally:
        waits.shorten_to(1)


def test_what_the_input_says_of_a_run_is_not_believed(aws: LocalAws, lonely_stack: Stack) -> None:
    uploader = Uploader(aws, lonely_stack, "nobody")
    inputs: list[object] = [
        {"Run": {"Dataset": "../../x", "JobName": "y"}, "Instance": {}},
        {"Run": 5, "Attempts": 7},
        {"Run": {"Dataset": "x"}, "dataset": "z", "force": "false"},
    ]
    before = set(uploader.keys("results/"))
    for request in inputs:
        uploader.start(request)
    uploader.wait(lambda: len(set(uploader.keys("results/")) - before) >= len(inputs))
    new = set(uploader.keys("results/")) - before
    assert len(new) == len(inputs)
    assert all(key.startswith("results/unknown/") for key in new)


def test_nothing_of_a_rejection_is_in_the_functions_logs(uploader: Uploader) -> None:
    uploader.upload_pair(table(target="my secret column"), table(6))
    cause = json.loads(uploader.failed()["cause"])
    assert "my secret column" in cause["errorMessage"]
    assert "my secret column" in page(uploader)
    functions = uploader.stack.state_machine.rpartition(":")[2]
    groups = uploader.aws.logs.describe_log_groups(logGroupNamePrefix=f"/codefree/{functions}/")
    for group in groups["logGroups"]:
        found = uploader.aws.logs.filter_log_events(logGroupName=group["logGroupName"])
        assert not [e for e in found["events"] if "secret" in e["message"]], group
    for log in (uploader.aws.home / "logs" / "lambda").glob("*.log"):
        assert b"secret" not in log.read_bytes()
    assert not [text for text in notifications() if "secret" in text]


def test_after_twenty_mails_a_day_failures_have_only_their_pages(
    aws: LocalAws, lonely_stack: Stack
) -> None:
    uploader = Uploader(aws, lonely_stack, "nobody")
    pages, mails = len(uploader.keys("results/unknown/")), len(mails_of(lonely_stack))
    for _ in range(22):
        uploader.start({"nonsense": 1})
    uploader.wait(lambda: len(uploader.keys("results/unknown/")) == pages + 22)
    uploader.wait(lambda: len(mails_of(lonely_stack)) == 20)
    [last] = [text for text in mails_of(lonely_stack) if "codefree status" in text]
    assert "the last of 20 mails" in last
    assert mails <= 20


def mails_of(stack: Stack) -> list[str]:
    return [text for text in notifications() if f"s3://{stack.bucket}/" in text]


def test_a_run_that_succeeds_explains_nothing(uploader: Uploader) -> None:
    uploader.upload_pair(table(), table(6))
    uploader.worked()
    assert not [
        k for k in uploader.keys("results/") if k.endswith("failure.html") and uploader.name in k
    ]


@pytest.mark.parametrize("request_", [{"nonsense": 1}, ["a"], {"dataset": "no/such"}])
def test_an_execution_that_names_no_dataset_is_explained_under_unknown(
    aws: LocalAws, lonely_stack: Stack, request_: object
) -> None:
    uploader = Uploader(aws, lonely_stack, "nobody")
    before = set(uploader.keys("results/unknown/"))
    uploader.start(request_)
    uploader.wait(lambda: set(uploader.keys("results/unknown/")) - before)
