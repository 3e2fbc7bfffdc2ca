"""One poller for each subject, and events that bring what has changed."""

import asyncio
import functools
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from console.live.hub import Hub, Trouble


def in_a_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """The test in a loop of a thread of its own: the main one has that of a driven browser."""

    @functools.wraps(test)
    def run() -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, test()).result()

    del run.__wrapped__  # else pytest takes it for a coroutine
    return run


class Counted:
    """Something to read, which says how often it was read and changes when it is told to."""

    def __init__(self) -> None:
        self.reads = 0
        self.value: Any = "first"
        self._lock = threading.Lock()

    def __call__(self) -> Any:
        with self._lock:
            self.reads += 1
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


@in_a_loop
async def test_many_viewers_have_one_poller_which_ends_with_the_last() -> None:
    hub, read = Hub(), Counted()
    viewers = [hub.snapshots("runs", read, 0.01) for _ in range(50)]
    assert await asyncio.gather(*map(anext, viewers)) == ["first"] * 50
    assert read.reads == 1
    waiting = [asyncio.ensure_future(anext(viewer)) for viewer in viewers]
    while read.reads < 3:
        await asyncio.sleep(0.01)
    assert not any(future.done() for future in waiting), "nothing has changed"
    read.value = "second"
    assert await asyncio.gather(*waiting) == ["second"] * 50
    for viewer in viewers:
        await viewer.aclose()  # type: ignore[attr-defined]
    await asyncio.sleep(0.05)
    before = read.reads
    await asyncio.sleep(0.1)
    assert read.reads == before


@in_a_loop
async def test_trouble_is_told_once_and_passes() -> None:
    hub, read = Hub(), Counted()
    read.value = OSError("the disk is gone")
    viewer = hub.snapshots("runs", read, 0.01)
    told = await anext(viewer)
    assert isinstance(told, Trouble) and str(told.error) == "the disk is gone"
    waiting = asyncio.ensure_future(anext(viewer))
    while read.reads < 3:
        await asyncio.sleep(0.01)
    assert not waiting.done()
    read.value = "again"
    assert await waiting == "again"
    await hub.stop()


@in_a_loop
async def test_what_takes_long_to_read_holds_up_nothing_else() -> None:
    hub, quick, go_on = Hub(), Counted(), threading.Event()
    slow = [hub.snapshots(f"slow {n}", lambda: go_on.wait(20), 0.01) for n in range(40)]
    waiting = [asyncio.ensure_future(anext(viewer)) for viewer in slow]
    try:
        await asyncio.sleep(0.1)
        async with asyncio.timeout(5):
            assert await anext(hub.snapshots("quick", quick, 0.01)) == "first"
            assert await asyncio.to_thread(lambda: "an upload") == "an upload"
    finally:
        go_on.set()
    assert await asyncio.gather(*waiting) == [True] * 40
    await hub.stop()
