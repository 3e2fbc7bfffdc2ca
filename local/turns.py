"""Work that takes turns: thousands of calls at once, in as many threads as the machine bears."""

import threading
from collections import deque
from collections.abc import Callable


class Turns:
    """At most so many threads, which end when there is nothing to do.

    They are daemons: local mode can end while work waits for its turn.
    """

    def __init__(self, threads: int) -> None:
        self._most = threads
        self._threads = 0
        self._waiting: deque[Callable[[], object]] = deque()
        self._lock = threading.Lock()

    def take(self, work: Callable[[], object]) -> None:
        """Does the work when it is its turn; returns at once."""
        with self._lock:
            self._waiting.append(work)
            if self._threads == self._most:
                return
            self._threads += 1
        threading.Thread(target=self._go_on, daemon=True).start()

    def _go_on(self) -> None:
        while work := self._next():
            try:
                work()
            except Exception as error:  # noqa: BLE001 (the others have their turns all the same)
                threading.excepthook(
                    threading.ExceptHookArgs((type(error), error, error.__traceback__, None))
                )

    def _next(self) -> Callable[[], object] | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._threads -= 1
            return None
