"""What the collector of garbage need not look at."""

import gc
from collections.abc import Iterator

import pytest

from training.job.garbage import collect_from_now_on


@pytest.fixture
def collecting_nothing() -> Iterator[None]:
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


@pytest.mark.usefixtures("collecting_nothing")
def test_only_what_comes_later_is_collected() -> None:
    class Circle:
        pass

    there = Circle()
    collect_from_now_on()
    later = Circle()
    assert gc.isenabled()
    looked_at = {id(tracked) for tracked in gc.get_objects()}
    assert id(later) in looked_at
    assert id(there) not in looked_at
