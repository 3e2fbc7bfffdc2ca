"""The picture of a state machine: every state and every edge once, nothing on top of anything."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.graph.definition import Edge, machine_of
from console.graph.layout import BOX_HEIGHT, Layout
from console.graph.svg import Picture, Shown, drawn, picture_of

WORKFLOW = Path(__file__).parents[1] / "workflow"
ALL_KINDS = {
    "StartAt": "Both",
    "States": {
        "Both": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "Left", "States": {"Left": {"Type": "Pass", "End": True}}},
                {
                    "StartAt": "Right",
                    "States": {
                        "Right": {"Type": "Pass", "Next": "Righter"},
                        "Righter": {"Type": "Pass", "End": True},
                    },
                },
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Sorry"}],
            "Next": "Each",
        },
        "Each": {
            "Type": "Map",
            "ItemProcessor": {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": True}}},
            "Next": "Again",
        },
        "Again": {
            "Type": "Choice",
            "Choices": [{"Next": "Again"}, {"Next": "Both"}, {"Next": "Done"}],
            "Default": "Done",
        },
        "Done": {"Type": "Succeed"},
        "Sorry": {"Type": "Fail"},
        "Never reached": {"Type": "Pass", "End": True},
    },
}
DEFINITIONS = {
    "training": json.loads((WORKFLOW / "definition.json").read_text()),
    "prediction": json.loads((WORKFLOW / "prediction_definition.json").read_text()),
    "all kinds": ALL_KINDS,
}


class Drawn(HTMLParser):
    """What an SVG shows: its states, its edges, and all elements."""

    def __init__(self, svg: str) -> None:
        super().__init__()
        self.states: list[str] = []
        self.edges: list[tuple[str, str]] = []
        self.elements: list[str] = []
        self.feed(svg)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.elements.append(tag)
        if "data-state" in told:
            self.states.append(told["data-state"])
        if "data-from" in told:
            self.edges.append((told["data-from"], told["data-to"]))


def svg_of(picture: Picture, address: str = "#there") -> str:
    shown = {name: Shown("ahead", "", "not reached", address) for name in picture.machine.states}
    return drawn(picture, shown, set(), "The states")


def asked_for(definition: Any) -> Iterator[tuple[str, str]]:
    """Every way from state to state, found by a walk of its own through the definition."""
    for name, state in definition["States"].items():
        for field, value in state.items():
            if field in {"Next", "Default"}:
                yield name, value
            elif field in {"Choices", "Catch"}:
                yield from ((name, way["Next"]) for way in value)
            elif field in {"Branches", "ItemProcessor"}:
                for inner in value if isinstance(value, list) else [value]:
                    yield name, inner["StartAt"]
                    yield from asked_for(inner)


@pytest.mark.parametrize("kind", DEFINITIONS)
def test_every_state_and_every_edge_is_drawn_once(kind: str) -> None:
    definition = DEFINITIONS[kind]
    picture = picture_of(definition)
    shown = Drawn(svg_of(picture))
    assert sorted(shown.states) == sorted(picture.machine.states)
    assert set(definition["States"]) <= set(shown.states)
    assert sorted(shown.edges) == sorted(set(asked_for(definition)))


def test_what_follows_an_error_is_told_from_what_follows() -> None:
    edges = machine_of(DEFINITIONS["training"]).edges
    assert Edge("Train", "TrainingFinished", "next") in edges
    assert Edge("Train", "RecoverTraining", "catch") in edges
    assert Edge("Both", "Left", "inside") in machine_of(ALL_KINDS).edges


@pytest.mark.parametrize("kind", DEFINITIONS)
def test_nothing_stands_on_anything_else(kind: str) -> None:
    assert_apart(picture_of(DEFINITIONS[kind]).layout)


@given(st.data())
def test_nothing_does_in_any_machine(data: st.DataObject) -> None:
    names = data.draw(
        st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=12, unique=True)
    )
    ways = st.lists(st.sampled_from(names), max_size=4)
    states = {
        name: {"Type": "Choice", "Choices": [{"Next": way} for way in data.draw(ways)]}
        for name in names
    }
    picture = picture_of({"StartAt": names[0], "States": states})
    assert set(picture.layout.boxes) == set(names)
    assert_apart(picture.layout)


def assert_apart(layout: Layout) -> None:
    for one, other in combinations(layout.boxes.values(), 2):
        if one.y == other.y:
            assert abs(one.x - other.x) >= (one.width + other.width) / 2
        else:
            assert abs(one.y - other.y) > BOX_HEIGHT
    for box in layout.boxes.values():
        assert box.x - box.width / 2 >= 0 and box.x + box.width / 2 <= layout.width
        assert 0 <= box.y <= layout.height - BOX_HEIGHT
    for line in layout.lines:
        for (x, y), (_, to_y) in pairwise(line.points):
            for name, box in layout.boxes.items():
                # Beside the rows a line bends, and in a row it goes straight down or up.
                is_in_row = min(y, to_y) < box.y + BOX_HEIGHT and max(y, to_y) > box.y
                if is_in_row and name != line.edge.source:
                    assert abs(x - box.x) > box.width / 2


def test_the_training_s_way_to_its_end_is_one_straight_line() -> None:
    boxes = picture_of(DEFINITIONS["training"]).layout.boxes
    way = ["CheckPair", "PairReady", "PickInstance", "ReserveBudget", "BudgetReserved", "Train"]
    way += ["TrainingFinished", "SealModel", "Evaluate", "EvaluationFinished", "Publish"]
    assert len({round(boxes[name].x, 1) for name in way}) == 1
    assert [boxes[name].y for name in way] == sorted(boxes[name].y for name in way)


def test_hostile_names_are_texts_and_nothing_else() -> None:
    name = '"><script>alert(1)</script><a href="javascript:alert(1)">\u202e\x1b[31m'
    states = {name: {"Type": "Pass", "Next": "b"}, "b": {"Type": "Succeed"}}
    svg = svg_of(picture_of({"StartAt": name, "States": states}))
    shown = Drawn(svg)
    assert "script" not in shown.elements and shown.elements.count("a") == 2
    assert not re.search(r"[\u202e\x1b]", svg)
    assert len(shown.edges) == 1


def test_a_state_says_how_it_is_doing_and_leads_to_its_details() -> None:
    picture = picture_of({"StartAt": "a", "States": {"a": {"Type": "Pass", "End": True}}})
    svg = drawn(picture, {"a": Shown("failed", "✗", "failed", "#state-0-inside")}, set(), "x")
    assert '<a class="state failed"' in svg and 'href="#state-0-inside"' in svg
    assert 'aria-label="a: failed"' in svg and "<title>a: failed</title>" in svg
    svg = drawn(picture, {"a": Shown("ahead", "·", "not reached", "")}, set(), "x")
    assert "<a " not in svg and 'role="img"' in svg
