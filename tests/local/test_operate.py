"""``codefree status``, ``rerun`` and ``stop``, against a running local mode."""

import socket
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner, Result

from codefree.cli import app
from local.aws import LocalAws
from operate.account import Account, CannotDo, explained
from operate.home import HomeLock, HomeTaken, endpoint_of
from tests.local.stacks import stack_with_stand_in
from tests.local.uploads import Uploader, table


@pytest.fixture
def uploader(aws: LocalAws, packed_template: str) -> Uploader:
    return Uploader(aws, stack_with_stand_in(aws, packed_template), "my data")


def codefree(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(app, words, env={"COLUMNS": "200", **environment})


def at(uploader: Uploader, *words: str) -> Result:
    stack = uploader.stack.state_machine.rpartition(":")[2]
    return codefree(*words, "--endpoint-url", uploader.aws.endpoint, "--stack-name", stack)


def test_status_shows_each_run_once_and_how_to_rerun_the_failed_one(uploader: Uploader) -> None:
    assert "No runs yet" in at(uploader, "status").output
    uploader.upload_pair(table(12, "fail"), table(6))
    uploader.executions()
    shown = at(uploader, "status").output
    assert shown.count("my data") == 2  # one row, and the command in it
    for word in ("Train", "FAILED", "The stand-in was told to fail.", "codefree rerun 'my data'"):
        assert word in shown


def test_status_shows_what_waits_for_its_other_half(uploader: Uploader) -> None:
    uploader.upload("train", table())
    uploader.executions()
    shown = at(uploader, "status").output
    assert "WaitingForPartner" in shown and "codefree rerun" not in shown


def test_status_asks_for_a_repaired_file_where_a_rerun_would_not_help(uploader: Uploader) -> None:
    uploader.upload_pair("a,b\n1,2\n", table(6))
    uploader.executions()
    shown = at(uploader, "status").output
    assert "upload the corrected file" in shown and "codefree rerun" not in shown


def test_rerun_goes_on_from_the_failed_step(uploader: Uploader) -> None:
    uploader.upload_pair(table(12, "fail"), table(6))
    failed = uploader.failed()["executionArn"]
    for words in ([], ["my data"], [failed], [failed.split(":")[-1]]):
        done = at(uploader, "rerun", *words)
        assert done.exit_code == 0, done.output
        assert "my data continues from RecoverTraining" in done.output
        assert "Kept: CheckPair, PickInstance, ReserveBudget." in done.output
        uploader.executions()
    assert uploader.failed()["redriveCount"] == 4


def test_stop_stops_the_run_and_its_job(uploader: Uploader) -> None:
    uploader.upload_pair(table(12, "slow"), table(6))
    uploader.wait(
        lambda: [j for j in uploader.training_jobs() if j["SecondaryStatus"] != "Pending"]
    )
    done = at(uploader, "stop")
    assert "Stopped my data in Train, and its job." in done.output
    uploader.wait(lambda: uploader.training_jobs()[0]["TrainingJobStatus"] == "Stopped")
    assert "ABORTED" in {e["status"] for e in uploader.executions()}
    shown = at(uploader, "status").output
    assert "ABORTED" in shown and "codefree rerun 'my data'" in shown


def test_what_cannot_be_done_is_said_in_words(uploader: Uploader) -> None:
    assert "Nothing to rerun: no run has failed" in at(uploader, "rerun").output
    assert "Nothing to stop: no run is running" in at(uploader, "stop").output
    for name in ("a", "b"):
        other = Uploader(uploader.aws, uploader.stack, name)
        other.upload_pair(table(12, "fail"), table(6))
        other.executions()
    assert "Several runs have failed: a, b. Choose one" in at(uploader, "rerun").output
    assert (
        "None of the newest runs is of c. Their datasets: b, a."
        in at(uploader, "rerun", "c").output
    )
    uploader.upload_pair(table(), table(6))
    uploader.executions()
    answer = at(uploader, "rerun", "my data")
    assert "Nothing to rerun: my data is SUCCEEDED in Publish." in answer.output
    assert answer.exit_code == 1


def test_a_training_that_was_stopped_is_rerun_and_stopped_again(uploader: Uploader) -> None:
    uploader.upload_pair(table(12, "slow"), table(6))
    stop_the_training(uploader)
    uploader.failed()
    assert at(uploader, "rerun", "my data").exit_code == 0
    uploader.wait(lambda: len(uploader.training_jobs()) == 2)
    assert at(uploader, "stop", "my data").exit_code == 0
    assert "ABORTED" in {e["status"] for e in uploader.executions()}


def stop_the_training(uploader: Uploader) -> None:
    uploader.wait(
        lambda: [j for j in uploader.training_jobs() if j["SecondaryStatus"] != "Pending"]
    )
    name = uploader.training_jobs()[0]["TrainingJobName"]
    uploader.aws.sagemaker.stop_training_job(TrainingJobName=name)


@pytest.mark.usefixtures("stack")
def test_a_place_that_cannot_be_looked_at_is_said_in_words(aws: LocalAws, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}"
    assert f"Nothing answers at {nobody}" in codefree("status", "--endpoint-url", nobody).output
    other = codefree("status", "--endpoint-url", aws.endpoint, "--stack-name", "other").output
    assert f"There is no stack other at {aws.endpoint}" in other
    config = {"AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_PROFILE": "lost"}
    assert "There is no AWS profile lost." in codefree("status", **config).output
    config = {"AWS_PROFILE": "", "AWS_CONFIG_FILE": str(tmp_path / "none")}
    assert (
        "There is no AWS profile gone." in codefree("status", "--profile", "gone", **config).output
    )


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "RequestExpired"])
def test_expired_credentials_are_said_in_words(code: str) -> None:
    with pytest.raises(CannotDo, match="have expired"), explained(Account()):
        raise ClientError({"Error": {"Code": code, "Message": "x"}}, "DescribeStacks")


def test_a_home_tells_where_local_mode_is_up_and_only_while_it_is(tmp_path: Path) -> None:
    assert endpoint_of(tmp_path) is None
    lock = HomeLock(tmp_path)
    lock.announce("http://127.0.0.1:1")
    assert endpoint_of(tmp_path) == "http://127.0.0.1:1"
    with pytest.raises(HomeTaken, match=r"is up on .* already, at http://127.0.0.1:1"):
        HomeLock(tmp_path)
    lock.release()
    assert endpoint_of(tmp_path) is None
    (tmp_path / "endpoint").write_text("http://left.behind.by.a.kill")
    assert endpoint_of(tmp_path) is None
    HomeLock(tmp_path).release()


def test_the_commands_find_the_local_mode_that_is_up_on_a_home(
    uploader: Uploader, tmp_path: Path
) -> None:
    lock = HomeLock(tmp_path)
    lock.announce(uploader.aws.endpoint)
    stack = uploader.stack.state_machine.rpartition(":")[2]
    shown = codefree("status", "--home", str(tmp_path), "--stack-name", stack)
    assert f"No runs yet at {uploader.aws.endpoint}." in shown.output
    lock.release()
