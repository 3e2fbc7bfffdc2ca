"""What is changed in moto: each change checked when it is made, listed, and undone on request.

A newer moto may rename what is replaced here, or have what is added here. An assignment would go
unnoticed then; these verbs refuse.
"""

import functools
import inspect
import sys
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Literal

_Verb = Literal["wraps", "replaces", "adds"]
_Place = tuple[int, Hashable]
_MISSING = object()


class PatchRefused(Exception):
    """The change does not fit the moto that is here; the text says why."""


@dataclass(frozen=True, eq=False)
class Patch:
    """A change: of what, how, and by which module."""

    target: str
    verb: _Verb
    by: str
    place: _Place = field(repr=False)
    _restore: Callable[[], object] = field(repr=False)

    def undo(self) -> None:
        """Takes the change back.

        Raises:
            PatchRefused: the same place was changed once more after it, or this is undone already.
        """
        if _newest(self.place) is not self:
            raise PatchRefused(f"{self.target} is not what {self.by} has made of it")
        _made.remove(self)
        self._restore()


_made: list[Patch] = []


def listed() -> tuple[Patch, ...]:
    """All changes, in the order in which they were made."""
    return tuple(_made)


def undo_all() -> None:
    """Makes moto what it was."""
    for patch in reversed(listed()):
        patch.undo()


def wrap(
    owner: Any,
    name: str,
    around: Callable[..., Any],
    *,
    setter: Callable[..., Any] | None = None,
    over: ModuleType | None = None,
) -> Patch:
    """Has ``around`` called in the place of a function, method or property, which it gets first.

    Args:
        owner: the class or module that has it.
        name: its name there.
        around: what is called with the original and the arguments; for a property, when it is read.
        setter: the same for a property that is set.
        over: the module that has changed the same before, if one has.

    Raises:
        PatchRefused: it is not there, or ``over`` is not the last that has changed it.
    """
    raw = _present(owner, name)
    new: Any
    if isinstance(raw, property):
        new = raw.getter(_around(raw.fget, around))
        new = new.setter(_around(raw.fset, setter)) if setter else new
    elif isinstance(raw, staticmethod | classmethod):
        new = type(raw)(_around(raw.__func__, around))
    else:
        new = _around(raw, around)
    return _put(owner, name, new, "wraps", over)


def replace(owner: Any, name: str, new: Any, *, over: ModuleType | None = None) -> Patch:
    """Puts ``new`` in the place of an attribute, as the same kind of method or property.

    Args and errors are those of :func:`wrap`.
    """
    raw = _present(owner, name)
    if isinstance(raw, property):
        new = raw.getter(new)
    elif isinstance(raw, staticmethod | classmethod):
        new = type(raw)(new)
    return _put(owner, name, new, "replaces", over)


def add(owner: Any, name: str, new: Any) -> Patch:
    """Gives a class or module an attribute that it lacks.

    Raises:
        PatchRefused: it has one.
    """
    if inspect.getattr_static(owner, name, _MISSING) is not _MISSING:
        raise _has_it(_target(owner, name))
    return _put(owner, name, new, "adds", None)


def add_entry(registry: dict[Any, Any], key: Hashable, value: Any, *, called: str) -> Patch:
    """Gives a dictionary of moto's, ``called`` so, an entry that it lacks.

    Raises:
        PatchRefused: it has one.
    """
    target = f"{called}[{key!r}]"
    if key in registry:
        raise _has_it(target)
    registry[key] = value
    return _note(target, "adds", (id(registry), key), lambda: registry.pop(key))


def add_item(registry: list[Any], item: Any, *, called: str) -> Patch:
    """Gives a list of moto's, ``called`` so, an item that it lacks.

    Raises:
        PatchRefused: it has it.
    """
    target = f"{called}[{item!r}]"
    if item in registry:
        raise _has_it(target)
    registry.append(item)
    return _note(target, "adds", (id(registry), target), lambda: registry.remove(item))


def _around(original: Any, around: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        return around(original, *args, **kwargs)

    return call


def _present(owner: Any, name: str) -> Any:
    raw = inspect.getattr_static(owner, name, _MISSING)
    if raw is _MISSING:
        raise PatchRefused(f"{_target(owner, name)} is to be replaced, and is not there")
    return raw


def _put(owner: Any, name: str, new: Any, verb: _Verb, over: ModuleType | None) -> Patch:
    place, target = (id(owner), name), _target(owner, name)
    before = _newest(place)
    if (before and before.by) != (over and over.__name__):
        raise PatchRefused(
            f"{target} was changed by {before.by if before else 'nobody'} before, "
            f"and is expected to be by {over.__name__ if over else 'nobody'}"
        )
    # What the owner only inherits goes back to being inherited.
    own = vars(owner).get(name, _MISSING)
    setattr(owner, name, new)
    if own is _MISSING:
        return _note(target, verb, place, lambda: delattr(owner, name))
    return _note(target, verb, place, lambda: setattr(owner, name, own))


def _note(target: str, verb: _Verb, place: _Place, restore: Callable[[], object]) -> Patch:
    patch = Patch(target, verb, _caller(), place, restore)
    _made.append(patch)
    return patch


def _newest(place: _Place) -> Patch | None:
    return next((patch for patch in reversed(_made) if patch.place == place), None)


def _caller() -> str:
    """The module that makes a change: the first one up the calls that is not this one."""
    frame = sys._getframe()  # noqa: SLF001 (documented, and never None)
    while frame.f_back and frame.f_globals["__name__"] == __name__:
        frame = frame.f_back
    return str(frame.f_globals["__name__"])


def _target(owner: Any, name: str) -> str:
    if isinstance(owner, ModuleType):
        return f"{owner.__name__}.{name}"
    return f"{owner.__module__}.{owner.__qualname__}.{name}"


def _has_it(target: str) -> PatchRefused:
    return PatchRefused(f"{target} is to be added, and is there already")
