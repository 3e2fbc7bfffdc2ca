"""What people find who may not ask everything."""

from pathlib import Path

import pytest

from local.aws import REGION
from operate.doctor import examination
from operate.doctor.finding import Check, Finding, looked_into
from tests.local.doctor.ward import ACCOUNT, CHECKS, Ward, doctor, person_with


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
    assert done.output.startswith("You are arn:aws:sts::ACCOUNT:")
    assert ACCOUNT not in done.output


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
    assert looked_into(CHECKS["container image"], patient).mark == "✓"
