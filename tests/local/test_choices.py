"""Choices per dataset in one stack, uploaded by a plain AWS client; and word when a run is done."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from codefree.cli import app
from local.aws import LocalAws
from local.stack import Stack
from tests.local.stacks import stack_with_stand_in
from tests.local.test_failures import notifications, page
from tests.local.uploads import Uploader, table

TESTED = table(6)


@pytest.fixture(scope="module")
def stack(aws: LocalAws, packed_template: str) -> Stack:
    return stack_with_stand_in(aws, packed_template, TrainingCost="1", MostMinutes="90")


def uploader(aws: LocalAws, stack: Stack, name: str) -> Uploader:
    others = {f"data/{name}.csv", f"data/{name}_settings.txt"}
    return Uploader(aws, stack, name, frozenset(others))


def summary_of(execution: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(execution["output"]))


def checked_page(aws: LocalAws, summary: dict[str, Any]) -> str:
    bucket, _, key = summary["Check"]["Report"].removeprefix("s3://").partition("/")
    return aws.s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()


@pytest.mark.parametrize(
    ("name", "target", "settings", "language"),
    [
        ("fruits", "kind", "target = kind\nminutes = 2\n", "en"),
        ("cities", "도시", "예측할 열 = 도시\n언어 = 한국어\n지표 = accuracy\n", "ko"),
        ("plain", "label", "", "en"),
    ],
)
def test_datasets_with_targets_and_languages_of_their_own_are_each_run_right(
    aws: LocalAws, stack: Stack, name: str, target: str, settings: str, language: str
) -> None:
    ours = uploader(aws, stack, name)
    if settings:
        ours.put(f"data/{name}_settings.txt", settings.encode("cp949"))
        ours.wait(ours.executions)
    ours.upload_pair(table(target=target), table(6, target=target))
    summary = summary_of(ours.worked())
    assert summary["Configuration"]["Target"] == target
    assert summary["Metrics"]["model"]["parameters"]["target"] == target
    assert f'<html lang="{language}">' in checked_page(aws, summary)
    assert len(ours.training_jobs()) == 1


def test_settings_beyond_the_stacks_limits_cost_nothing(aws: LocalAws, stack: Stack) -> None:
    ours = uploader(aws, stack, "greedy")
    ours.put("data/greedy_settings.txt", "cost = 500\nminutes = 1000")
    ours.upload_pair(table(), TESTED)
    told = page(ours)
    assert "greedy_settings.txt, line 1: cost is 500, and this stack allows 1 at most" in told
    assert "line 2: minutes is 1000, and this stack allows 90 at most (MostMinutes)" in told
    ours.failed()
    assert not ours.training_jobs()


def test_settings_that_change_during_a_run_start_another_and_leave_it_alone(
    aws: LocalAws, stack: Stack, tmp_path: Path
) -> None:
    ours, go = uploader(aws, stack, "busy"), tmp_path / "go"
    ours.upload_pair(table(behaviour=f"until {go}"), TESTED)
    ours.wait(ours.training_jobs)
    ours.put("data/busy_settings.txt", "minutes = 2")
    ours.wait(lambda: len(ours.training_jobs()) == 2)
    go.touch()
    runs = [e for e in ours.executions() if ours.states_entered(e)[-1] == "Publish"]
    limits = [summary_of(e)["Configuration"]["TimeLimitSeconds"] for e in runs]
    assert limits == [3600, 120]
    ours.put("data/busy_settings.txt", "# again\nminutes = 2")
    ours.wait(lambda: len(ours.executions()) == 4)
    assert len(ours.training_jobs()) == 2


def test_a_single_table_is_one_run_whose_jobs_read_the_same_object(
    aws: LocalAws, stack: Stack
) -> None:
    ours = uploader(aws, stack, "single")
    ours.put("data/single.csv", table(40))
    execution = ours.worked()
    summary = summary_of(execution)
    assert (summary["Profile"]["Train"]["Rows"], summary["Profile"]["Test"]["Rows"]) == (32, 8)
    [folder] = {
        channel["DataSource"]["S3DataSource"]["S3Uri"]
        for job in ours.training_jobs()
        for channel in job["InputDataConfig"]
        if channel["ChannelName"] == "train"
    }
    [job] = ours.evaluation_jobs()
    tested = [i["S3Input"]["S3Uri"] for i in job["ProcessingInputs"] if i["InputName"] == "test"]
    assert tested == [folder] and folder.endswith("/table/")


def test_the_command_uploads_settings_first_so_that_one_run_has_them(
    aws: LocalAws, stack: Stack, tmp_path: Path
) -> None:
    ours = uploader(aws, stack, "mine")
    train, test = tmp_path / "mine_train.csv", tmp_path / "mine_test.csv"
    train.write_text(table(target="price"))
    test.write_text(table(6, target="price"))
    name = stack.state_machine.rpartition(":")[2]
    place = ["--endpoint-url", aws.endpoint, "--stack-name", name]
    chosen = ["--target", "price", "--leave-out", "behaviour", "--minutes", "3"]
    done = CliRunner().invoke(app, ["upload", str(train), str(test), *chosen, *place])
    assert done.exit_code == 0, done.output
    keys = "data/mine_settings.txt, data/mine_test.csv, data/mine_train.csv"
    assert done.output.startswith(f"Uploaded {keys}.\nWatch the run: codefree status")
    configuration = summary_of(ours.worked())["Configuration"]
    assert (configuration["Target"], configuration["LeaveOut"]) == ("price", ["behaviour"])
    assert len(ours.training_jobs()) == 1
    plain = CliRunner().invoke(app, ["upload", str(train), str(test), *place]).output
    assert "data/mine_settings.txt is there from before and holds for this run." in plain
    wrong = CliRunner().invoke(app, ["upload", str(train), str(test), "--metric", "f2", *place])
    assert wrong.exit_code == 1 and "--metric: metric is 'f2', and one of auto" in wrong.output


def mails_about(stack: Stack, name: str) -> list[str]:
    return [text for text in notifications() if f"/{stack.bucket}?" in text and name in text]


def test_word_is_sent_of_a_run_that_is_done(aws: LocalAws, stack: Stack) -> None:
    ours = uploader(aws, stack, "told")
    ours.upload_pair(table(), table(6, behaviour="report"))
    run = summary_of(ours.worked())["Run"]
    [mail] = mails_about(stack, "told")
    assert mail.startswith(f"told: the run {run} is done.\n\nOf 4 test rows, 3 were predicted corr")
    assert f"prefix=results%2Ftold%2F{run}%2Ftold_report.html" in mail
    assert "The work was done on another machine" in mail or "The run cost" in mail


def test_whoever_wants_to_hear_of_failures_alone_hears_of_nothing_else(
    aws: LocalAws, packed_template: str
) -> None:
    quiet = stack_with_stand_in(aws, packed_template, MailAbout="failures")
    ours = uploader(aws, quiet, "quiet")
    ours.upload_pair(table(), TESTED)
    ours.worked()
    assert not mails_about(quiet, "quiet")
