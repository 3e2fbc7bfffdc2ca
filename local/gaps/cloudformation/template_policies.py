"""What the policies of a template's resources share; moto's CloudFormation makes none of them."""

import json
from abc import abstractmethod
from typing import Any, Self


class TemplatePolicy:
    """A policy that goes by the name of what it is of, and says at any time what it says now.

    ``of`` is the name of the resource that it is of, the first of them if there are several.
    """

    def __init__(self, of: str) -> None:
        self._of = of

    @property
    def physical_resource_id(self) -> str:
        """The policy's name."""
        return self._of

    @staticmethod
    def cloudformation_name_type() -> str:
        """The property that names it: none does."""
        return ""

    def is_created(self) -> bool:
        """It is there at once."""
        return True

    @staticmethod
    @abstractmethod
    def put(properties: Any, policy: str, account_id: str, region_name: str) -> str:
        """Has the resources that ``properties`` name keep the policy; returns the first's name."""

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Self:
        """Makes the resources have the policy."""
        properties = cloudformation_json["Properties"]
        policy = json.dumps(properties["PolicyDocument"], default=str)  # YAML may see a date
        return cls(cls.put(properties, policy, account_id, region_name))

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Self:
        """Makes the resources have the new policy in the old one's place."""
        return cls.create_from_cloudformation_json(
            new_resource_name, cloudformation_json, account_id, region_name
        )
