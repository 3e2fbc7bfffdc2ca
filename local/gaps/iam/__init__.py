"""What moto's IAM lacks."""

from local.access.control import AccessControl
from local.gaps.iam import policy_simulation, role_properties


def patch(access: AccessControl) -> None:
    """Adds it; ``access`` knows what is allowed."""
    role_properties.patch()
    policy_simulation.patch(access)
