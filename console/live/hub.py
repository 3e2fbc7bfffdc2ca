"""What changes while people look at it, read by one poller for each subject."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

Read = Callable[[], Any]

# Of their own: a read may take minutes and can't be ended, though nobody looks any more, and the
# few threads that asyncio has would all wait for such ones, and uploads with them.
_THREADS = 64


@dataclass(frozen=True)
class Trouble:
    """Reading failed; the pages say so, and go on as soon as it works again."""

    error: Exception


@dataclass
class _Subject:
    poller: "asyncio.Task[None]"
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    latest: Any = None
    version: int = 0
    viewers: int = 0


class Hub:
    """Reads each subject once, however many look at it; nobody looks, nothing is read."""

    def __init__(self) -> None:
        self._subjects: dict[str, _Subject] = {}
        self._threads = ThreadPoolExecutor(_THREADS, "live")

    async def snapshots(self, name: str, read: Read, every: float) -> AsyncIterator[Any]:
        """What ``read`` returns at first, and then whenever that has changed, or a
        :class:`Trouble`. It is called in a thread, with ``every`` seconds in between; what it
        returns is in no language, for its viewers may speak different ones."""
        subject = self._subjects.get(name)
        if subject is None:
            subject = _Subject(asyncio.create_task(self._poll(name, read, every)))
            self._subjects[name] = subject
        subject.viewers += 1
        seen = 0
        try:
            while True:
                async with subject.changed:
                    while subject.version == seen:
                        await subject.changed.wait()
                    seen, latest = subject.version, subject.latest
                yield latest
        finally:
            subject.viewers -= 1
            if not subject.viewers and name in self._subjects:
                del self._subjects[name]
                subject.poller.cancel()

    async def stop(self) -> None:
        """Ends all pollers."""
        pollers = [subject.poller for subject in self._subjects.values()]
        self._subjects.clear()
        for poller in pollers:
            poller.cancel()
            with suppress(asyncio.CancelledError):
                await poller
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _poll(self, name: str, read: Read, every: float) -> None:
        loop = asyncio.get_running_loop()
        while True:
            subject = self._subjects[name]
            try:
                found = await loop.run_in_executor(self._threads, copy_context().run, read)
            except Exception as error:  # noqa: BLE001 - whatever it is, the viewers are told
                found = Trouble(error)
            if not subject.version or not _is_same(found, subject.latest):
                async with subject.changed:
                    subject.latest = found
                    subject.version += 1
                    subject.changed.notify_all()
            await asyncio.sleep(every)


def _is_same(found: Any, latest: Any) -> bool:
    if isinstance(found, Trouble) and isinstance(latest, Trouble):
        return str(found.error) == str(latest.error)
    return bool(found == latest)
