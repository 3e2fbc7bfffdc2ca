"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable
from typing import TypeVar

LONGEST_SECONDS = 900  # on a busy machine
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0

_Found = TypeVar("_Found")


def wait_until(condition: Callable[[], _Found | None]) -> _Found:
    """Waits until the condition gives something that is true, and gives that.

    It asks less often the longer it takes: asking, too, takes time of the processors that what is
    waited for needs.
    """
    begun = time.monotonic()
    while not (found := condition()):
        waited = time.monotonic() - begun
        assert waited < LONGEST_SECONDS, "waited too long"
        time.sleep(min(max(_SHORTEST_PAUSE, waited / 4), _LONGEST_PAUSE))
    return found
