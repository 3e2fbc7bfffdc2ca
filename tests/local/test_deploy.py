"""``codefree deploy`` and ``destroy``, against a running local mode."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from codefree.cli import app
from local.aws import LocalAws
from local.stack import Stack
from operate.stack.deployment import LONGEST_STACK_NAME, StackEvent, _failed
from tests.local.stacks import client, resources, stand_in_code
from tests.local.uploads import Uploader, table
from workflow.version import VERSION


@pytest.fixture(scope="module")
def template_file(packed_template: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dist") / "codefree.yaml"
    path.write_text(packed_template)
    return path


def codefree(aws: LocalAws, command: str, stack: str, *words: str, answer: str = "") -> Result:
    options = ["--endpoint-url", aws.endpoint, "--stack-name", stack]
    return CliRunner().invoke(
        app, [command, *words, *options], input=answer, env={"COLUMNS": "200"}
    )


def buckets(aws: LocalAws) -> set[str]:
    return {bucket["Name"] for bucket in aws.s3.list_buckets()["Buckets"]}


def test_a_stack_is_made_changed_left_alone_and_deleted(aws: LocalAws, template_file: Path) -> None:
    template = ("--template", str(template_file))
    before = buckets(aws)
    made = codefree(
        aws, "deploy", "cli", *template, "--bucket", "cli-bucket", "--param", "TrainingMinutes=3"
    )
    assert made.exit_code == 0, made.output
    assert "CREATE_COMPLETE" in made.output and "s3://cli-bucket/data/" in made.output
    assert buckets(aws) - before == {"cli-bucket"}, "the staged template is gone"

    changed = codefree(aws, "deploy", "cli", *template, "--param", "TrainingCost=2")
    assert changed.exit_code == 0, changed.output
    assert parameters(aws)["TrainingMinutes"] == "3" and parameters(aws)["TrainingCost"] == "2"

    same = codefree(aws, "deploy", "cli", *template)
    assert "nothing was changed" in same.output

    other = codefree(aws, "deploy", "cli", *template, "--bucket", "other")
    assert other.exit_code == 1 and "a bucket can't be renamed" in other.output

    kept = codefree(aws, "destroy", "cli", answer="n\n")
    assert kept.exit_code == 1 and "Aborted" in kept.output and parameters(aws)
    gone = codefree(aws, "destroy", "cli", "--yes")
    assert gone.exit_code == 0, gone.output
    assert "The bucket cli-bucket is left" in gone.output
    assert "cli-bucket" in buckets(aws)


def test_a_version_without_a_parameter_replaces_one_that_had_it(
    aws: LocalAws, template_file: Path, tmp_path: Path
) -> None:
    former = "Parameters:\n  Former: { Type: String, Default: x }\n"
    older = tmp_path / "older.yaml"
    older.write_text(template_file.read_text().replace("\nParameters:\n", f"\n{former}", 1))
    words = ("--bucket", "cli-aged", "--param", "Former=y", "--param", "TrainingMinutes=3")
    made = codefree(aws, "deploy", "cli-aged", "--template", str(older), *words)
    assert made.exit_code == 0, made.output
    assert parameters(aws, "cli-aged")["Former"] == "y"
    changed = codefree(aws, "deploy", "cli-aged", "--template", str(template_file))
    assert changed.exit_code == 0, changed.output
    assert parameters(aws, "cli-aged")["TrainingMinutes"] == "3"


def test_a_version_that_differs_in_nothing_else_is_an_update(
    aws: LocalAws, template_file: Path, tmp_path: Path
) -> None:
    newer = tmp_path / "newer.yaml"
    newer.write_text(template_file.read_text().replace(f"Codefree {VERSION}", "Codefree 99.0.0"))
    made = codefree(
        aws, "deploy", "cli-newer", "--template", str(template_file), "--bucket", "cli-newer"
    )
    assert made.exit_code == 0, made.output
    changed = codefree(aws, "deploy", "cli-newer", "--template", str(newer))
    assert changed.exit_code == 0 and "is ready" in changed.output
    name = resources(aws, Stack("cli-newer", "cli-newer"))["UnpackFunction"]
    function = client(aws, "lambda").get_function_configuration(FunctionName=name)
    assert "Codefree 99.0.0" in function["Description"]


def parameters(aws: LocalAws, name: str = "cli") -> dict[str, str]:
    [stack] = aws.cloudformation.describe_stacks(StackName=name)["Stacks"]
    return {p["ParameterKey"]: p["ParameterValue"] for p in stack["Parameters"]}


def test_a_running_job_outlives_an_update_and_is_stopped_by_destroy(
    aws: LocalAws, template_file: Path
) -> None:
    made = codefree(
        aws,
        "deploy",
        "cli-busy",
        "--template",
        str(template_file),
        "--bucket",
        "busy-bucket",
        "--param",
        "DataRetention=Delete",
    )
    assert made.exit_code == 0, made.output
    [stack] = aws.cloudformation.describe_stacks(StackName="cli-busy")["Stacks"]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    aws.s3.put_object(Bucket="busy-bucket", Key="source/sourcedir.tar.gz", Body=stand_in_code())
    uploader = Uploader(aws, Stack("busy-bucket", outputs["StateMachineArn"]), "busy")
    uploader.upload_pair(table(12, "slow"), table(6))
    uploader.wait(lambda: [j for j in uploader.training_jobs() if "TrainingStartTime" in j])
    changed = codefree(
        aws, "deploy", "cli-busy", "--template", str(template_file), "--param", "TrainingCost=2"
    )
    assert changed.exit_code == 0, changed.output
    [job] = uploader.training_jobs()
    assert job["TrainingJobStatus"] == "InProgress"
    assert [e["status"] for e in uploader.described()].count("RUNNING") == 1

    gone = codefree(aws, "destroy", "cli-busy", "--yes")
    assert gone.exit_code == 0, gone.output
    assert "It stops 1 running execution and its jobs." in gone.output
    assert "Nothing is left that costs money." in gone.output
    [job] = uploader.training_jobs()
    assert job["TrainingJobStatus"] in ("Stopped", "Stopping")
    assert "busy-bucket" not in buckets(aws)


@pytest.mark.parametrize(
    ("command", "words", "answer"),
    [
        ("deploy", ["--template", "nowhere.yaml"], "There is no file nowhere.yaml. Build it first"),
        ("deploy", [], "There is no stack none yet. Name its new bucket with --bucket."),
        ("deploy", ["--param", "TrainingCost"], "--param expects KEY=VALUE"),
        (
            "deploy",
            ["--bucket", "refused-cli", "--param", "Subnets=subnet-1"],
            "Subnets and SecurityGroups belong together",
        ),
        ("destroy", ["--yes"], "There is no stack none"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    aws: LocalAws, template_file: Path, command: str, words: list[str], answer: str
) -> None:
    if command == "deploy" and "--template" not in words:
        words = ["--template", str(template_file), *words]
    done = codefree(aws, command, "none", *words)
    assert done.exit_code == 1
    assert answer in done.output
    assert "Traceback" not in done.output
    assert "refused-cli" not in " ".join(buckets(aws))


def test_the_failure_that_the_others_follow_from_is_told() -> None:
    failures = [
        StackEvent("Key", "AWS::KMS::Key", "CREATE_FAILED", "Resource creation cancelled"),
        StackEvent("Bucket", "AWS::S3::Bucket", "CREATE_FAILED", "my-bucket already exists."),
        StackEvent("codefree", "AWS::CloudFormation::Stack", "ROLLBACK_FAILED", "See above"),
    ]
    words = _failed("codefree", failures, is_new=True, bucket="my-bucket")
    assert "Bucket (AWS::S3::Bucket) failed: my-bucket already exists. Everything" in words
    assert "cancelled" not in words
    assert "running executions continue" in _failed(
        "codefree", failures, is_new=False, bucket="my-bucket"
    )


def test_two_stacks_whose_state_machines_would_be_called_the_same_are_refused(
    aws: LocalAws, template_file: Path
) -> None:
    template = ("--template", str(template_file), "--bucket")
    assert codefree(aws, "deploy", "twin", *template, "twin-bucket").exit_code == 0
    before = buckets(aws)
    for other in ("twin-predict", "twin-predict-predict"):
        done = codefree(aws, "deploy", other, *template, f"{other}-bucket")
        if other == "twin-predict":
            assert done.exit_code == 1 and buckets(aws) == before
            words = " ".join(done.output.split())
            assert "would both have a state machine called twin-predict." in words
        else:
            assert done.exit_code == 0, done.output
    # Now the one between would have the state machine of the longer one.
    assert codefree(aws, "destroy", "twin", "--yes").exit_code == 0
    done = codefree(aws, "deploy", "twin-predict", *template, "between")
    assert done.exit_code == 1 and "called twin-predict-predict." in " ".join(done.output.split())
    changed = ("--template", str(template_file), "--param", "TrainingMinutes=3")
    assert codefree(aws, "deploy", "twin-predict-predict", *changed).exit_code == 0
    assert codefree(aws, "destroy", "twin-predict-predict", "--yes").exit_code == 0


def test_a_name_too_long_for_its_state_machines_is_refused(
    aws: LocalAws, template_file: Path
) -> None:
    words = ("--template", str(template_file), "--bucket", "long-name")
    done = codefree(aws, "deploy", "a" * (LONGEST_STACK_NAME + 1), *words)
    assert done.exit_code == 1
    assert f"at most {LONGEST_STACK_NAME}" in done.output
