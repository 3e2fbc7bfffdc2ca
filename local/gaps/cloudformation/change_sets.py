"""Change sets that leave a stack as CreateStack and UpdateStack do.

moto makes the resources in no order, and the stack then has no outputs, and not its parameters.
"""

from moto.cloudformation.models import ChangeSet

from local.patches import replace


def patch() -> None:
    """Makes an executed change set make or update the whole stack."""
    replace(ChangeSet, "apply", _apply)


def _apply(self: ChangeSet) -> None:
    stack = self.stack
    if self.change_set_type == "UPDATE":
        stack.update(self.template, self.role_arn, self.parameters, self.tags)
        return
    stack.template, stack.parameters = self.template, self.parameters
    stack._parse_template()
    stack.resource_map = stack._create_resource_map()
    stack.output_map = stack._create_output_map()
    stack.create_resources()
