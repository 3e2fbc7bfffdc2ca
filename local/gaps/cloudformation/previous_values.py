"""A parameter's previous value that was the template's default.

moto keeps only what was said when the stack was made, and looks nowhere else.
"""

from typing import Any

from moto.cloudformation.models import CloudFormationBackend

from local.patches import wrap


def patch() -> None:
    """Makes ``UsePreviousValue`` of such a parameter mean its default."""
    wrap(CloudFormationBackend, "_resolve_update_parameters", _resolve_update_parameters)


def _resolve_update_parameters(
    resolve: Any,
    self: CloudFormationBackend,
    instance: Any,
    incoming_params: list[dict[str, Any]],
) -> Any:
    known = [
        parameter
        for parameter in incoming_params
        if "ParameterValue" in parameter or parameter["ParameterKey"] in instance.parameters
    ]
    return resolve(self, instance, known)
