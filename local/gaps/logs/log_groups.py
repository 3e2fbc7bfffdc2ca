"""Log groups in templates, whose ARN ends with ``:*`` as the resource reference says.

moto leaves the ending out, and a policy on such an ARN is about none of the group's streams.
"""

from typing import Any

from moto.logs.models import LogGroup

from local.patches import wrap


def patch() -> None:
    """Makes ``Fn::GetAtt GROUP.Arn`` give what policies and state machines take."""
    wrap(LogGroup, "get_cfn_attribute", _get_cfn_attribute)


def _get_cfn_attribute(attribute_of: Any, self: LogGroup, attribute_name: str) -> str:
    value = str(attribute_of(self, attribute_name))
    return f"{value.removesuffix(':*')}:*" if attribute_name == "Arn" else value
