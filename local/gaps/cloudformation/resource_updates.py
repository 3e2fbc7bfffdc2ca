"""Updates of a stack: what moto can't change stays, and conditions are asked again.

moto forgets what it can't change, and whatever refers to it then fails; it neither makes what a
condition asks for from now on, nor removes what it asks for no longer.
"""

from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.parsing import ResourceMap

from local.patches import wrap


def patch() -> None:
    """Makes an update keep, make and remove resources as CloudFormation does."""
    wrap(parsing, "parse_and_update_resource", _parse_and_update_resource)
    wrap(ResourceMap, "update", _update_and_ask_conditions)


def _parse_and_update_resource(
    update: Any, logical_id: str, resource_json: Any, resources_map: Any, *args: Any, **kw: Any
) -> Any:
    there = resources_map._parsed_resources.get(logical_id)
    if there is None or not _is_wanted(resources_map, resource_json):
        return there
    return update(logical_id, resource_json, resources_map, *args, **kw) or there


def _update_and_ask_conditions(update: Any, self: ResourceMap, *args: Any, **kw: Any) -> None:
    update(self, *args, **kw)
    _remove_what_is_not_wanted(self)
    for logical_id in self._resource_json_map:
        self[logical_id]  # makes it, if it is wanted and not there


def _is_wanted(resources: ResourceMap, resource_json: dict[str, Any]) -> bool:
    condition = resource_json.get("Condition")
    return condition is None or bool(resources.lazy_condition_map[condition])


def _remove_what_is_not_wanted(resources: ResourceMap) -> None:
    """The newest first, so that what a custom resource needs outlives it."""
    for logical_id in reversed(list(resources._parsed_resources)):
        resource_json = resources._resource_json_map.get(logical_id)
        there = resources._parsed_resources[logical_id]
        if resource_json is None:
            continue
        if there is None or not _is_wanted(resources, resource_json):
            del resources._parsed_resources[logical_id]
            if there is not None:
                resources._delete_resource(there, resource_json)
