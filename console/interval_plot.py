"""Values with their confidence intervals below one another, laid out for an SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 360
_LEFT, _RIGHT = 46, 24
_ROW, _AXIS = 30, 34
_TICKS = 4


@dataclass(frozen=True)
class Value:
    """A value called ``label``, with its interval if it has one."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class PlacedValue:
    """Where a value is drawn, and the ends of its interval, None where it has none."""

    label: str
    y: float
    x: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Tick:
    """A line of the grid, and the number below it."""

    x: float
    text: str


@dataclass(frozen=True)
class IntervalPlot:
    """The whole plot; ``zero`` is where 0 is, if it is to be seen."""

    height: float
    axis: float
    values: Sequence[PlacedValue]
    ticks: Sequence[Tick]
    zero: float | None

    @property
    def width(self) -> int:
        """That of every plot."""
        return WIDTH


def interval_plot(values: Sequence[Value], *, with_zero: bool = False) -> IntervalPlot | None:
    """The ``values``, all of them finite, on one axis; None where there are none."""
    numbers = [n for v in values for n in (v.value, v.low, v.high) if n is not None]
    if not values:
        return None
    least, most = min(numbers), max(numbers)
    if with_zero:
        least, most = min(least, 0.0), max(most, 0.0)
    room = most - least or abs(most) or 1.0
    least, most = least - room * 0.05, most + room * 0.05

    def x(number: float) -> float:
        return round(_LEFT + (number - least) / (most - least) * (WIDTH - _LEFT - _RIGHT), 1)

    def maybe(number: float | None) -> float | None:
        return None if number is None else x(number)

    placed = [
        PlacedValue(v.label, _ROW * (n + 0.5), x(v.value), maybe(v.low), maybe(v.high))
        for n, v in enumerate(values)
    ]
    axis = _ROW * len(values) + 4.0
    ticks = [Tick(x(number), text) for number, text in _round_numbers(least, most)]
    return IntervalPlot(axis + _AXIS, axis, placed, ticks, x(0.0) if with_zero else None)


def _round_numbers(least: float, most: float) -> list[tuple[float, str]]:
    """Some round numbers between the two, as people write them."""
    rough = (most - least) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    digits = max(0, -math.floor(math.log10(step)))
    first, last = math.ceil(least / step), math.floor(most / step)
    return [(n * step, f"{n * step:,.{digits}f}") for n in range(first, last + 1)]
