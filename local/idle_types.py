"""Resource types that moto's CloudFormation does not make, and that do nothing on one machine.

moto warns of each on every deployment. Topic policies speak of who comes from outside;
alarms and subscriptions watch over what only AWS measures and sends.
"""

from typing import Any

from moto.cloudformation import parsing

from local.patches import wrap

IDLE_TYPES = (
    "AWS::CloudWatch::Alarm",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
)


def patch() -> None:
    """Makes CloudFormation pass over these types in silence."""
    wrap(parsing, "parse_resource", _parse_resource)


def _parse_resource(parse: Any, resource_json: dict[str, object], resources_map: object) -> object:
    if resource_json["Type"] in IDLE_TYPES:
        return None
    return parse(resource_json, resources_map)
