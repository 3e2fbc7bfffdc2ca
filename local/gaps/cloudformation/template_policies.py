"""What the policies of a template's resources share; moto's CloudFormation makes none of them."""

import json
from abc import abstractmethod
from typing import Any, Self

from moto.cloudformation import parsing

from local.patches import add_entry, add_item


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
    @abstractmethod
    def cloudformation_type() -> str:
        """The type of the resource in templates."""

    @staticmethod
    def cloudformation_name_type() -> str:
        """The property that names it: none does."""
        return ""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether a template may ask for the attribute."""
        return False

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


def add_model(model: type[TemplatePolicy]) -> None:
    """Makes CloudFormation know the policy's type.

    moto finds by itself what inherits from its own CloudFormationModel, and never forgets it.
    """
    kind, parser = model.cloudformation_type(), "moto.cloudformation.parsing"
    names, models = parsing.get_name_type_map(), parsing.get_model_map()
    add_entry(models, kind, model, called=f"{parser}.get_model_map()")
    add_entry(names, kind, model.cloudformation_name_type(), called=f"{parser}.get_name_type_map()")
    add_item(parsing.get_model_list(), model, called=f"{parser}.get_model_list()")
