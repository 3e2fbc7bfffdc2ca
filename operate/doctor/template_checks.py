"""The template, as AWS's own validators see it.

Sources: AWS CloudFormation API reference, ValidateTemplate; AWS Step Functions API reference,
ValidateStateMachineDefinition; IAM Access Analyzer API reference, ValidatePolicy (which is free,
unlike CheckNoNewAccess and its like).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from operate.doctor.finding import Check, Finding, bad, good, unknown
from operate.doctor.patient import Patient
from operate.doctor.template import LARGEST_BODY_BYTES
from operate.error_answer import error_answer

_BUILD = "Build the template again: codefree package"
_VARIABLE = "${%s}"
_RESOURCE_POLICIES = {
    "AWS::KMS::Key": ("KeyPolicy", None),
    "AWS::S3::BucketPolicy": ("PolicyDocument", "AWS::S3::Bucket"),
    "AWS::SNS::TopicPolicy": ("PolicyDocument", None),
    "AWS::SQS::QueuePolicy": ("PolicyDocument", None),
}


@dataclass(frozen=True)
class Policy:
    """A policy of the template, made concrete.

    ``attached_to`` is the type of what a resource's policy is for, where AWS looks at that.
    """

    of: str
    document: str
    kind: str
    attached_to: str | None = None

    @property
    def request(self) -> dict[str, str]:
        """What ValidatePolicy is asked."""
        asked = {"policyDocument": self.document, "policyType": self.kind}
        more = {"validatePolicyResourceType": self.attached_to} if self.attached_to else {}
        return asked | more


def structure(patient: Patient) -> Finding:
    """ValidateTemplate takes what is larger than 51,200 bytes from S3 alone, where nothing is to be
    put; so it gets the outline."""
    body = patient.template.outline
    if len(body.encode()) > LARGEST_BODY_BYTES:
        return unknown(
            f"Even without its code it has {len(body.encode()):,} bytes. CloudFormation accepts "
            f"{LARGEST_BODY_BYTES:,} as text.",
            "codefree deploy has it checked in S3 before anything is created.",
        )
    try:
        patient.account.cloudformation.validate_template(TemplateBody=body)
    except ClientError as error:
        answer = error_answer(error)
        if answer.code != "ValidationError":
            raise
        return bad(f"CloudFormation rejects it: {answer.message}", _BUILD)
    number = len(patient.template.content["Resources"])
    return good(
        f"CloudFormation accepts its structure and references: {number} resources. Code and plain "
        f"values were left out to stay within {LARGEST_BODY_BYTES:,} bytes."
    )


def definitions(patient: Patient) -> Finding:
    """All forms of the workflows, with what the template fills in."""
    forms = patient.template.definitions
    for form in forms:
        definition = form.text
        for variable, value in form.substitutions.items():
            filled = str(patient.concrete.value(value))
            definition = definition.replace(_VARIABLE % variable, filled)
        answer = patient.account.states.validate_state_machine_definition(
            definition=definition, type="STANDARD", severity="ERROR"
        )
        if answer["result"] != "OK":
            first = answer["diagnostics"][0]
            where = f" at {first['location']}" if first.get("location") else ""
            return bad(
                f"The variant {form.name}{where}: {first['code']}: {first['message']}", _BUILD
            )
    return good(f"Step Functions accepts all {len(forms)} variants of the workflows.")


def policies(patient: Patient) -> Finding:
    """Every policy of the template; the same text is asked about once."""
    analyzer = patient.account.client("accessanalyzer")
    different = {policy.document: policy for policy in _policies(patient)}
    found: dict[str, list[str]] = {}
    for policy in different.values():
        pages = analyzer.get_paginator("validate_policy").paginate(**policy.request)
        for each in (each for page in pages for each in page["findings"]):
            words = f"{policy.of}: {each['issueCode']}: {each['findingDetails']}"
            found.setdefault(each["findingType"], []).append(words)
    if errors := found.get("ERROR"):
        return bad(f"{errors[0]}{_more(errors)}", _BUILD)
    warnings = found.get("SECURITY_WARNING", []) + found.get("WARNING", [])
    words = f" Warning: {warnings[0]}{_more(warnings)}" if warnings else ""
    return good(f"Access Analyzer accepts all {len(different)} policies.{words}")


def _more(found: list[str]) -> str:
    return f" And {len(found) - 1} more." if len(found) > 1 else ""


def _policies(patient: Patient) -> Iterator[Policy]:
    for name, role in patient.template.of_type("AWS::IAM::Role").items():
        trust = "AWS::IAM::AssumeRolePolicyDocument"
        yield _policy(patient, name, role["AssumeRolePolicyDocument"], "RESOURCE_POLICY", trust)
        for each in role.get("Policies", []):
            own = each["Fn::If"][1] if "Fn::If" in each else each
            yield _policy(patient, name, own["PolicyDocument"], "IDENTITY_POLICY")
    for kind, (key, attached_to) in _RESOURCE_POLICIES.items():
        for name, properties in patient.template.of_type(kind).items():
            yield _policy(patient, name, properties[key], "RESOURCE_POLICY", attached_to)


def _policy(
    patient: Patient, of: str, document: Any, kind: str, attached_to: str | None = None
) -> Policy:
    return Policy(of, json.dumps(patient.concrete.value(document)), kind, attached_to)


TEMPLATE_CHECKS = (
    Check("template", structure, ("cloudformation:ValidateTemplate",)),
    Check("workflow", definitions, ("states:ValidateStateMachineDefinition",)),
    Check("policies", policies, ("access-analyzer:ValidatePolicy",)),
)
