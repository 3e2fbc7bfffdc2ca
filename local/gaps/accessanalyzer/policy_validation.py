"""Access Analyzer's ValidatePolicy: what cfn-lint, which AWS publishes, says of a policy.

moto has no Access Analyzer. cfn-lint knows the elements of policies and the actions of every
service; AWS's validator has many more rules, and names each. Source: IAM Access Analyzer API
reference, ValidatePolicy.
"""

import json
from typing import Any

from moto.core.responses import ActionResult, BaseResponse

from local.gaps.cloudformation.template_validation import rules_called
from local.gaps.core.new_services import NewService

# Those of policies, and what leads cfn-lint to them.
_RULES = ("E3510", "E3512", "E3514", "E3530", "W2511", "W3037")
_WAY_THERE = ("E1001", "E1101", "E3001", "E3002")
# The resource and the property by which cfn-lint knows each kind.
_TRUST = ("AWS::IAM::Role", "AssumeRolePolicyDocument")
_IDENTITY = ("AWS::IAM::ManagedPolicy", "PolicyDocument")
_OF_BUCKET = ("AWS::S3::BucketPolicy", "PolicyDocument")
_OF_OTHERS = ("AWS::KMS::Key", "KeyPolicy")
_PLACES = {"AWS::IAM::AssumeRolePolicyDocument": _TRUST, "AWS::S3::Bucket": _OF_BUCKET}


class _AccessAnalyzerResponse(BaseResponse):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(service_name="accessanalyzer")

    def validate_policy(self) -> ActionResult:
        """ValidatePolicy, for policies of identities and of resources."""
        asked = json.loads(self.body)
        place = _PLACES.get(asked.get("validatePolicyResourceType", ""), _OF_OTHERS)
        place = _IDENTITY if asked["policyType"] == "IDENTITY_POLICY" else place
        return ActionResult({"findings": _findings(asked["policyDocument"], *place)})


SERVICE = NewService(
    "accessanalyzer",
    r"https?://access-analyzer\.(.+)\.amazonaws\.com",
    "{0}/policy/validation$",
    _AccessAnalyzerResponse,
)


def _findings(document: str, kind: str, key: str) -> list[dict[str, Any]]:
    from cfnlint.api import lint  # slow to load, and needed for few calls

    try:
        policy = json.loads(document)
    except ValueError as error:
        return [_finding("JSON_SYNTAX_ERROR", str(error))]
    resource = {"Type": kind, "Properties": {key: policy}}
    found = lint(
        json.dumps({"Resources": {"It": resource}}),
        rules_called((*_RULES, *_WAY_THERE)),
        ["us-east-1"],
    )
    # What else such a resource would need does not matter here.
    return [
        _finding("INVALID_ACTION" if match.rule.id == "W3037" else "SYNTAX_ERROR", match.message)
        for match in found
        if match.path[3:4] == [key]
    ]


def _finding(code: str, details: str) -> dict[str, Any]:
    return {
        "findingType": "ERROR",
        "issueCode": code,
        "findingDetails": details,
        "learnMoreLink": "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
        "access-analyzer-reference-policy-checks.html",
        "locations": [],
    }
