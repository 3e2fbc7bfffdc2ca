"""``DependsOn`` of a resource that is made because another one refers to it.

moto looks at it only where it goes through the template from its beginning to its end.
"""

from typing import Any

from moto.cloudformation.parsing import ResourceMap

from local.patches import wrap


def patch() -> None:
    """Makes what a resource depends on first, whoever asks for the resource."""
    wrap(ResourceMap, "__getitem__", _make_dependencies_and_get)


def _make_dependencies_and_get(get: Any, self: ResourceMap, key: str) -> Any:
    if key not in self._parsed_resources:
        named = self._resource_json_map.get(key, {}).get("DependsOn", [])
        for dependency in [named] if isinstance(named, str) else named:
            self[dependency]
    return get(self, key)
