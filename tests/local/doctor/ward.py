"""A stack for `codefree doctor` to examine, and the shorthand to examine it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from codefree.cli import app
from local.aws import REGION, LocalAws
from local.stack import Stack
from operate.account import Account
from operate.doctor import examination
from operate.doctor.finding import Finding, looked_into
from operate.doctor.patient import Patient
from operate.doctor.template import Template
from tests.local.roles import role_trusting

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


def doctor(ward: Ward, *words: str, stack: str = "none") -> Result:
    where = ["--endpoint-url", ward.aws.endpoint, "--stack-name", stack]
    return CliRunner().invoke(app, ["doctor", *words, *where], env={"COLUMNS": "200"})


def fails(finding: Finding, *words: str) -> bool:
    """Whether it is ✗, says these words, and says what to do."""
    assert finding.mark == "✗" and finding.remedy, finding
    assert all(word in f"{finding.found} {finding.remedy}" for word in words), finding
    return True


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
