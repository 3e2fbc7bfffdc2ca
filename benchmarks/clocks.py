"""Clocks in the product's functions, for a process that is only there to be measured."""

import importlib
import sys
from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]


def put_clock(place: str, clocked: Callable[[Function], Function], package: str = "") -> None:
    """Replaces the function at ``place``, as module:name or module:Class.name, by what ``clocked``
    makes of it; so in all modules of the ``package`` that have imported it.

    Raises:
        LookupError: there is no such function; its time would count for who calls it.
    """
    owner, name = _owner_and_name(place)
    found = vars(owner)[name]
    if isinstance(found, classmethod):
        setattr(owner, name, classmethod(clocked(found.__func__)))
        return
    replaced = clocked(found)
    setattr(owner, name, replaced)
    for module, other in list(sys.modules.items()):
        if package and module.startswith(package) and vars(other).get(name) is found:
            setattr(other, name, replaced)


def _owner_and_name(place: str) -> tuple[Any, str]:
    module, _, path = place.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for step in owners:
        owner = vars(owner).get(step)
    if owner is None or name not in vars(owner):
        raise LookupError(f"There is no {place} to measure.")
    return owner, name
