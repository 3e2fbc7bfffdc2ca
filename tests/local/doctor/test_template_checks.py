"""The template, examined by local mode."""

import json
from typing import Any

from operate.doctor import template_checks
from tests.local.doctor.ward import Ward, fails


def test_a_template_that_refers_to_nothing_is_refused(ward: Ward) -> None:
    assert ward.found("template").mark == "✓"
    broken = ward.with_text("BucketName: !Ref BucketName", "BucketName: !Ref NoBucket")
    assert fails(ward.found("template", broken), "NoBucket", "codefree package")


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
    assert finding.mark == "✓" and "all 8 variants" in finding.found
    first = ward.template.definitions[0]
    start = json.dumps(json.loads(first.text)["StartAt"])
    broken = ward.with_text(f'"StartAt":{start}', '"StartsAt":"Nowhere"')
    assert fails(ward.found("workflow", broken), first.name)


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
