"""Names that CloudFormation gives to resources: always the same for the same stack and resource.

moto draws them anew whenever a stack is made, so that what was started in a stack before, and
names its functions and roles, would find none of them after the stack was made again.
"""

import hashlib
from typing import Any

from moto.cloudformation import parsing

from local.patches import wrap

_SUFFIX_LENGTH = len(parsing.random_suffix())


def patch() -> None:
    """Makes the end of a generated name follow from the stack's and the resource's names."""
    wrap(parsing, "generate_resource_name", _generate_resource_name)


def _generate_resource_name(
    generate: Any, resource_type: str, stack_name: str, logical_id: str
) -> str:
    name = str(generate(resource_type, stack_name, logical_id))
    digest = hashlib.sha256(f"{stack_name}/{logical_id}".encode()).hexdigest()
    suffix = digest[:_SUFFIX_LENGTH]
    return name[:-_SUFFIX_LENGTH] + (suffix if name.islower() else suffix.upper())
