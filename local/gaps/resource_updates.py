"""Resources of which moto's CloudFormation can't change anything: they stay as they are.

moto forgets them, and whatever refers to them then fails.
"""

from typing import Any

from moto.cloudformation import parsing


def close() -> None:
    """Makes an update keep what it can't change."""
    update = parsing.parse_and_update_resource

    def parse_and_update_resource(
        logical_id: str, resource_json: Any, resources_map: Any, *args: Any, **kw: Any
    ) -> Any:
        updated = update(logical_id, resource_json, resources_map, *args, **kw)
        return updated or resources_map._parsed_resources.get(logical_id)

    parsing.parse_and_update_resource = parse_and_update_resource
