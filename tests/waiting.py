"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable
from typing import TypeVar

LONGEST_SECONDS = 900  # on a busy machine
LONGEST_PAUSE = 2.0
_SHORTEST_PAUSE = 0.1

_Found = TypeVar("_Found")


def wait_until(
    condition: Callable[[], _Found | None], longest_pause: float = LONGEST_PAUSE
) -> _Found:
    """Waits until the condition gives something that is true, and gives that.

    It asks less often the longer it takes: asking, too, takes time of the processors that what is
    waited for needs. Where it takes none, ``longest_pause`` may be short.
    """
    begun = time.monotonic()
    while not (found := condition()):
        waited = time.monotonic() - begun
        assert waited < LONGEST_SECONDS, "waited too long"
        time.sleep(min(max(_SHORTEST_PAUSE, waited / 4), longest_pause))
    return found
