"""Roles that a test makes for itself."""

import itertools
import json
from typing import Any

_numbers = itertools.count(1)


def role_trusting(iam: Any, service: str, *statements: dict[str, Any]) -> str:
    """The ARN of a new role that the service may assume, with these rights."""
    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}}
    name = f"role-{next(_numbers)}"
    assumable = policy_text(trust | {"Action": "sts:AssumeRole"})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=assumable)["Role"]
    if statements:
        rights = policy_text(*statements)
        iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=rights)
    return str(role["Arn"])


def policy_text(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
