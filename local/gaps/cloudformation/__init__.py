"""What moto's CloudFormation lacks."""

from local.gaps.cloudformation import (
    change_sets,
    custom_resources,
    no_values,
    previous_values,
    resource_order,
    resource_updates,
    stack_deletion,
    template_rules,
    template_validation,
)


def patch(answers: str) -> None:
    """Adds it; custom resources answer below the address ``answers``."""
    resource_order.patch()
    no_values.patch()
    template_rules.patch()
    change_sets.patch()
    previous_values.patch()
    resource_updates.patch()
    template_validation.patch()
    custom_resources.patch(answers)
    stack_deletion.patch()
