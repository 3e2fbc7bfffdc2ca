"""Stacks that are deleted step by step: custom resources while there is still all that they need.

moto forgets the stack first, and then deletes its resources in no order. Of what is to stay it
knows ``Retain`` alone.
"""

from typing import Any

from moto.cloudformation.custom_model import CustomModel
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, Stack

from local.patches import wrap


def patch() -> None:
    """Makes a stack be DELETE_IN_PROGRESS while its custom resources are deleted, the newest first.

    One that fails leaves the stack DELETE_FAILED, with the reason in its events.
    """
    wrap(CloudFormationBackend, "delete_stack", _delete_stack)


def _delete_stack(delete: Any, self: CloudFormationBackend, name_or_stack_id: str) -> None:
    for stack in list(self.stacks.values()):
        if name_or_stack_id in (stack.name, stack.stack_id):
            stack.status = "DELETE_IN_PROGRESS"
            if not _custom_resources_deleted(stack):
                return
            _retain(stack)
    delete(self, name_or_stack_id)


def _retain(stack: Stack) -> None:
    for resource in stack.resource_map._resource_json_map.values():
        if resource.get("DeletionPolicy") == "RetainExceptOnCreate":
            resource["DeletionPolicy"] = "Retain"


def _custom_resources_deleted(stack: Stack) -> bool:
    resources = stack.resource_map._parsed_resources
    for logical_id, resource in reversed(list(resources.items())):
        if not isinstance(resource, CustomModel):
            continue
        try:
            resource.delete(stack.account_id, stack.region_name)
        except ValidationError as error:
            stack._add_stack_event("DELETE_FAILED", resource_status_reason=str(error))
            stack.status = "DELETE_FAILED"
            return False
        del resources[logical_id]
    return True
