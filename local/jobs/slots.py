"""Turns: as many jobs at once as there are slots, the others in the order in which they came."""

import threading

from local.jobs.job import Job


class Slots:
    """Who waits costs nothing but its thread: a thousand may wait."""

    def __init__(self, number: int) -> None:
        self._free = number
        self._waiting: dict[str, threading.Event] = {}
        self._lock = threading.Lock()

    def take(self, job: Job) -> bool:
        """Waits for the job's turn; False if it is told to stop before."""
        turn = threading.Event()
        with self._lock:
            if job.stop_wanted.is_set():
                return False
            if self._free > 0:
                self._free -= 1
                return True
            self._waiting[job.arn] = turn
        turn.wait()
        with self._lock:
            # Whose turn has come is no longer among those who wait.
            return self._waiting.pop(job.arn, None) is None

    def give_back(self) -> None:
        """Lets the next job go on."""
        self.add(1)

    def add(self, number: int) -> None:
        """Makes so many more slots, or fewer: then those that are taken are not given on."""
        with self._lock:
            self._free += number
            while self._free > 0 and self._waiting:
                self._free -= 1
                self._waiting.pop(next(iter(self._waiting))).set()

    def wake(self, job: Job) -> None:
        """Lets a job that waits see that it is told to stop."""
        with self._lock:
            if turn := self._waiting.get(job.arn):
                turn.set()
