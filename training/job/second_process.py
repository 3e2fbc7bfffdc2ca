"""Work that a second process does while this one does other work.

The process is a copy of this one, so that it need not load what is loaded already. Libraries that
compute with threads stand still in a copy: begin it before any of them has computed.
"""

import multiprocessing
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from training.job.language import spoken_in, spoken_language
from training.job.own_process import end_first

_Answer = TypeVar("_Answer")


class SecondProcess:
    """Does one piece of work after the other. Without a process of its own, ``pool``, this one does
    each when its answer is asked for; so it does where that process has ended too early."""

    def __init__(self, pool: ProcessPoolExecutor | None = None) -> None:
        self._pool = pool

    def begin(self, work: Callable[..., _Answer], *given: Any) -> Callable[[], _Answer]:
        """Begins ``work(*given)``; the function that is returned waits for its answer.

        The work tells in the language that is spoken now. What it raises, the function raises.
        """
        here = partial(work, *given)
        if self._pool is None:
            return here
        try:
            begun = self._pool.submit(_speaking, spoken_language(), here)
        except (BrokenProcessPool, OSError):  # it has ended, or there is no memory for a copy
            return here

        def answer() -> _Answer:
            try:
                return begun.result()
            except BrokenProcessPool as error:
                print(f"The second process has ended: {error}")
                return here()

        return answer


@contextmanager
def second_process() -> Iterator[SecondProcess]:
    """A process that lives until the block ends and its work is done, or until the block fails;
    none where there can't be one."""
    pool = _pool()
    if pool is None:
        yield SecondProcess()
        return
    with pool:
        try:
            yield SecondProcess(pool)
        except BaseException:
            # What it does, and what it was to do then, nobody waits for any more.
            for process in list(pool._processes.values()):  # noqa: SLF001 (public since Python 3.14)
                process.kill()
            raise


def _pool() -> ProcessPoolExecutor | None:
    if sys.platform != "linux":  # copies are not safe on macOS
        return None
    fork = multiprocessing.get_context("fork")
    try:
        return ProcessPoolExecutor(1, fork, initializer=end_first)
    except OSError as error:  # a container without /dev/shm has no locks for two processes
        print(f"There is no second process: {error}")
        return None


def _speaking(language: str, work: Callable[[], _Answer]) -> _Answer:
    with spoken_in(language):
        return work()
