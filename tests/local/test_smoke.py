"""``codefree smoke``: from the question to the removal, against a running local mode."""

import base64
import errno
import io
import json
import lzma
import re
import tarfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner, Result

from codefree.cli import app
from local.aws import LocalAws
from operate import stack_commands, terminal
from operate.account import Account, CannotDo
from operate.smoke import estimate, proof, watch
from operate.smoke.estimate import Estimate
from operate.smoke.own_stack import OwnStack, parameters
from operate.smoke.proof import Proof
from operate.smoke.trials import Trials
from operate.stack.deployment import Deployment, StackNow
from operate.stack_commands import event_shown
from operate.terminal import SafeConsole

# The second pair's first training never ends, so that it is stopped however slow the machine is.
_TRAIN = """
import json, os, time
from pathlib import Path

name = os.environ["TRAINING_JOB_NAME"]
if name.startswith("codefree-smoke-2-") and name.endswith("-train-0-0-0"):
    time.sleep(600)
Path(os.environ["SM_MODEL_DIR"], "model.json").write_text("{}")
"""
_EVALUATE = """
import json, os
from pathlib import Path

name, output = os.environ["CODEFREE_NAME"], Path(os.environ["CODEFREE_OUTPUT"])
(output / f"{name}_report.html").write_text("<!-- cost --><!-- /cost -->")
(output / f"{name}_test_prediction.csv").write_text("1")
metrics = {"metrics": {"r2": 0.75}, "notes": [], "report": f"{name}_report.html"}
(output / "metrics.json").write_text(json.dumps(metrics))
"""
ESTIMATE = Estimate(run=0.2, most=0.85, usual=0.1, instance="ml.m5.large", as_of="today")


@pytest.fixture(scope="module")
def template_file(packed_template: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template, with a quick stand-in for the training code that it carries."""
    code = f'TRAINING_CODE = "{base64.b85encode(lzma.compress(_stand_in())).decode()}"'
    text, replaced = re.subn(r'TRAINING_CODE = "[^"]*"', lambda _: code, packed_template)
    assert replaced
    path = tmp_path_factory.mktemp("dist") / "codefree.yaml"
    path.write_text(text)
    return path


def _stand_in() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in {"__init__": "", "train": _TRAIN, "evaluate": _EVALUATE}.items():
            entry = tarfile.TarInfo(f"training/{name}.py")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "POLL_SECONDS", 0.5)
    monkeypatch.setattr(watch, "QUICK_POLL_SECONDS", 0.5)


def smoke(aws: LocalAws, template: Path, *words: str, stack: str = "s", answer: str = "") -> Result:
    where = ["--endpoint-url", aws.endpoint, "--stack-name", stack, "--template", str(template)]
    return CliRunner().invoke(app, ["smoke", *where, *words], input=answer, env={"COLUMNS": "200"})


def buckets(aws: LocalAws) -> set[str]:
    return {bucket["Name"] for bucket in aws.s3.list_buckets()["Buckets"]}


def test_all_is_proved_saved_and_deleted(
    aws: LocalAws, template_file: Path, tmp_path: Path
) -> None:
    before, out = buckets(aws), tmp_path / "answers"
    done = smoke(aws, template_file, "--yes", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert "and at most" in done.output
    assert "✗" not in done.output
    for seen in ("ml.", "SUCCEEDED in Publish", "failure.html found", "FAILED in Recover"):
        assert seen in done.output
    assert "SealModel → Evaluate" in done.output, "what the redrive did"
    assert buckets(aws) == before
    with pytest.raises(ClientError, match="does not exist"):
        aws.cloudformation.describe_stacks(StackName="s-smoke")

    saved = {path: path.read_text() for path in out.iterdir()}
    assert {"Publish-SUCCEEDED", "RecoverTraining-FAILED"} <= {path.stem[3:] for path in saved}
    account = "123456789012"
    secrets = (account, aws.credentials.access_key, aws.credentials.secret_key)
    for text in saved.values():
        assert not [secret for secret in secrets if secret in text]
    [killed] = [t for p, t in saved.items() if p.stem.endswith("RecoverTraining-FAILED")]
    answers = json.loads(killed)
    assert answers["DescribeExecution"]["executionArn"].split(":")[4] == "ACCOUNT"
    assert len(answers["Jobs"]) > 1 and answers["GetExecutionHistory"]


def test_nothing_is_made_by_who_says_no_or_has_another_smoke(
    aws: LocalAws, template_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimate, "estimate", lambda _: ESTIMATE)
    before, out = buckets(aws), tmp_path / "answers"
    no = smoke(aws, template_file, "--out", str(out), answer="n\n")
    assert (no.exit_code, "Aborted" in no.output) == (1, True)
    assert (
        "DailyCostLimit"
        in smoke(aws, template_file, "--out", str(out), "--param", "DailyCostLimit=9").output
    )
    assert "already exists" in smoke(aws, template_file, "--out", str(template_file)).output
    monkeypatch.setattr(Deployment, "now", lambda _: STACK_NOW)
    other = smoke(aws, template_file, "--yes", "--out", str(out))
    assert other.exit_code == 1
    assert "codefree destroy --yes" in other.output and "--stack-name s-smoke" in other.output
    looks = iter([None, STACK_NOW])
    monkeypatch.setattr(Deployment, "now", lambda _: next(looks))
    begun_meanwhile = smoke(aws, template_file, "--out", str(out), answer="y\n")
    assert begun_meanwhile.exit_code == 1 and "already exists" in begun_meanwhile.output
    assert buckets(aws) == before and not out.exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--param", "Foo=1"], "no parameter Foo"),
        (["--param", "RunsAtOnce=0"], "RunsAtOnce can't be '0'"),
        (["--stack-name", "s" * 76], "has 82 characters"),
        (["--stack-name", "my_stack"], "can't be called 'my_stack-smoke'"),
        (["--region", "us-gov-west-1"], "does not support us-gov-west-1"),
        (["--template", __file__], "is not a Codefree template"),
        (["--out", "x" * 300], "File name too long"),
        (["--out", "/dev/null/answers"], "Not a directory"),
        (["--out", "/proc/answers"], "can't be used ("),
    ],
)
def test_what_can_not_be_is_refused_before_anything_is_asked(
    aws: LocalAws,
    template_file: Path,
    tmp_path: Path,
    monkeypatch: Any,
    words: list[str],
    told: str,
) -> None:
    def estimated(_: Account) -> Estimate:
        raise AssertionError

    monkeypatch.setattr(estimate, "estimate", estimated)
    done = smoke(aws, template_file, "--out", str(tmp_path / "answers"), *words)
    assert done.exit_code == 1 and told in done.output and "Continue?" not in done.output


def test_what_it_can_cost_is_said_as_it_is(
    aws: LocalAws, template_file: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(estimate, "estimate", lambda _: ESTIMATE)
    out = ("--out", str(tmp_path / "answers"))
    done = smoke(aws, template_file, *out, "--param", "OwnKey=true", answer="n\n").output
    assert "at most 0.85" in done
    assert "one day (UTC)" in done
    assert "creates a KMS key" in done


def test_the_stacks_own_limits_hold_the_sum_that_was_shown() -> None:
    given_parameters = parameters(ESTIMATE, {"NetworkIsolation": "true"})
    assert given_parameters["DailyCostLimit"] == given_parameters["MonthlyCostLimit"] == "0.85"
    assert given_parameters["TrainingCost"] == "0.2"
    assert given_parameters["NetworkIsolation"] == "true"


STACK_NOW = StackNow(
    "id", "CREATE_COMPLETE", {"BucketName": "b"}, {"StateMachineArn": "arn:aws:states:r:1:x:y"}
)


@dataclass
class MadeStack:
    """Stands for a stack that is made and removed at once."""

    by_hand: str = "codefree destroy"
    bucket: str = "bucket"
    left: str = ""
    removed: int = 0

    def made(self, *_: object) -> StackNow:
        return STACK_NOW

    def remove(self, _: object) -> str:
        self.removed += 1
        return self.left


def proof_of(stack: Any, aws: LocalAws, out: Path) -> Proof:
    key = aws.credentials
    account = Account(endpoint=aws.endpoint, key=replace(key))
    return Proof(account, stack, ESTIMATE, out, lambda _: None, lambda _: None)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KeyboardInterrupt(), "you stopped it"),
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "x"}}, "y"), "do not allow"),
        (CannotDo("It can't be made."), "It can't be made."),
    ],
)
def test_whatever_goes_wrong_the_stack_is_removed(
    error: BaseException, told: str, aws: LocalAws, tmp_path: Path, monkeypatch: Any
) -> None:
    def failing(_: Trials) -> None:
        raise error

    monkeypatch.setattr(Trials, "run", failing)
    stack = MadeStack(left="The bucket is left.")
    broken = proof_of(stack, aws, tmp_path)
    broken.run("", {})
    assert stack.removed == 1
    wrong = [finding.seen for finding in broken.findings.found if not finding.fits]
    assert told in wrong[0] and wrong[-1] == "The bucket is left."


def test_the_stack_is_removed_though_nobody_can_be_told_of_it(
    aws: LocalAws, tmp_path: Path, monkeypatch: Any
) -> None:
    class HungUp(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.EIO, "Input/output error")

    gone = SafeConsole(file=HungUp())
    for module in (terminal, stack_commands):
        monkeypatch.setattr(module, "console", gone)
    monkeypatch.setattr(Trials, "run", lambda its: its.watch.tell("smoke 시험 (1): uploaded"))
    monkeypatch.setattr(proof, "newest_runs", lambda *_: [])
    stack = MadeStack()
    untold = replace(proof_of(stack, aws, tmp_path), tell=terminal.told, show=event_shown)
    untold.run("", {})
    assert stack.removed == 1 and untold.findings.all_fit and gone.is_gone


def test_another_smokes_stack_is_left_to_it(aws: LocalAws, monkeypatch: Any) -> None:
    def destroy(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Deployment, "now", lambda _: STACK_NOW)
    monkeypatch.setattr(Deployment, "destroy", destroy)
    deployment = Deployment("s", aws.cloudformation, aws.s3, aws.states)
    assert "belongs to another smoke test" in OwnStack(deployment, "ours", "").remove(
        lambda _: None
    )


def test_a_plan_that_was_not_carried_out_is_deleted_by_whose_it_is(aws: LocalAws) -> None:
    planned: Any = {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
    planned["Parameters"] = {"BucketName": {"Type": "String"}}
    aws.cloudformation.create_change_set(
        StackName="planned",
        ChangeSetName="plan",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(planned),
        Parameters=[{"ParameterKey": "BucketName", "ParameterValue": "planned-bucket"}],
    )
    deployment = Deployment("planned", aws.cloudformation, aws.s3, aws.states)
    found = deployment.now()
    assert found and found.status == "REVIEW_IN_PROGRESS"
    assert "another smoke test" in OwnStack(deployment, "other", "").remove(lambda _: None)
    assert deployment.now()
    assert OwnStack(deployment, "planned-bucket", "").remove(lambda _: None) == ""
    assert deployment.now() is None


def test_what_it_cost_is_said_as_far_as_it_is_known(aws: LocalAws, tmp_path: Path) -> None:
    class Refused(MadeStack):
        def made(self, *_: object) -> StackNow:
            raise ClientError({"Error": {"Code": "ValidationError", "Message": "No."}}, "Create")

    refused = proof_of(Refused(), aws, tmp_path)
    refused.run("", {})
    assert refused.in_words() == "Nothing was created, so it cost nothing."
    assert refused.findings.found[0].seen == "No.", "and nothing of boto3's"
    unknown = replace(refused, usd=None, _has_made=True)
    assert "The cost is unknown, but at most 0.85 USD." in unknown.in_words()
    assert "No answers were saved." in unknown.in_words()


def test_answers_are_counted_as_they_are_saved(
    aws: LocalAws, tmp_path: Path, monkeypatch: Any
) -> None:
    def half(*_: object) -> Any:
        yield tmp_path / "01.json"
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Trials, "run", lambda _: None)
    monkeypatch.setattr(proof, "newest_runs", lambda *_: [])
    monkeypatch.setattr(proof, "save_answers", half)
    made = proof_of(MadeStack(), aws, tmp_path)
    made.run("", {})
    assert "AWS's answers about 1 execution are" in made.in_words()


def test_who_stops_the_clean_up_is_told_what_to_do(aws: LocalAws, tmp_path: Path) -> None:
    class Stubborn(MadeStack):
        def made(self, *_: object) -> StackNow:
            raise CannotDo("no")

        def remove(self, _: object) -> str:
            raise KeyboardInterrupt

    with pytest.raises(CannotDo, match="Delete it with: codefree destroy"):
        proof_of(Stubborn(), aws, tmp_path).run("", {})


def test_an_expectation_that_is_not_met_is_marked_and_ends_with_1(
    aws: LocalAws, template_file: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    def other(its: Proof, *_: object) -> None:
        its.findings.see("a trial", "it ends well", "FAILED in Train\x1b[2J", fits=False)

    monkeypatch.setattr(Proof, "run", other)
    monkeypatch.setattr(estimate, "estimate", lambda _: ESTIMATE)
    done = smoke(aws, template_file, "--yes", "--out", str(tmp_path / "out"))
    assert done.exit_code == 1
    assert "✗" in done.output and "FAILED in Train\\x1b[2J" in done.output


def test_a_bucket_that_a_creation_left_behind_is_emptied_and_removed(aws: LocalAws) -> None:
    aws.s3.create_bucket(Bucket="left-by-smoke")
    enabled: Any = {"Status": "Enabled"}
    aws.s3.put_bucket_versioning(Bucket="left-by-smoke", VersioningConfiguration=enabled)
    for body in (b"1", b"2"):
        aws.s3.put_object(Bucket="left-by-smoke", Key="시험", Body=body)
    aws.s3.delete_object(Bucket="left-by-smoke", Key="시험")
    deployment = Deployment("never-made", aws.cloudformation, aws.s3, aws.states)
    assert OwnStack(deployment, "left-by-smoke", "").remove(lambda _: None) == ""
    assert "left-by-smoke" not in buckets(aws)
