"""A model that is kept running: its process is started again whenever it ends."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from local.hosting.process import ModelProcess, NoAnswer, ProcessGone, Reply

# A container must answer within 60 seconds (API reference, InvokeEndpoint).
ANSWER_SECONDS = 60
_WATCH_SECONDS = 0.2
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 30
# A server that ends so often before it is ready won't be.
_STARTS = 3


class NotServing(Exception):
    """The model's server did not get ready; the text says why."""


class Retired(Exception):
    """Another deployment has taken this one's place."""


class Deployment:
    """One model's process, watched.

    Args:
        folder: as :class:`ModelProcess` has it.
        environment: the container's variables.
        memory_mb: how much memory the process may hold; it is ended above it, as on AWS.
        log: takes each line that it prints.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        memory_mb: float,
        log: Callable[[str], None],
    ) -> None:
        self.folder = folder
        self._environment = environment
        self._memory_mb = memory_mb
        self._log = log
        self._changed = threading.Condition()
        self._process: ModelProcess | None = None
        self._in_flight = 0
        self._is_retired = False
        self._is_over = threading.Event()
        self._watcher: threading.Thread | None = None

    def start(self, ready_seconds: float) -> None:
        """Starts the process and waits until it serves.

        Raises:
            NotServing: it does not within the time.
        """
        deadline = time.monotonic() + ready_seconds
        for _ in range(_STARTS):
            process = self._started(deadline - time.monotonic())
            if process:
                self._watcher = threading.Thread(target=self._watch, args=[process], daemon=True)
                self._watcher.start()
                return
            if time.monotonic() >= deadline or self._is_over.wait(_FIRST_PAUSE_SECONDS):
                break
        raise NotServing("did not pass the ping health check")

    @property
    def pid(self) -> int | None:
        """The number of the process that serves now."""
        with self._changed:
            return self._process.pid if self._process else None

    def answer(
        self, headers: Mapping[str, str], body: bytes, seconds: float = ANSWER_SECONDS
    ) -> Reply:
        """Answers one request; one whose process ends meanwhile is sent to the next one, once.

        Raises:
            Retired: requests have to go to another deployment.
            NoAnswer: there is none within ``seconds``.
            ProcessGone: the process ended, twice.
        """
        deadline = time.monotonic() + seconds
        with self._counted():
            with contextlib.suppress(ProcessGone):
                return self._ask(headers, body, deadline)
            return self._ask(headers, body, deadline)

    def retire(self) -> None:
        """Takes no new request, lets those under way finish, and ends."""
        with self._changed:
            self._is_retired = True
            self._changed.wait_for(lambda: not self._in_flight, ANSWER_SECONDS)
        self.end()

    def end(self) -> None:
        """Ends the process at once."""
        self._is_over.set()
        with self._changed:
            process, self._process = self._process, None
            self._is_retired = True
            self._changed.notify_all()
        if process:
            process.kill()
        if self._watcher:
            self._watcher.join()

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        with self._changed:
            if self._is_retired:
                raise Retired
            self._in_flight += 1
        try:
            yield
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    def _ask(self, headers: Mapping[str, str], body: bytes, deadline: float) -> Reply:
        with self._changed:
            is_there = self._changed.wait_for(
                lambda: self._process or self._is_over.is_set(), deadline - time.monotonic()
            )
            process = self._process
        if process is None:
            raise ProcessGone if is_there else NoAnswer
        try:
            return process.ask("POST", "/invocations", headers, body, deadline - time.monotonic())
        except ProcessGone:
            if process.ends_within(_WATCH_SECONDS):
                self._forget(process)
            raise

    def _started(self, seconds: float) -> ModelProcess | None:
        """A process that serves; None where it does not within the time."""
        process = ModelProcess(self.folder, self._environment, self._log)
        if process.is_ready(seconds, self._is_over.is_set):
            with self._changed:
                if not self._is_over.is_set():
                    self._process = process
                    self._changed.notify_all()
                    return process
        process.kill()
        return None

    def _forget(self, process: ModelProcess) -> None:
        with self._changed:
            if self._process is process:
                self._process = None

    def _watch(self, process: ModelProcess | None) -> None:
        pause = float(_FIRST_PAUSE_SECONDS)
        while not self._is_over.wait(_WATCH_SECONDS if process else pause):
            if process is None:
                process = self._started(ANSWER_SECONDS)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            elif process.has_ended or self._is_too_large(process):
                self._forget(process)
                process.kill()
                self._log("The server has ended; it is started again.")
                process = None
            else:
                pause = float(_FIRST_PAUSE_SECONDS)

    def _is_too_large(self, process: ModelProcess) -> bool:
        is_too_large = process.memory_mb > self._memory_mb
        if is_too_large:
            self._log(f"The server held more than {self._memory_mb:.0f} MB and is ended.")
        return is_too_large
