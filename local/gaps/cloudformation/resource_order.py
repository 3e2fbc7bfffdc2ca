"""``DependsOn`` of a resource that is made because another one refers to it.

moto looks at it only where it goes through the template from its beginning to its end.
"""

from typing import Any

from moto.cloudformation.parsing import ResourceMap


def patch() -> None:
    """Makes what a resource depends on first, whoever asks for the resource."""
    get = ResourceMap.__getitem__

    def make_dependencies_and_get(self: ResourceMap, key: str) -> Any:
        if key not in self._parsed_resources:
            named = self._resource_json_map.get(key, {}).get("DependsOn", [])
            for dependency in [named] if isinstance(named, str) else named:
                self[dependency]
        return get(self, key)

    ResourceMap.__getitem__ = make_dependencies_and_get
