"""Resource types that moto's CloudFormation does not make, and that do nothing on one machine.

moto warns of each on every deployment. Topic policies speak of who comes from outside;
alarms and subscriptions watch over what only AWS measures and sends.
"""

from moto.cloudformation import parsing

IDLE_TYPES = (
    "AWS::CloudWatch::Alarm",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
)


def patch() -> None:
    """Makes CloudFormation pass over these types in silence."""
    parse = parsing.parse_resource

    def parse_resource(resource_json: dict[str, object], resources_map: object) -> object:
        if resource_json["Type"] in IDLE_TYPES:
            return None
        return parse(resource_json, resources_map)

    parsing.parse_resource = parse_resource
