"""What benchmarks put clocks in: what has moved would silently count for another part."""

import pytest

from benchmarks import check_parts, evaluation, load_parts, predict
from benchmarks.clocks import Function, put_clock

_PLACES = [
    place
    for measured in (check_parts, evaluation, load_parts, predict)
    for places in measured.PARTS.values()
    for place in places
]


def _as_it_is(function: Function) -> Function:
    return function


@pytest.mark.parametrize("place", _PLACES)
def test_every_part_is_where_its_clock_is_put(place: str) -> None:
    put_clock(place, _as_it_is)


@pytest.mark.parametrize("place", ["json:gone", "json:JSONEncoder.gone", "json:Gone.encode"])
def test_a_part_that_is_gone_is_told(place: str) -> None:
    with pytest.raises(LookupError, match=place):
        put_clock(place, _as_it_is)
