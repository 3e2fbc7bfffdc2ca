"""CloudFormation roles with their managed policies, and with what an update changes.

moto makes a role with its inline policies alone, keeps those in a form that GetRolePolicy can't
give back, and updates nothing but its description.
"""

import json
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, Role, iam_backends
from moto.utilities.utils import get_partition

from local.patches import wrap


def patch() -> None:
    """Makes a role in a template get, and keep, all the rights that it is given there."""
    wrap(Role, "delete_from_cloudformation_json", _delete_with_policies)
    wrap(Role, "create_from_cloudformation_json", _create_with_policies)
    wrap(Role, "update_from_cloudformation_json", _update_with_policies)


def _create_with_policies(
    create: Any, cls: Any, name: str, cloudformation_json: Any, *args: Any, **kwargs: Any
) -> Role:
    role: Role = create(cls, name, cloudformation_json, *args, **kwargs)
    _give_policies(role, cloudformation_json["Properties"])
    return role


def _update_with_policies(
    update: Any, cls: Any, /, *, cloudformation_json: Any, **kwargs: Any
) -> Role:
    role: Role = update(cls, cloudformation_json=cloudformation_json, **kwargs)
    properties = cloudformation_json["Properties"]
    role.assume_role_policy_document = _as_text(properties["AssumeRolePolicyDocument"])
    _give_policies(role, properties)
    return role


def _delete_with_policies(
    delete: Any, cls: Any, name: str, cloudformation_json: Any, account_id: str, region: str
) -> None:
    for role in iam_backends[account_id][get_partition(region)].roles.values():
        if role.name == name:
            _detach_all(role)
    delete(cls, name, cloudformation_json, account_id, region)


def _give_policies(role: Role, properties: dict[str, Any]) -> None:
    """Gives the role exactly the policies of the template."""
    role.policies = {
        policy["PolicyName"]: _as_text(policy["PolicyDocument"])
        for policy in properties.get("Policies", [])
    }
    _detach_all(role)
    for arn in properties.get("ManagedPolicyArns", []):
        _managed_policy(arn, role).attach_to(role)


def _detach_all(role: Role) -> None:
    for policy in list(role.managed_policies.values()):
        policy.detach_from(role)


def _managed_policy(arn: str, role: Role) -> Any:
    policies = iam_backends[role.account_id][role.partition].managed_policies
    if arn not in policies:
        name = arn.rpartition("/")[2]
        policies[arn] = AWSManagedPolicy.from_data(
            name, role.account_id, role.partition, _policies_of_aws()[name]
        )
    return policies[arn]


def _as_text(document: Any) -> str:
    return json.dumps(document, default=str)  # a version written in YAML may be a date


@cache
def _policies_of_aws() -> dict[str, Any]:
    return dict(json.loads(aws_managed_policies_data))
