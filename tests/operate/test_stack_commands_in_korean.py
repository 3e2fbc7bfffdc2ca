"""What the commands about a stack print is in one language alone, and which one is chosen."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from codefree.cli import app
from console.guard.access import Access
from lambdas.language import spoken_in
from lambdas.uploads.lost_pairs import LostPair
from local.kept.room import Room
from local.up_command import _how_to_use, _unclaimed
from operate import run_commands
from operate.run_commands import _tell_unused
from operate.runs import steering
from operate.runs.runs import STOPPED_HERE, Run, newest_runs
from operate.stack.deployment import Deployment, StackNow
from operate.stack.unused_uploads import unused_uploads
from operate.terminal import SafeConsole
from tests.korean import english_in, hangul_in, only_korean
from tests.operate.test_runs_table import run
from tests.operate.test_unused_uploads import listed

BUCKET = "bucket-1"
LONG = "x" * 81
TEMPLATE = """
Parameters: {BucketName: {Type: String}}
Resources:
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref BucketName}}
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: arn:aws:iam::123456789012:role/r
      DefinitionString: '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'
Outputs:
  BucketName: {Value: !Ref BucketName}
  StateMachineArn: {Value: !Ref Machine}
"""
DATA = f"""
t.yaml none.yaml {BUCKET} {LONG}
bucket-2 a_b us-east-1 x titanic PairRejected FAILED RUNNING ABORTED
a_train.csv a_test.csv b_settings.txt b_train.csv b_test.csv b.csv c_train.csv C_test.csv c_test.csv
C_train.csv titanic_test.csv.gz titanic.csv titanic_train.csv titanic_test.csv a.csv CREATE_COMPLETE
arn aws states execution codefree abc_def DELETE_IN_PROGRESS DELETE_COMPLETE data/a_train.csv
data/a_test.csv data/a_settings.txt y/N SUCCEEDED aba767 s3://x/ h/logs h/unclaimed
http://127.0.0.1:9
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    (tmp_path / "a_train.csv").write_text("label\n1\n")
    (tmp_path / "a_test.csv").write_text("label\n2\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def no_stack(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    request.getfixturevalue("folder")
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield


@pytest.fixture
def stack(request: pytest.FixtureRequest) -> Any:
    request.getfixturevalue("no_stack")
    boto3.client("cloudformation").create_stack(
        StackName="codefree",
        TemplateBody=TEMPLATE,
        Parameters=[{"ParameterKey": "BucketName", "ParameterValue": BUCKET}],
    )
    return boto3.client("s3")


def said(*words: str, typed: str = "", **environment: str) -> str:
    return CliRunner().invoke(app, words, input=typed, env={"COLUMNS": "200", **environment}).output


def is_korean(text: str) -> bool:
    return bool(hangul_in(text)) and english_in(text, [DATA]) == []


def assert_korean(*words: str, typed: str = "") -> None:
    korean = said(*words, "--language", "ko", typed=typed)
    assert is_korean(korean), (korean, english_in(korean, [DATA]))


@pytest.mark.usefixtures("no_stack")
@pytest.mark.parametrize(
    "words",
    [
        "status",
        "destroy",
        "upload a_train.csv a_test.csv",
        "deploy --template t.yaml",
        "deploy --template none.yaml",
        "deploy --template t.yaml --param x",
        "deploy --template t.yaml --bucket bucket-2 --stack-name a_b",
        f"deploy --template t.yaml --bucket bucket-2 --stack-name {LONG}",
    ],
)
def test_where_there_is_no_stack_it_is_said_in_one_language(words: str) -> None:
    assert_korean(*words.split())


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize(
    "words",
    ["status --fix", "rerun", "stop x", "destroy", "deploy --template t.yaml --bucket bucket-2"],
)
def test_on_a_stack_without_runs_it_is_said_in_one_language(words: str) -> None:
    assert_korean(*words.split(), typed="n\n")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "where",
    ["--profile x", "--endpoint-url http://127.0.0.1:9", "--home t.yaml/x"],
    ids=["no profile", "nothing there", "no home"],
)
def test_an_account_that_is_not_there_is_told_in_one_language(where: str) -> None:
    assert_korean("stop", *where.split())


@pytest.mark.usefixtures("stack")
def test_a_stack_is_destroyed_in_one_language() -> None:
    [machine] = boto3.client("stepfunctions").list_state_machines()["stateMachines"]
    boto3.client("stepfunctions").start_execution(stateMachineArn=machine["stateMachineArn"])
    korean = said("destroy", "--yes", "--language", "ko")
    assert is_korean(korean) and "실행 1개" in korean, korean


@pytest.mark.parametrize("outputs", [{"UploadTo": "s3://x/", "Results": "s3://x/"}, None])
@pytest.mark.usefixtures("stack")
def test_a_stack_is_deployed_in_one_language(
    outputs: dict[str, str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = outputs and StackNow("id", "CREATE_COMPLETE", {}, outputs)
    monkeypatch.setattr(Deployment, "deploy", lambda *_: now)
    assert_korean("deploy", "--template", "t.yaml")


FAILED = run("titanic", status="FAILED", why="x", error="JobFailed", not_redrivable=None)
RUNNING = run("titanic", status="RUNNING", took=timedelta(seconds=99))
REJECTED = replace(FAILED, error="PairRejected", took=timedelta(seconds=3))
SITUATIONS = [
    ("status", [FAILED, REJECTED, RUNNING, replace(RUNNING, redrives=1, status="SUCCEEDED")]),
    ("status", [run("titanic", redrives=2)]),
    ("rerun", [replace(FAILED, finished=("CheckPair",))]),
    ("rerun", [replace(FAILED, state="")]),
    ("rerun", [FAILED, replace(FAILED, dataset="x")]),
    ("rerun titanic", [RUNNING]),
    ("rerun titanic", [replace(RUNNING, state="")]),
    ("stop", [RUNNING]),
    ("stop", [replace(RUNNING, state="")]),
    ("stop", [RUNNING, replace(RUNNING, dataset="x")]),
    ("stop titanic", [FAILED]),
]


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize(("words", "runs"), SITUATIONS)
def test_runs_are_told_in_one_language(
    words: str, runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_commands, "newest_of_all", lambda *_: runs)
    for done in ("rerun", "stop"):
        monkeypatch.setattr(steering, done, lambda *_: None)
    lost = LostPair("titanic", datetime(2026, 1, 2, tzinfo=UTC), "mark")
    monkeypatch.setattr(run_commands, "find_lost_pairs", lambda *_: [lost])
    assert_korean(*words.split())


def test_uploads_that_no_run_uses_are_told_in_one_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = "b_settings.txt c_train.csv C_test.csv titanic.csv titanic_train.csv titanic_test.csv"
    uploads = [*map(listed, names.split()), listed("titanic_test.csv.gz", minutes_ago=9)]
    console = SafeConsole(file=io.StringIO(), width=200)
    monkeypatch.setattr(run_commands, "console", console)
    monkeypatch.setattr(run_commands, "told", console.print)
    with only_korean(monkeypatch):
        unused = unused_uploads(uploads)
        _tell_unused(unused * 5)
    korean = console.file.getvalue()  # type: ignore[attr-defined]
    assert len(unused) == 5 and english_in(korean, [DATA]) == [], korean
    assert all(map(hangul_in, korean.strip().splitlines())), korean


class Executions:
    """Step Functions with one execution, whose last state was entered and not left."""

    def __init__(self, **described: Any) -> None:
        self._described = described

    def get_paginator(self, _operation: str) -> "Executions":
        return self

    def paginate(self, **asked: Any) -> list[Any]:
        if "stateMachineArn" in asked:
            return [{"executions": [{"executionArn": "arn"}]}]
        entered = {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "Train"}}
        return [{"events": [entered]}]

    def describe_execution(self, *, executionArn: str) -> Any:  # noqa: N803
        started = datetime(2026, 1, 2, tzinfo=UTC)
        common = {"executionArn": executionArn, "input": "{}", "startDate": started}
        return common | self._described


@pytest.mark.parametrize(
    "described",
    [
        {"status": "ABORTED", "error": "Stopped", "cause": STOPPED_HERE},
        {"status": "ABORTED"},
        {"status": "TIMED_OUT"},
    ],
    ids=str,
)
def test_why_a_run_ended_is_told_in_the_language_of_the_command(
    described: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with only_korean(monkeypatch):
        [korean] = newest_runs(Executions(**described), "arn", 1)  # type: ignore[arg-type]
    assert is_korean(korean.why), korean.why


def test_what_a_run_has_said_stays_in_its_language() -> None:
    states: Any = Executions(status="FAILED", error="JobFailed", cause="It has said so.")
    with spoken_in("ko"):
        assert [run.why for run in newest_runs(states, "arn", 1)] == ["It has said so."]


@pytest.mark.usefixtures("folder")
def test_the_environment_chooses_the_language_and_the_option_before_it() -> None:
    assert is_korean(said("status", "--profile", "x", CODEFREE_LANGUAGE="ko").partition(":")[0])
    english = said("status", "--profile", "x", "--language", "en", CODEFREE_LANGUAGE="ko")
    assert hangul_in(english) == []
    assert "'en'" in said("status", CODEFREE_LANGUAGE="xx")
    assert "CODEFREE_LANGUAGE can't be 'xx'. Choose en or ko." in said(
        "plan", "a_train.csv", CODEFREE_LANGUAGE="xx"
    )


def test_the_environment_s_language_is_no_setting(stack: Any) -> None:
    upload = ("upload", "a_train.csv", "a_test.csv")
    assert is_korean(said(*upload, CODEFREE_LANGUAGE="ko"))
    assert _keys(stack) == ["data/a_test.csv", "data/a_train.csv"]
    assert hangul_in(said(*upload, "--language", "en", CODEFREE_LANGUAGE="ko")) == []
    assert stack.get_object(Bucket=BUCKET, Key="data/a_settings.txt")["Body"].read() == (
        b"language = en\n"
    )


def _keys(s3: Any) -> list[str]:
    return [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]


def test_local_mode_is_told_in_one_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Aws:
        endpoint = "http://127.0.0.1:4566"
        home = Path("h")
        credentials = type("Key", (), {"access_key": "key", "secret_key": "secret"})
        jobs = type("Jobs", (), {"slots": 2})

    class Stack:
        bucket = "codefree"

    class Page:
        access = Access(8321, "token")

    room = Room(tmp_path)
    room.refuse(lambda *_: None, OSError(5, "Input/output error"))
    assert "Check its disk" in str(room.trouble)
    with only_korean(monkeypatch):
        told = [
            _how_to_use(Aws, Stack, Path("h"), None),  # type: ignore[arg-type]
            _how_to_use(Aws, Stack, Path("h"), Page),  # type: ignore[arg-type]
            _unclaimed(1, Path("h")),
            str(room.trouble),
        ]
    lines = [line for line in "\n".join(told).splitlines() if not line.startswith("  ")]
    known = [DATA, str(tmp_path), "Input/output error", Page.access.address]
    assert english_in("\n".join(lines), known) == []
    assert all(map(hangul_in, filter(None, lines)))
