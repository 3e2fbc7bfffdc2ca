"""``AWS::NoValue`` in a list: the item is left out (CloudFormation User Guide, "Pseudo
parameters").

moto leaves out properties, and keeps an item as None.
"""

from typing import Any

from moto.cloudformation import parsing

from local.patches import wrap


def patch() -> None:
    """Makes the parser leave such items out."""
    wrap(parsing, "clean_json", _clean_without_no_values)


def _clean_without_no_values(clean: Any, resource_json: Any, resources_map: Any) -> Any:
    cleaned = clean(resource_json, resources_map)
    if not isinstance(cleaned, list):
        return cleaned
    return [item for item in cleaned if item is not None]
