"""``codefree doctor`` as it is typed."""

import io
from pathlib import Path

import pytest

from operate import doctor_command
from operate.doctor import (
    account_checks,
    delivery_checks,
    examination,
    stack_checks,
    template_checks,
)
from operate.doctor.finding import Check, Finding
from operate.stack.deployment import Deployment, StackNow
from operate.terminal import SafeConsole
from tests.local.doctor.ward import ACCOUNT, CHECKS, Ward, doctor


def test_before_a_deployment_what_is_about_a_stack_is_left_out(
    ward: Ward, template_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap = [check for check in examination.BEFORE if check not in template_checks.TEMPLATE_CHECKS]
    monkeypatch.setattr(examination, "BEFORE", cheap)
    done = doctor(ward, "--template", template_file, "--bucket", "nobody-has-it")
    assert done.exit_code == 0, done.output
    assert "nobody-has-it is available" in done.output
    assert "There is no stack none yet" in done.output
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
    assert done.exit_code == 1 and "is not a Codefree template" in done.output
    missing = doctor(ward, "--template", str(tmp_path / "none.yaml"))
    assert missing.exit_code == 1 and "codefree package" in missing.output


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("TrainingCost=much", "It must be a number"),
        ("TrainingCost=nan", "at least 0.01"),
        ("SpotTraining=yes", "It must be one of true, false"),
        ("BucketName=My_Bucket", "3 to 63"),
        ("Colour=red", "no parameter Colour"),
        ("TargetVariable=", "It must have 1 to 250"),
    ],
)
def test_a_parameter_that_the_stack_would_refuse_is_refused(
    ward: Ward, template_file: str, said: str, answer: str
) -> None:
    done = doctor(ward, "--template", template_file, "--param", said)
    assert done.exit_code == 1 and answer in done.output


def test_what_aws_says_is_shown_short_and_with_nothing_hidden_in_it() -> None:
    output = io.StringIO()
    terminal = SafeConsole(file=output, width=200)
    said = f"\x1b[31m arn:aws:iam::{ACCOUNT}:role/r my-{ACCOUNT}-data {'x' * 999}"
    line = doctor_command._line(CHECKS["code"], Finding("✗", said, "Mend it."), ACCOUNT)
    terminal.print(doctor_command._table([line]))
    shown = output.getvalue()
    assert r"\x1b[31m" in shown and "\x1b[31m" not in shown
    assert "iam::ACCOUNT:role" in shown and f"my-{ACCOUNT}-data" in shown
    assert shown.count("x") < 500 and "…" in shown


def test_a_narrow_terminal_gets_lines_instead_of_a_table(
    ward: Ward, template_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examination, "BEFORE", (CHECKS["bucket"],))
    monkeypatch.setattr(doctor_command, "_NARROW", 1000)
    done = doctor(ward, "--template", template_file)
    assert "\n– bucket No name was given. Name the new bucket" in done.output


def test_a_stack_of_somebody_elses_is_not_examined(
    ward: Ward, template_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = StackNow("id", "CREATE_COMPLETE", {"Name": "x"}, {})
    monkeypatch.setattr(Deployment, "now", lambda _: foreign)
    done = doctor(ward, "--template", template_file)
    assert done.exit_code == 1 and "is not a Codefree stack" in done.output


@pytest.mark.parametrize("name", ["1st", "my_stack", "s" * 81])
def test_a_name_that_no_stack_can_have_is_refused(ward: Ward, name: str) -> None:
    done = doctor(ward, stack=name)
    assert done.exit_code == 1 and "--stack-name NAME" in done.output


def test_every_check_has_a_name_of_its_own() -> None:
    modules = (account_checks, delivery_checks, stack_checks, template_checks)
    named = [v for m in modules for v in vars(m).values() if isinstance(v, tuple)]
    checks = [each for group in named for each in group if isinstance(each, Check)]
    assert {c.name for c in checks} | {"stack"} == CHECKS.keys()
    assert len(CHECKS) == len(checks) + 1
