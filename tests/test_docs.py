"""What the documentation says of the template is true."""

import re
from pathlib import Path
from typing import Any

from operate.doctor.examination import rights
from tests.lambdas.check.findings_page import DOCS as FINDINGS
from tests.lambdas.check.findings_page import with_findings_tables
from workflow.package import LARGEST_TEMPLATE_BYTES

ROOT = Path(__file__).resolve().parent.parent
PARAMETER = re.compile(r"^\| `(\w+)` \| (?:`([^`]*)`)? ?\| (.+) \|$", re.MULTILINE)
ROLE = re.compile(r"^\| `(\w+Role)` \|", re.MULTILINE)
LINK = re.compile(r"\]\(((?!http)[^)#]*)(?:#([^)]*))?\)")


def test_every_parameter_is_documented_with_its_default(deployed: dict[str, Any]) -> None:
    section = (ROOT / "docs" / "deploy.md").read_text().split("## Parameters")[1].split("\n## ")[0]
    documented = {name: default for name, default, _ in PARAMETER.findall(section)}
    parameters = deployed["Parameters"]
    assert documented == {n: str(p.get("Default", "")) for n, p in parameters.items()}


def test_every_parameter_has_a_label_a_group_and_a_message(deployed: dict[str, Any]) -> None:
    parameters = deployed["Parameters"]
    interface = deployed["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(parameters) == sorted(interface["ParameterLabels"])
    for name, parameter in parameters.items():
        assert parameter["Description"]
        assert "AllowedPattern" not in parameter or parameter["ConstraintDescription"], name


def test_every_role_is_documented_and_none_has_a_wildcard_action(deployed: dict[str, Any]) -> None:
    resources = deployed["Resources"]
    roles = {n: r["Properties"] for n, r in resources.items() if r["Type"] == "AWS::IAM::Role"}
    assert set(ROLE.findall((ROOT / "docs" / "security.md").read_text())) == set(roles)
    for name, role in roles.items():
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Condition"]["StringEquals"]["aws:SourceAccount"], name
        assert "ManagedPolicyArns" not in role
        for statement in statements(role):
            actions = statement["Action"]
            for action in [actions] if isinstance(actions, str) else actions:
                assert "*" not in action, f"{name}: {action}"


def statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    policies = [
        policy["Fn::If"][1] if "Fn::If" in policy else policy for policy in role["Policies"]
    ]
    return [s for policy in policies for s in policy["PolicyDocument"]["Statement"]]


def test_every_resource_that_can_be_tagged_is(deployed: dict[str, Any]) -> None:
    untaggable = {
        "AWS::CloudWatch::Dashboard",
        "AWS::Lambda::Permission",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
    }
    for name, resource in deployed["Resources"].items():
        kind = resource["Type"]
        if kind not in untaggable and not kind.startswith("Custom::"):
            assert resource["Properties"]["Tags"][0]["Key"] == "codefree:stack", name


def test_the_rights_that_doctor_uses_are_documented_and_none_writes() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text()
    paragraph = page.split("It uses these permissions")[1].split("\n\n")[0]
    assert re.findall(r"`([a-z0-9-]+:\w+)`", paragraph) == rights()
    reading = ("BatchGet", "Decrypt", "Describe", "Get", "List", "Simulate", "Validate")
    assert all(right.partition(":")[2].startswith(reading) for right in rights())


def test_every_finding_is_documented_as_the_catalogue_has_it() -> None:
    page = FINDINGS.read_text()
    assert page == with_findings_tables(page), (
        "Write it with: python -m tests.lambdas.check.findings_page"
    )


def test_every_link_leads_to_a_file_and_a_heading() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target, heading in LINK.findall(page.read_text()):
            path = (page.parent / target) if target else page
            assert path.exists(), f"{page.name}: {target}"
            if heading:
                assert heading in headings(path), f"{page.name}: {target}#{heading}"


def headings(page: Path) -> set[str]:
    """The headings as GitHub makes anchors of them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_template_leaves_room_below_the_consoles_limit(packed_template: str) -> None:
    assert len(packed_template.encode()) < 0.9 * LARGEST_TEMPLATE_BYTES


def test_every_package_of_gaps_is_described() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    table = page.split("| package of `local/gaps/` |")[1].split("\n\n")[0]
    packages = {path.name for path in (ROOT / "local" / "gaps").iterdir() if path.is_dir()}
    assert set(re.findall(r"`(\w+)/`", table)) == packages - {"__pycache__"}


def test_every_gap_that_moto_could_take_is_there() -> None:
    page = (ROOT / "docs" / "faithfulness.md").read_text()
    named = re.findall(r"`(\w+/\w+\.py)`", page.split("## What moto could take")[1])
    for name in named:
        folder = "local" if name.startswith("speed/") else "local/gaps"
        assert (ROOT / folder / name).exists(), name


def test_every_path_of_local_mode_that_is_named_is_there() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for path in re.findall(r"`((?:local|tests)/[\w/.]+)`", page.read_text()):
            assert (ROOT / path).exists(), f"{page.name}: {path}"
