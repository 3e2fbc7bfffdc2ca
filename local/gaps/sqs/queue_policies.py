"""Policies of queues in templates: kept with the queue, for who asks what they say.

moto's CloudFormation does not make them. Nothing here is held against them: a rule that can't
deliver writes to the log instead (events/rule_targets.py).
"""

from typing import Any

from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import sqs_backends

from local.gaps.cloudformation.template_policies import TemplatePolicy, add_model


class _QueuePolicy(TemplatePolicy):
    """The policy of queues."""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::SQS::QueuePolicy"

    @staticmethod
    def put(properties: Any, policy: str, account_id: str, region_name: str) -> str:
        queues = [str(url).rpartition("/")[2] for url in properties["Queues"]]
        for queue in queues:
            sqs_backends[account_id][region_name].set_queue_attributes(queue, {"Policy": policy})
        return queues[0]

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        backend = sqs_backends[account_id][region_name]
        try:
            backend.set_queue_attributes(resource_name, {"Policy": ""})
        except QueueDoesNotExist:
            return  # it went before its policy


def patch() -> None:
    """Makes a template's queue policies count."""
    add_model(_QueuePolicy)
