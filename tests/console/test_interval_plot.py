"""Where the dots, the intervals and the numbers of a plot are drawn."""

import pytest

from console.interval_plot import WIDTH, Value, interval_plot

SPREAD = [Value("A", 0.97, 0.92, 0.99), Value("B", 0.95, 0.9, 0.98), Value("C", 0.96)]


@pytest.mark.parametrize(
    "values",
    [
        SPREAD,
        [Value("A", 0.0)],
        [Value("A", 5.0), Value("B", 5.0)],
        [Value("A", 123456.7, 120000.0, 130000.0), Value("B", -4.0)],
        [Value("A", 1e-9, 0.0, 2e-9)],
    ],
)
@pytest.mark.parametrize("with_zero", [False, True])
def test_all_of_it_is_inside_and_in_order(values: list[Value], with_zero: bool) -> None:
    plot = interval_plot(values, with_zero=with_zero)
    assert plot
    for value in plot.values:
        assert 0 < value.y < plot.axis < plot.height
        if value.low is not None and value.high is not None:
            assert value.low <= value.x <= value.high
    drawn = [x for v in plot.values for x in (v.low, v.x, v.high) if x is not None]
    drawn += [tick.x for tick in plot.ticks] + ([plot.zero] if plot.zero is not None else [])
    assert all(0 < x < WIDTH for x in drawn)
    assert (plot.zero is not None) == with_zero
    assert 2 <= len(plot.ticks) <= 6
    assert len({tick.text for tick in plot.ticks}) == len(plot.ticks), "numbers that look alike"


def test_what_is_larger_is_further_to_the_right() -> None:
    plot = interval_plot(SPREAD, with_zero=True)
    assert plot and plot.zero is not None
    a, b, c = (value.x for value in plot.values)
    assert plot.zero < b < c < a
    assert plot.values[2].low is None


def test_nothing_has_no_plot() -> None:
    assert interval_plot([]) is None
