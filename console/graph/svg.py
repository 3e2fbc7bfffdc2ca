"""A state machine as SVG, with how each state is doing in an execution of it."""

import unicodedata
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from console.graph.definition import Machine, machine_of
from console.graph.layout import BOX_HEIGHT, Layout, Line, layout_of
from console.page import fragment
from operate.visible_text import shown

_LETTER_WIDTH = 8.0
_WIDE = {"W", "F"}
_ROOM_FOR_THE_SIGN = 44.0
_LONGEST_NAME = 40


@dataclass(frozen=True)
class Shown:
    """How a state is shown: a class of run.css, its sign, how it is doing in words, and where its
    details are, empty where there are none."""

    kind: str
    sign: str
    words: str
    address: str


@dataclass(frozen=True)
class Picture:
    """A machine with its layout, which takes longer than to draw it."""

    machine: Machine
    layout: Layout


def picture_of(definition: Mapping[str, Any]) -> Picture:
    """The picture of the machine that ``definition`` defines."""
    machine = machine_of(definition)
    widths = {name: _width(_label(name)) for name in machine.states}
    return Picture(machine, layout_of(machine, widths))


def drawn(
    picture: Picture, states: Mapping[str, Shown], taken: AbstractSet[tuple[str, str]], title: str
) -> str:
    """The picture as an ``<svg>`` element.

    Args:
        picture: the machine's.
        states: how each state is shown.
        taken: the ways that the execution has taken, from state to state.
        title: what the picture is, for who can't see it.
    """
    boxes = [
        {"name": name, "label": _label(name), "box": box, "shown": states[name]}
        for name, box in picture.layout.boxes.items()
    ]
    lines = [
        {
            "edge": line.edge,
            "path": _path(line),
            "is_taken": (line.edge.source, line.edge.target) in taken,
        }
        for line in picture.layout.lines
    ]
    return fragment(
        "graph.html",
        boxes=boxes,
        lines=sorted(lines, key=lambda line: bool(line["is_taken"])),
        layout=picture.layout,
        height=BOX_HEIGHT,
        title=title,
    )


def _label(name: str) -> str:
    visible = shown(name)
    return visible if len(visible) <= _LONGEST_NAME else f"{visible[: _LONGEST_NAME - 1]}…"


def _width(label: str) -> float:
    letters = sum(2 if unicodedata.east_asian_width(c) in _WIDE else 1 for c in label)
    return letters * _LETTER_WIDTH + _ROOM_FOR_THE_SIGN


def _path(line: Line) -> str:
    """Upright through every point, so that a line bends between the rows and crosses no box."""
    (x, y), *others = line.points
    path = [f"M{x:.1f} {y:.1f}"]
    is_loop = line.edge.source == line.edge.target
    for to_x, to_y in others:
        if is_loop or x == to_x:
            path.append(f"L{to_x:.1f} {to_y:.1f}")
        else:
            middle = (y + to_y) / 2
            path.append(f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return " ".join(path)
