"""The states of a state machine and what leads from one to another, read from its definition.

Source: Amazon States Language specification, states-language.net. The states inside a Parallel or a
Map stand beside it: the names of all are unique in a definition.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

EdgeKind = Literal["next", "catch", "inside"]


@dataclass(frozen=True)
class Edge:
    """What leads from a state to another: as the next one, after an error, or into it."""

    source: str
    target: str
    kind: EdgeKind


@dataclass(frozen=True)
class Machine:
    """The states by their names with their types, in the definition's order, and the edges."""

    states: Mapping[str, str]
    edges: tuple[Edge, ...]


def machine_of(definition: Mapping[str, Any]) -> Machine:
    """What ``definition`` says. Two ways between the same states are one edge, the usual one."""
    states: dict[str, str] = {}
    edges: dict[tuple[str, str], Edge] = {}
    for scope in _scopes(definition):
        for name, state in _in_order(scope):
            states[name] = str(state.get("Type", ""))
            for edge in _edges(name, state):
                edges.setdefault((edge.source, edge.target), edge)
    known = (edge for edge in edges.values() if edge.target in states)
    return Machine(states, tuple(known))


def _scopes(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The definition, and those of the branches and iterations inside its states."""
    yield definition
    for state in definition.get("States", {}).values():
        for inner in _inside(state):
            yield from _scopes(inner)


def _inside(state: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    iterated = [state[name] for name in ("ItemProcessor", "Iterator") if name in state]
    return [*state.get("Branches", []), *iterated]


def _in_order(scope: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The state that a scope starts at comes first."""
    states: Mapping[str, Mapping[str, Any]] = scope.get("States", {})
    start = str(scope.get("StartAt"))
    if start in states:
        yield start, states[start]
    yield from ((name, state) for name, state in states.items() if name != start)


def _edges(name: str, state: Mapping[str, Any]) -> Iterator[Edge]:
    for inner in _inside(state):
        if "StartAt" in inner:
            yield Edge(name, inner["StartAt"], "inside")
    if "Next" in state:
        yield Edge(name, state["Next"], "next")
    for choice in state.get("Choices", []):
        if "Next" in choice:
            yield Edge(name, choice["Next"], "next")
    if "Default" in state:
        yield Edge(name, state["Default"], "next")
    for catch in state.get("Catch", []):
        if "Next" in catch:
            yield Edge(name, catch["Next"], "catch")
