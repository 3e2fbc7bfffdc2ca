"""Uploads under other names than the usual: used where that is certain, else never ignored."""

import html
import json
import unicodedata

import pytest
from typer.testing import CliRunner

from codefree.cli import app
from local.aws import LocalAws
from local.stack import Stack
from tests.local.stacks import stack_with_stand_in
from tests.local.test_failures import mails_of, page
from tests.local.uploads import Uploader, table

TRAIN, TEST = table(12), table(6)
DECOMPOSED, COMPOSED = (unicodedata.normalize(form, "한글 파일") for form in ("NFD", "NFC"))


@pytest.fixture(scope="module")
def named_stack(aws: LocalAws, packed_template: str) -> Stack:
    """A stack in which every execution is of this file."""
    return stack_with_stand_in(aws, packed_template)


def status(uploader: Uploader) -> str:
    stack = uploader.stack.state_machine.rpartition(":")[2]
    place = ["--endpoint-url", uploader.aws.endpoint, "--stack-name", stack]
    return CliRunner().invoke(app, ["status", *place], env={"COLUMNS": "200"}).output


def uploaded(aws: LocalAws, stack: Stack, name: str, *keys: str, body: str = TRAIN) -> Uploader:
    """Uploads the keys, and finds the executions that come of them."""
    uploader = Uploader(aws, stack, name, frozenset(f"data/{key}" for key in keys))
    for key in keys:
        uploader.put(f"data/{key}", TEST if "_test" in key.lower() else body)
        uploader.wait(uploader.executions)
    return uploader


@pytest.mark.parametrize(
    ("name", "test", "train"),
    [
        ("Capitals", "Capitals_TEST.csv", "Capitals_Train.CSV"),
        (COMPOSED, f"{COMPOSED}_test.csv", f"{DECOMPOSED}_train.csv"),
    ],
)
def test_a_pair_is_one_run_however_its_names_are_written(
    aws: LocalAws, named_stack: Stack, name: str, test: str, train: str
) -> None:
    uploader = uploaded(aws, named_stack, name, test, train)
    summary = json.loads(uploader.worked()["output"])
    assert summary["Dataset"] == name
    assert summary["Results"].startswith(f"s3://{named_stack.bucket}/results/{name}/")
    assert len(uploader.training_jobs()) == len(uploader.evaluation_jobs()) == 1
    # Uploaded once more, they are the same pair.
    uploader.put(f"data/{train}", TRAIN)
    uploader.wait(lambda: len(uploader.executions()) == 3)
    assert len(uploader.training_jobs()) == 1
    assert f"{train} " not in status(uploader) and f"{test} " not in status(uploader)


@pytest.mark.parametrize(
    ("key", "what_to_do"),
    [
        ("titanic_train (1).csv", "Rename it to titanic_train.csv and upload it again."),
        ("train.csv", "Call the two files NAME_train.csv and NAME_test.csv"),
        ("titanic_training.csv", "Rename it to titanic_train.csv and upload it again."),
        ("x.xlsx", "Save it as CSV and upload that as x.csv."),
        ("2026/a_train.csv", "Upload it straight into data/, as a_train.csv."),
        ("notes.txt", "Call the two files NAME_train.csv and NAME_test.csv"),
    ],
)
def test_a_name_that_cannot_be_used_fails_with_the_right_one_and_is_listed(
    aws: LocalAws, named_stack: Stack, key: str, what_to_do: str
) -> None:
    uploader = uploaded(aws, named_stack, "unknown", key)
    failed = uploader.failed()
    assert failed["error"] == "UploadMisnamed"
    told = json.loads(failed["cause"])["errorMessage"]
    assert told.startswith(f"data/{key} was not used: ") and what_to_do in told
    [listed] = [line for line in status(uploader).splitlines() if line.startswith(f"  {key}: ")]
    assert what_to_do in listed
    aws.s3.delete_object(Bucket=named_stack.bucket, Key=f"data/{key}")
    assert key not in status(uploader)


def test_a_misnamed_upload_is_explained_on_a_page_and_in_a_mail(
    aws: LocalAws, packed_template: str
) -> None:
    stack = stack_with_stand_in(aws, packed_template)
    uploader = uploaded(aws, stack, "unknown", "secret_train (1).csv")
    told = html.unescape(page(uploader))
    assert "A file in data/ was not used" in told and "unknown" not in told
    assert "Rename it to secret_train.csv and upload it again." in told
    assert "Upload the file again under the right name" in told
    assert "redrive-execution" not in told
    uploader.wait(lambda: mails_of(stack))
    [mail] = mails_of(stack)
    assert mail.startswith("A file in data/ was not used (run ")
    assert "Its name does not tell which dataset it belongs to." in mail
    assert "secret" not in mail


def test_a_folder_made_in_the_console_fails_nothing_and_is_not_listed(
    aws: LocalAws, packed_template: str
) -> None:
    stack = stack_with_stand_in(aws, packed_template)
    made = ("", "2026/", ".DS_Store")
    uploader = uploaded(aws, stack, "nothing", *made, body="")
    ends = [uploader.states_entered(execution)[-1] for execution in uploader.executions()]
    assert ends == ["NothingToDo"] * len(made)
    assert status(uploader).startswith("No runs yet") and "no run uses" not in status(uploader)


def test_half_a_pair_is_listed_with_what_it_waits_for(aws: LocalAws, named_stack: Stack) -> None:
    uploader = uploaded(aws, named_stack, "Half", "Half_train.csv")
    assert "  Half_train.csv waits for Half_test.csv." in status(uploader).splitlines()
    uploader = uploaded(aws, named_stack, "half", "half_TEST.csv")
    assert "half_train.csv. If Half_train.csv is meant, give both the same NAME." in status(
        uploader
    )
    uploader.put("data/half_train.csv", TRAIN)
    uploader.wait(lambda: "half_TEST.csv" not in status(uploader))
