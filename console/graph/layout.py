"""Where the states of a state machine stand: in rows, each below those that lead to it.

The usual steps of a layered drawing (Sugiyama, Tagawa and Toda 1981): edges that lead back are
turned, each state gets the row behind the last that leads to it, an edge over several rows gets a
point in each of them, the rows are put in an order with few crossings, and each row is moved to
where its neighbours are. The longest way to an end stands in one line.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

import networkx as nx

from console.graph.definition import Edge, Machine

BOX_HEIGHT = 46.0
_ROW_GAP = 44.0
_BOX_GAP = 22.0
_POINT_WIDTH = 10.0
_MARGIN = 16.0
_LOOP_WIDTH = 26.0
_SWEEPS = 24
_SPINE_WEIGHT = 1e6
_POINT_PULL = 8.0

# A state by its name, or one of the points of an edge: the edge's place among all, and the row.
_Node = str | tuple[int, int]


@dataclass(frozen=True)
class Box:
    """A state's place: the middle of its upper side, and its width."""

    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Line:
    """An edge's way: the points that it goes through, upright, from its source to its target."""

    edge: Edge
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Layout:
    """Where everything stands, and how large the picture is."""

    boxes: Mapping[str, Box]
    lines: tuple[Line, ...]
    width: float
    height: float


@dataclass(frozen=True)
class _Rows:
    """The nodes row by row, and which of them are neighbours, from the upper to the lower row."""

    rows: list[list[_Node]]
    down: "nx.DiGraph[_Node]"
    chains: list[list[_Node]]


def layout_of(machine: Machine, widths: Mapping[str, float]) -> Layout:
    """The places of a machine's states, whose boxes have the ``widths``."""
    acyclic, turned = _without_cycles(machine)
    spine = _spine(machine, acyclic, turned)
    rows = _rows(machine, acyclic, turned)
    _put_in_order(rows)
    xs = _positions(rows, widths, set(spine))
    return _placed(machine, rows, xs, widths, spine)


def _without_cycles(machine: Machine) -> tuple["nx.DiGraph[str]", set[Edge]]:
    """The states and edges with those turned that lead back, and which these are."""
    following: dict[str, list[Edge]] = {name: [] for name in machine.states}
    for edge in machine.edges:
        following[edge.source].append(edge)
    turned: set[Edge] = set()
    seen: set[str] = set()
    for start in machine.states:
        way: dict[str, Iterator[Edge]] = {}
        if start not in seen:
            seen.add(start)
            way[start] = iter(following[start])
        while way:
            last = next(reversed(way))
            onward = next(way[last], None)
            if onward is None:
                del way[last]
            elif onward.target in way:
                turned.add(onward)
            elif onward.target not in seen:
                seen.add(onward.target)
                way[onward.target] = iter(following[onward.target])
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(machine.states)
    for edge in machine.edges:
        if edge.source != edge.target:
            ends = (edge.source, edge.target)
            graph.add_edge(*(reversed(ends) if edge in turned else ends))
    return graph, turned


def _spine(machine: Machine, acyclic: "nx.DiGraph[str]", turned: set[Edge]) -> list[str]:
    """The longest way from the start to a state that nothing follows, by no error."""
    if not machine.states:
        return []
    start = next(iter(machine.states))
    leading_on = {edge.source for edge in machine.edges}
    before: dict[str, list[str]] = {start: [start]}
    onward = {
        (edge.source, edge.target)
        for edge in machine.edges
        if edge not in turned and edge.kind == "next"
    }
    for name in nx.topological_sort(acyclic):
        for following in acyclic.successors(name):
            if name in before and (name, following) in onward:
                way = [*before[name], following]
                if len(way) > len(before.get(following, [])):
                    before[following] = way
    ends = [way for name, way in before.items() if name not in leading_on]
    return max(ends, key=len, default=[start])


def _rows(machine: Machine, acyclic: "nx.DiGraph[str]", turned: set[Edge]) -> _Rows:
    rows: list[list[_Node]] = []
    rank: dict[str, int] = {}
    order = {name: at for at, name in enumerate(machine.states)}
    for at, generation in enumerate(nx.topological_generations(acyclic)):
        names = sorted(generation, key=order.__getitem__)
        rank |= dict.fromkeys(names, at)
        rows.append(list(names))
    down: nx.DiGraph[_Node] = nx.DiGraph()
    for row in rows:
        down.add_nodes_from(row)
    chains: list[list[_Node]] = []
    for number, edge in enumerate(machine.edges):
        upper, lower = edge.source, edge.target
        if edge in turned:
            upper, lower = lower, upper
        points: list[_Node] = [(number, at) for at in range(rank[upper] + 1, rank[lower])]
        for at, point in enumerate(points, rank[upper] + 1):
            rows[at].append(point)
        chain: list[_Node] = [upper, *points, lower]
        if upper != lower:
            nx.add_path(down, chain)
        chains.append(chain[::-1] if edge in turned else chain)
    return _Rows(rows, down, chains)


def _put_in_order(rows: _Rows) -> None:
    """Each row by the middle of its neighbours in the row before, downwards and upwards in turn;
    the order with the fewest crossings stays."""
    best, fewest = [list(row) for row in rows.rows], _crossings(rows)
    for sweep in range(_SWEEPS):
        is_down = sweep % 2 == 0
        for at in range(1, len(rows.rows)) if is_down else range(len(rows.rows) - 2, -1, -1):
            beside = rows.rows[at - 1 if is_down else at + 1]
            places = {node: place for place, node in enumerate(beside)}
            neighbours = rows.down.pred if is_down else rows.down.succ
            middles = {
                node: fmean([places[n] for n in neighbours[node]] or [float(place)])
                for place, node in enumerate(rows.rows[at])
            }
            rows.rows[at].sort(key=middles.__getitem__)
        if (crossings := _crossings(rows)) < fewest:
            best, fewest = [list(row) for row in rows.rows], crossings
    rows.rows[:] = best


def _crossings(rows: _Rows) -> int:
    crossings = 0
    for upper, lower in pairwise(rows.rows):
        places = {node: place for place, node in enumerate(lower)}
        ends = [sorted(places[n] for n in rows.down.succ[node]) for node in upper]
        for at, mine in enumerate(ends):
            for others in ends[at + 1 :]:
                crossings += sum(one > other for one in mine for other in others)
    return crossings


def _positions(rows: _Rows, widths: Mapping[str, float], spine: set[str]) -> dict[_Node, float]:
    """The middle of each node, so that none is nearer to the next than its width allows."""
    xs: dict[_Node, float] = {}
    for row in rows.rows:
        xs |= dict(zip(row, _apart(row, [0.0] * len(row), widths, spine), strict=True))
    for sweep in range(_SWEEPS):
        is_down = sweep % 2 == 0
        for row in rows.rows if is_down else reversed(rows.rows):
            wanted = [_wanted(node, rows, xs, spine) for node in row]
            xs |= dict(zip(row, _apart(row, wanted, widths, spine), strict=True))
    return xs


def _wanted(node: _Node, rows: _Rows, xs: Mapping[_Node, float], spine: set[str]) -> float:
    if node in spine:
        return 0.0
    around = [*rows.down.pred[node], *rows.down.succ[node]]
    # Along its points an edge is straight, and bends at its ends.
    pulls = [1.0 if isinstance(n, str) or isinstance(node, str) else _POINT_PULL for n in around]
    return fmean([xs[n] for n in around], pulls) if around else xs[node]


def _apart(
    row: Sequence[_Node], wanted: Sequence[float], widths: Mapping[str, float], spine: set[str]
) -> list[float]:
    """The places nearest to those wanted (least squares) that leave room between all.

    Whatever collides becomes a block, which stands where its parts want to be on average.
    """
    offsets, blocks = [0.0], list[tuple[float, float, int]]()
    for left, right in pairwise(row):
        room = (_width(left, widths) + _width(right, widths)) / 2 + _BOX_GAP
        offsets.append(offsets[-1] + room)
    for node, x, offset in zip(row, wanted, offsets, strict=False):
        weight = _SPINE_WEIGHT if node in spine else 1.0
        place, number = x - offset, 1
        while blocks and blocks[-1][0] > place:
            before, its_weight, its_number = blocks.pop()
            place = (before * its_weight + place * weight) / (its_weight + weight)
            weight, number = weight + its_weight, number + its_number
        blocks.append((place, weight, number))
    places = [place for place, _, number in blocks for _ in range(number)]
    return [place + offset for place, offset in zip(places, offsets, strict=False)]


def _width(node: _Node, widths: Mapping[str, float]) -> float:
    return widths[node] if isinstance(node, str) else _POINT_WIDTH


def _placed(
    machine: Machine,
    rows: _Rows,
    xs: Mapping[_Node, float],
    widths: Mapping[str, float],
    spine: Sequence[str],
) -> Layout:
    loops = {edge.source for edge in machine.edges if edge.source == edge.target}
    left = min((x - _width(node, widths) / 2 for node, x in xs.items()), default=0.0) - _MARGIN
    right = max(
        (
            x + _width(node, widths) / 2 + (_LOOP_WIDTH if node in loops else 0)
            for node, x in xs.items()
        ),
        default=0.0,
    )
    boxes: dict[str, Box] = {}
    ys: dict[_Node, float] = {}
    for at, row in enumerate(rows.rows):
        for node in row:
            ys[node] = _MARGIN + at * (BOX_HEIGHT + _ROW_GAP)
            if isinstance(node, str):
                boxes[node] = Box(xs[node] - left, ys[node], widths[node])
    middles = {node: x - left for node, x in xs.items()}
    straight = set(pairwise(spine))
    ports = _ports(rows, middles, boxes, straight)
    lines = (
        _line(edge, chain, number, middles, ys, ports)
        if edge.source != edge.target
        else _loop(edge, boxes[edge.source])
        for number, (edge, chain) in enumerate(zip(machine.edges, rows.chains, strict=True))
    )
    height = max(ys.values(), default=0.0) + BOX_HEIGHT + _MARGIN
    return Layout(boxes, tuple(lines), right - left + _MARGIN, height)


_Ports = Mapping[tuple[int, str], float]


def _ports(
    rows: _Rows,
    middles: Mapping[_Node, float],
    boxes: Mapping[str, Box],
    straight: AbstractSet[tuple[str, str]],
) -> dict[tuple[int, str], float]:
    """Where on its box each edge begins or ends: in the order of where it comes from or goes.

    Those of the longest way, which are ``straight``, do so in the middle.
    """
    sides: dict[tuple[str, bool], list[tuple[float, int]]] = {}
    rank = {node: at for at, row in enumerate(rows.rows) for node in row}
    for number, chain in enumerate(rows.chains):
        if chain[0] == chain[-1]:
            continue
        for end, beside in ((chain[0], chain[1]), (chain[-1], chain[-2])):
            assert isinstance(end, str)
            sides.setdefault((end, rank[beside] > rank[end]), []).append((middles[beside], number))
    ports = {}
    for (name, _), edges in sides.items():
        edges.sort()
        ends = [(rows.chains[number][0], rows.chains[number][-1]) for _, number in edges]
        middle = next((at for at, each in enumerate(ends) if each in straight), None)
        first = (len(edges) - 1) / 2 if middle is None else float(middle)
        step = min(boxes[name].width * 0.4 / max(first, len(edges) - 1 - first, 1), 26.0)
        for place, (_, number) in enumerate(edges):
            ports[number, name] = boxes[name].x + (place - first) * step
    return ports


def _line(
    edge: Edge,
    chain: Sequence[_Node],
    number: int,
    middles: Mapping[_Node, float],
    ys: Mapping[_Node, float],
    ports: _Ports,
) -> Line:
    is_upward = ys[chain[0]] > ys[chain[-1]]
    points: list[tuple[float, float]] = []
    for node in chain:
        if isinstance(node, str):
            leaves = (node == edge.source) != is_upward
            points.append((ports[number, node], ys[node] + (BOX_HEIGHT if leaves else 0.0)))
        else:
            sides = [ys[node], ys[node] + BOX_HEIGHT]
            points.extend((middles[node], y) for y in (reversed(sides) if is_upward else sides))
    return Line(edge, tuple(points))


def _loop(edge: Edge, box: Box) -> Line:
    side = box.x + box.width / 2
    upper, lower = box.y + BOX_HEIGHT * 0.3, box.y + BOX_HEIGHT * 0.7
    out = side + _LOOP_WIDTH * 0.8
    return Line(edge, ((side, upper), (out, upper), (out, lower), (side, lower)))
