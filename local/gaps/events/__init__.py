"""What moto's EventBridge lacks."""

from local.access.control import AccessControl
from local.gaps.events import rule_targets, scheduled_rules


def patch(access: AccessControl) -> None:
    """Adds it; ``access`` knows what a rule's role allows."""
    rule_targets.patch(access)
    scheduled_rules.patch()
