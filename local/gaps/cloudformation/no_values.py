"""``AWS::NoValue`` in a list: the item is left out (CloudFormation User Guide, "Pseudo
parameters").

moto leaves out properties, and keeps an item as None.
"""

from typing import Any

from moto.cloudformation import parsing


def patch() -> None:
    """Makes the parser leave such items out."""
    clean = parsing.clean_json

    def clean_without_no_values(resource_json: Any, resources_map: Any) -> Any:
        cleaned = clean(resource_json, resources_map)
        if not isinstance(cleaned, list):
            return cleaned
        return [item for item in cleaned if item is not None]

    parsing.clean_json = clean_without_no_values
