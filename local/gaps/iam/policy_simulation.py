"""SimulatePrincipalPolicy: what a role's policies say of an action, as local mode enforces them.

moto does not have it. Source: IAM API reference, SimulatePrincipalPolicy.
"""

from moto.core.responses import ActionResult
from moto.iam.responses import IamResponse

from local.access.control import AccessControl
from local.access.policy import Request, decision
from local.patches import add

_SAID = {"allow": "allowed", "deny": "explicitDeny", None: "implicitDeny"}


def patch(access: AccessControl) -> None:
    """Makes IAM tell what a role may do."""

    def simulate_principal_policy(self: IamResponse) -> ActionResult:
        role = self._get_param("PolicySourceArn")
        policies = access.policies(role)
        results = [
            {
                "EvalActionName": action,
                "EvalResourceName": resource,
                "EvalDecision": _SAID[decision(policies, Request((role,), action, resource))],
            }
            for action in self._get_param("ActionNames")
            for resource in self._get_param("ResourceArns", ["*"])
        ]
        return ActionResult({"EvaluationResults": results, "IsTruncated": False})

    add(IamResponse, "simulate_principal_policy", simulate_principal_policy)
