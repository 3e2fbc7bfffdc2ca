"""``codefree doctor``, against a running local mode: every check passing, and failing."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.awslambda.models import lambda_backends
from moto.cloudformation.models import cloudformation_backends
from moto.s3.models import s3_backends
from typer.testing import CliRunner, Result

from lambdas.instances.catalog import Catalog
from local.aws import REGION, LocalAws
from local.gaps import function_limits, service_quotas
from local.stack import Stack
from operate import doctor_command
from operate.account import Account
from operate.cli import app
from operate.doctor import (
    account_checks,
    delivery_checks,
    examination,
    stack_checks,
    template_checks,
)
from operate.doctor.finding import Check, Finding, looked_into
from operate.doctor.patient import Patient
from operate.doctor.template import Template
from operate.terminal import SafeConsole
from tests.local.conftest import put_past_policy, resources, role_trusting, table

ACCOUNT = "123456789012"
CHECKS = {check.name: check for check in (*examination.BEFORE, *examination.AFTER)}


@dataclass(frozen=True)
class Ward:
    """A stack that no other test uses, whose parts are broken and mended one at a time."""

    aws: LocalAws
    stack: Stack
    template: Template
    made: dict[str, str]
    account: Account

    @property
    def name(self) -> str:
        return self.stack.state_machine.rpartition(":")[2]

    def patient(self, template: Template | None = None, name: str = "", **said: str) -> Patient:
        return Patient(self.account, name or self.name, template or self.template, said)

    def found(self, check: str, template: Template | None = None, **said: str) -> Finding:
        return looked_into(CHECKS[check], self.patient(template, **said))

    def client(self, service: str) -> Any:
        return self.account.client(service)

    def with_text(self, old: str, new: str) -> Template:
        """The template with something else in it."""
        assert old in self.template.text
        return Template(self.template.text.replace(old, new))


@pytest.fixture(scope="module")
def ward(aws: LocalAws, lonely_stack: Stack, packed_template: str) -> Ward:
    account = Account(endpoint=aws.endpoint, key=aws.credentials)
    made = resources(aws, lonely_stack)
    return Ward(aws, lonely_stack, Template(packed_template), made, account)


def doctor(ward: Ward, *words: str, stack: str = "none") -> Result:
    where = ["--endpoint-url", ward.aws.endpoint, "--stack-name", stack]
    return CliRunner().invoke(app, ["doctor", *words, *where], env={"COLUMNS": "200"})


@pytest.fixture(scope="module")
def template_file(packed_template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("dist") / "codefree.yaml"
    path.write_text(packed_template)
    return str(path)


def fails(finding: Finding, *words: str) -> bool:
    """Whether it is ✗, says these words, and says what to do."""
    assert finding.mark == "✗" and finding.remedy, finding
    assert all(word in f"{finding.found} {finding.remedy}" for word in words), finding
    return True


# --- the template ---------------------------------------------------------------------------


def test_a_template_that_refers_to_nothing_is_refused(ward: Ward) -> None:
    assert ward.found("template").mark == "✓"
    broken = ward.with_text("BucketName: !Ref BucketName", "BucketName: !Ref NoBucket")
    assert fails(ward.found("template", broken), "NoBucket", "make package")


def test_a_template_too_large_to_be_sent_is_not_judged(ward: Ward) -> None:
    many = "".join(f"  N{n}:\n    Value: !Ref Bucket\n" for n in range(1500))
    finding = ward.found("template", ward.with_text("\nOutputs:\n", f"\nOutputs:\n{many}"))
    assert finding.mark == "–" and "51,200" in finding.found


def test_what_is_left_out_of_the_outline_refers_to_nothing(ward: Ward) -> None:
    outline = json.loads(ward.template.outline)
    whole = ward.template.content
    assert outline["Resources"].keys() == whole["Resources"].keys()
    assert references(outline) == references(whole)


def references(node: Any) -> set[str]:
    """What a template refers to, AWS's own names apart."""
    found = set()
    if isinstance(node, dict):
        for name, part in node.items():
            if name in ("Ref", "Fn::GetAtt", "Fn::Sub") and "AWS::" not in str(part):
                found.add(json.dumps(part))
            found |= references(part)
    elif isinstance(node, list):
        found = set().union(*map(references, node))
    return found


def test_every_form_of_the_workflow_is_validated(ward: Ward) -> None:
    finding = ward.found("workflow")
    assert finding.mark == "✓" and "all 4 forms" in finding.found
    first, text = ward.template.definitions[0]
    start = json.dumps(json.loads(text)["StartAt"])
    broken = ward.with_text(f'"StartAt": {start}', '"StartsAt": "Nowhere"')
    assert fails(ward.found("workflow", broken), first)


def test_a_policy_with_an_action_that_does_not_exist_is_found(ward: Ward) -> None:
    assert ward.found("policies").mark == "✓"
    broken = ward.with_text("Action: states:StartExecution", "Action: states:StartExecutions")
    assert fails(ward.found("policies", broken), "UploadRuleRole", "startexecutions")


def test_every_policy_is_made_concrete(ward: Ward) -> None:
    documents = [p.document for p in template_checks._policies(ward.patient())]
    roles = ward.template.of_type("AWS::IAM::Role")
    assert len(documents) > 2 * len(roles), "own-key policies are among them"
    for document in documents:
        assert not any(left in document for left in ("Fn::", '"Ref"', "${")), document


# --- the account ----------------------------------------------------------------------------


def test_a_region_that_the_template_is_not_for_is_told(ward: Ward) -> None:
    assert ward.found("region").mark == "✓"
    account = replace(ward.patient().account, region="us-gov-west-1")
    patient = replace(ward.patient(), account=account)
    assert fails(looked_into(CHECKS["region"], patient), "us-gov-west-1", "eu-west-1")
    for check in ("image of the jobs", "pandas layer", "workflow"):
        finding = looked_into(CHECKS[check], patient)
        assert finding == Finding("–", "The template has nothing for us-gov-west-1.")


def test_an_image_that_is_not_published_is_found(ward: Ward) -> None:
    assert ward.found("image of the jobs").mark == "✓"
    image = ward.template.images[0]["Fn::Sub"][0]
    repository, _, tag = image.rpartition("/")[2].partition(":")
    no_tag = ward.with_text(f"{repository}:{tag}", f"{repository}:0.0")
    assert fails(ward.found("image of the jobs", no_tag), f"{repository}:0.0", "ImageNotFound")
    no_repository = ward.with_text(f"{repository}:{tag}", f"nowhere:{tag}")
    assert fails(ward.found("image of the jobs", no_repository), "no repository nowhere")


def test_a_layer_that_is_not_there_is_found(ward: Ward) -> None:
    [layer] = [n for n in ward.found("pandas layer").found.split() if n.startswith("AWSSDK")]
    assert ward.found("pandas layer").mark == "✓"
    gone = ward.with_text(layer, f"{layer}99")
    assert fails(ward.found("pandas layer", gone), f"{layer}99 is not there")


def test_prices_that_are_not_listed_are_told(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "88 types" in ward.found("prices").found
    nothing = Catalog((), 0.0, "none")
    monkeypatch.setattr("local.gaps.price_list.snapshot_catalog", lambda region: nothing)
    assert fails(ward.found("prices"), "no Training prices")


def test_a_quota_of_nothing_is_told_with_what_a_run_would_take(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlisted = ward.found("quotas")
    assert unlisted.mark == "–"
    train, evaluate = [n for n in unlisted.found.replace(",", "").split() if n.startswith("ml.")]
    quotas = {
        f"{train} for training job usage": 2,
        f"{evaluate} for processing job usage": 1,
    }
    assert "for spot training job usage" in ward.found("quotas", SpotTraining="true").found
    monkeypatch.setattr(service_quotas, "quotas", quotas)
    assert ward.found("quotas").mark == "✓"
    quotas[f"{train} for training job usage"] = 0
    assert fails(ward.found("quotas"), train, "Until then a run takes", "Service Quotas")
    quotas.update({f"{train} for training job usage": 2, f"{evaluate} for processing job usage": 0})
    assert fails(ward.found("quotas"), evaluate)


def test_a_budget_that_nothing_is_within_is_told(ward: Ward) -> None:
    assert fails(ward.found("quotas", TrainingCost="0.01"), "--param TrainingCost")


def test_a_bucket_name_is_free_taken_or_the_stacks(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    def named(bucket: str) -> Finding:
        said = {"BucketName": bucket} if bucket else {}
        return looked_into(CHECKS["bucket"], replace(ward.patient(name="none"), said=said))

    assert ward.found("bucket").mark == "✓"
    assert named("nobody-has-it").mark == "✓"
    assert named("").mark == "–"
    assert fails(named(ward.stack.bucket), "yours already", "--bucket")
    s3_backends["999999999999"]["aws"].create_bucket("somebody-has-it", REGION)
    monkeypatch.setenv("MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS", "false")
    assert fails(named("somebody-has-it"), "taken: by another account")


def test_a_limit_on_functions_that_is_too_low_is_told(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ward.found("functions at once") == Finding("✓", "1000 functions may run at once.")
    monkeypatch.setitem(function_limits.limits, "ConcurrentExecutions", 10)
    new_account = ward.found("functions at once")
    assert new_account.mark == "✓" and "Ask for 1,000" in new_account.remedy
    monkeypatch.setitem(function_limits.limits, "ConcurrentExecutions", 5)
    assert fails(ward.found("functions at once"), "too few")


# --- the stack ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "mark"),
    [
        ("UPDATE_COMPLETE", "✓"),
        ("UPDATE_IN_PROGRESS", "✗"),
        ("UPDATE_ROLLBACK_COMPLETE", "✗"),
        ("ROLLBACK_COMPLETE", "✗"),
    ],
)
def test_how_the_stack_stands_is_told(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, status: str, mark: str
) -> None:
    made = cloudformation_backends[ACCOUNT][REGION].get_stack(ward.name)
    monkeypatch.setattr(made, "status", status)
    finding = ward.found("stack")
    assert finding.mark == mark and status in finding.found


def test_a_stack_of_another_version_is_found(ward: Ward) -> None:
    assert ward.found("code").mark == "✓"
    other = ward.with_text("Description: The bucket.", "Description: Another bucket.")
    assert fails(ward.found("code", other), "another version", "codefree deploy")


def test_a_function_that_was_changed_by_hand_is_found(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = lambda_backends[ACCOUNT][REGION].get_function(ward.made["PublishFunction"])
    monkeypatch.setattr(function, "code_sha_256", "another")
    assert fails(ward.found("code"), "PublishFunction")


def test_whose_training_code_it_is_is_told(ward: Ward) -> None:
    key, s3, bucket = "source/sourcedir.tar.gz", ward.client("s3"), ward.stack.bucket
    own = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    assert "Your own" in ward.found("training code").found
    for version, mark in ((ward.template.code_version, "✓"), ("older", "✗")):
        s3.put_object(Bucket=bucket, Key=key, Metadata={"codefree-version": version})
        assert ward.found("training code").mark == mark
    s3.delete_object(Bucket=bucket, Key=key)
    assert fails(ward.found("training code"), "no run can start")
    s3.put_object(Bucket=bucket, Key=key, Body=own)


def test_who_waits_in_line_is_counted(ward: Ward) -> None:
    assert "Waiting: 0. Limits: 1000000 USD a day" in ward.found("line").found
    put_past_policy(ward.client("s3"), ward.stack.bucket, "waiting/1.json", "{}")
    assert "Waiting: 1." in ward.found("line").found
    ward.client("s3").delete_object(Bucket=ward.stack.bucket, Key="waiting/1.json")


# --- the way of an upload -------------------------------------------------------------------


@contextmanager
def without_notification(ward: Ward) -> Iterator[None]:
    put = ward.client("s3").put_bucket_notification_configuration
    put(Bucket=ward.stack.bucket, NotificationConfiguration={})
    yield
    on: Any = {"EventBridgeConfiguration": {}}
    put(Bucket=ward.stack.bucket, NotificationConfiguration=on)


@contextmanager
def disabled(ward: Ward, rule: str = "UploadRule") -> Iterator[None]:
    ward.client("events").disable_rule(Name=ward.made[rule])
    yield
    ward.client("events").enable_rule(Name=ward.made[rule])


@contextmanager
def about_another_bucket(ward: Ward) -> Iterator[None]:
    events, name = ward.client("events"), ward.made["UploadRule"]
    before = events.describe_rule(Name=name)["EventPattern"]
    events.put_rule(Name=name, EventPattern=before.replace(ward.stack.bucket, "another"))
    yield
    events.put_rule(Name=name, EventPattern=before)


@contextmanager
def with_target(ward: Ward, rule: str, **changed: Any) -> Iterator[None]:
    """The rule's target with other fields; without those that are None."""
    events, name = ward.client("events"), ward.made[rule]
    [before] = events.list_targets_by_rule(Rule=name)["Targets"]
    after = {key: value for key, value in (before | changed).items() if value is not None}
    events.put_targets(Rule=name, Targets=[after])
    yield
    events.put_targets(Rule=name, Targets=[before])


@contextmanager
def without_trust(ward: Ward) -> Iterator[None]:
    iam, name = ward.client("iam"), ward.made["UploadRuleRole"]
    before = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    other = json.dumps(before).replace("rule/*-UploadRule-*", "rule/none")
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=other)
    yield
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(before))


@contextmanager
def without_right(ward: Ward) -> Iterator[None]:
    iam, named = ward.client("iam"), {"RoleName": ward.made["UploadRuleRole"]}
    before = iam.get_role_policy(**named, PolicyName="start")["PolicyDocument"]
    iam.delete_role_policy(**named, PolicyName="start")
    yield
    iam.put_role_policy(**named, PolicyName="start", PolicyDocument=json.dumps(before))


@contextmanager
def without_permission(ward: Ward) -> Iterator[None]:
    policy = lambda_backends[ACCOUNT][REGION].get_function(ward.made["SweepFunction"]).policy
    before = policy.statements
    policy.statements = [s for s in before if ward.made["SweepRule"] not in json.dumps(s)]
    yield
    policy.statements = before


@contextmanager
def without_queue_policy(ward: Ward) -> Iterator[None]:
    sqs, queue = ward.client("sqs"), {"QueueUrl": ward.made["DeadLetters"]}
    [before] = sqs.get_queue_attributes(**queue, AttributeNames=["Policy"])["Attributes"].values()
    sqs.set_queue_attributes(**queue, Attributes={"Policy": ""})
    yield
    sqs.set_queue_attributes(**queue, Attributes={"Policy": before})


@contextmanager
def with_a_dead_letter(ward: Ward) -> Iterator[None]:
    sqs, queue = ward.client("sqs"), {"QueueUrl": ward.made["DeadLetters"]}
    sqs.send_message(**queue, MessageBody="{}")
    yield
    sqs.purge_queue(**queue)


Break = Callable[[Ward], Any]


@pytest.mark.parametrize(
    ("check", "broken", "words"),
    [
        ("notification", without_notification, "Amazon EventBridge: On"),
        ("upload rule", disabled, "UploadRule is disabled"),
        ("upload rule", about_another_bucket, "another bucket"),
        ("upload rule", lambda w: with_target(w, "UploadRule", Arn=f"{w.stack.state_machine}2"),
         "does not lead to the workflow"),
        ("upload rule", lambda w: with_target(w, "UploadRule", RoleArn="arn:aws:iam::1:role/x"),
         "another role"),
        ("upload rule", lambda w: with_target(w, "UploadRule", DeadLetterConfig=None),
         "no dead-letter queue"),
        ("upload role", without_trust, "does not trust EventBridge"),
        ("upload role", without_right, "may not start the workflow (implicitDeny)"),
        ("other rules", lambda w: disabled(w, "SweepRule"), "SweepRule is disabled"),
        ("other rules", lambda w: with_target(w, "FailureRule", Arn=w.stack.state_machine),
         "FailureRule does not call ExplainFailureFunction"),
        ("other rules", lambda w: with_target(w, "RunEndedRule", DeadLetterConfig=None),
         "RunEndedRule has no dead-letter queue"),
        ("other rules", without_permission, "SweepFunction does not let SweepRule call it"),
        ("queue", without_queue_policy, "UploadRule may not write to the queue"),
        ("dead letters", with_a_dead_letter, "could not be passed on: 1"),
    ],
)  # fmt: skip
def test_what_is_broken_on_the_way_of_an_upload_is_found(
    ward: Ward, check: str, broken: Break, words: str
) -> None:
    assert ward.found(check).mark == "✓"
    with broken(ward):
        assert fails(ward.found(check), words)
    assert ward.found(check).mark == "✓", "mended"


def test_when_the_last_event_came_is_told(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Nothing has come yet" in ward.found("last event").found
    with disabled(ward):
        for half in ("train", "test"):
            key = f"data/unheard_{half}.csv"
            ward.client("s3").put_object(Bucket=ward.stack.bucket, Key=key, Body=table())
        monkeypatch.setattr("lambdas.lost_pairs.GRACE", timedelta(0))
        assert fails(ward.found("last event"), "told of: 1", "codefree status --fix")
        for half in ("train", "test"):
            key = f"data/unheard_{half}.csv"
            ward.client("s3").delete_object(Bucket=ward.stack.bucket, Key=key)
    started = ward.client("stepfunctions").start_execution(
        stateMachineArn=ward.stack.state_machine, input=json.dumps({"dataset": "nothing"})
    )
    ward.client("stepfunctions").stop_execution(executionArn=started["executionArn"])
    assert "newest execution started" in ward.found("last event").found


def test_a_stack_that_lacks_a_part_is_of_another_version(ward: Ward) -> None:
    patient = ward.patient()
    patient.__dict__["resources"] = {}
    finding = looked_into(CHECKS["queue"], patient)
    assert finding.mark == "–" and "of another version" in finding.found


# --- rights ---------------------------------------------------------------------------------


def person_with(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *rights: str
) -> Patient:
    """The same stack, as a person sees it who has these rights alone."""
    allowed = {"Effect": "Allow", "Action": list(rights), "Resource": "*"}
    role = role_trusting(ward.client("iam"), "ec2", allowed)
    source = f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1"
    session = ward.aws.access.assumed(role, "ec2", "person", source)
    lines = [f"{name.lower()}={value}" for name, value in session.environment.items()]
    path = tmp_path / "credentials"
    path.write_text("\n".join(["[person]", *lines]))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))
    account = Account("person", REGION, ward.aws.endpoint)
    return replace(ward.patient(), account=account)


def test_the_rights_that_are_named_are_enough(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template_file: str
) -> None:
    person_with(ward, tmp_path, monkeypatch, *examination.rights())
    who = ("--profile", "person", "--region", REGION)
    done = doctor(ward, "--template", template_file, *who, stack=ward.name)
    assert done.exit_code == 0, done.output
    assert "lack" not in done.output and "✗" not in done.output
    # No quota is set, and no upload may have come yet.
    assert done.output.count("✓") >= len(CHECKS) - 2
    for name in CHECKS:
        assert f" {name} " in done.output
    caller, *others = done.output.splitlines()
    assert caller.startswith("You are ") and ACCOUNT in caller
    assert ACCOUNT not in "".join(others)


def test_a_right_that_is_lacking_is_named_and_ends_nothing(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = ("cloudformation:DescribeStacks", "cloudformation:ListStackResources")
    patient = person_with(ward, tmp_path, monkeypatch, *seen)
    found = dict(examination.examined(patient))
    assert len(found) == len(CHECKS)
    for check, finding in found.items():
        if check.rights and check.name != "stack":
            assert names_a_right(check, finding), (check.name, finding)


def names_a_right(check: Check, finding: Finding) -> bool:
    return finding.mark == "–" and any(right in finding.found for right in check.rights)


def test_who_may_not_see_the_stack_is_told_of_the_rest(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = person_with(ward, tmp_path, monkeypatch, "ecr:BatchGetImage")
    assert examination.checks_for(patient) == examination.BEFORE
    lacking = looked_into(CHECKS["stack"], patient)
    assert "cloudformation:DescribeStacks" in lacking.found
    assert looked_into(CHECKS["image of the jobs"], patient).mark == "✓"


# --- the command ----------------------------------------------------------------------------


def test_before_a_deployment_what_is_about_a_stack_is_left_out(
    ward: Ward, template_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap = [check for check in examination.BEFORE if check not in examination.TEMPLATE_CHECKS]
    monkeypatch.setattr(examination, "BEFORE", cheap)
    done = doctor(ward, "--template", template_file, "--bucket", "nobody-has-it")
    assert done.exit_code == 0, done.output
    assert "nobody-has-it is free" in done.output and "There is no stack none yet" in done.output
    assert not any(f" {check.name} " in done.output for check in examination.AFTER)


def test_what_is_wrong_makes_it_fail(
    ward: Ward, template_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examination, "BEFORE", (CHECKS["bucket"],))
    done = doctor(ward, "--template", template_file, "--bucket", ward.stack.bucket)
    assert done.exit_code == 1 and "✗" in done.output


@pytest.mark.parametrize("text", ["Resources: {}", "just: [words", "x"])
def test_another_file_than_the_template_is_refused(ward: Ward, tmp_path: Path, text: str) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(text)
    done = doctor(ward, "--template", str(other))
    assert done.exit_code == 1 and "is no template of Codefree's" in done.output
    missing = doctor(ward, "--template", str(tmp_path / "none.yaml"))
    assert missing.exit_code == 1 and "make package" in missing.output


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("TrainingCost=much", "It is a number"),
        ("TrainingCost=nan", "at least 0.01"),
        ("SpotTraining=yes", "It is one of true, false"),
        ("BucketName=My_Bucket", "3 to 63"),
        ("Colour=red", "no parameter Colour"),
        ("TargetVariable=", "It has 1 to 250"),
    ],
)
def test_a_parameter_that_the_stack_would_refuse_is_refused(
    ward: Ward, template_file: str, said: str, answer: str
) -> None:
    done = doctor(ward, "--template", template_file, "--param", said)
    assert done.exit_code == 1 and answer in done.output


def test_what_aws_says_is_shown_short_and_with_nothing_hidden_in_it() -> None:
    terminal = SafeConsole(file=io.StringIO(), width=200)
    said = f"\x1b[31m{ACCOUNT} {'x' * 999}"
    terminal.print(
        doctor_command._table([(CHECKS["code"], Finding("✗", said, "Mend it."))], ACCOUNT)
    )
    shown = terminal.file.getvalue()  # type: ignore[attr-defined]
    assert r"\x1b[31mACCOUNT" in shown and "\x1b[31m" not in shown
    assert shown.count("x") < 500 and "…" in shown


def test_every_check_has_a_name_of_its_own() -> None:
    modules = (account_checks, delivery_checks, stack_checks, template_checks)
    named = [v for m in modules for v in vars(m).values() if isinstance(v, tuple)]
    checks = [each for group in named for each in group if isinstance(each, Check)]
    assert {c.name for c in checks} | {"stack"} == CHECKS.keys()
    assert len(CHECKS) == len(checks) + 1
