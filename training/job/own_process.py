"""Work in a process of its own, whose end is not the end of the job.

The process begins afresh and is no copy: libraries that compute with threads stand still in a copy.
"""

import contextlib
import multiprocessing
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from training.job.language import spoken_in, spoken_language

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_Answer = TypeVar("_Answer")

_spawn = multiprocessing.get_context("spawn")


class Died(Exception):
    """The process ended without an answer, with ``exit_code``, which is -N for signal N."""

    def __init__(self, exit_code: int | None) -> None:
        super().__init__(f"exit code {exit_code}")
        self.exit_code = exit_code


def in_own_process(seconds: float, work: Callable[..., _Answer], *given: Any) -> _Answer:
    """What ``work(*given)`` returns in a process of its own, which tells in the same language.

    Raises:
        TimeoutError: there was no answer within ``seconds``.
        Died: the process ended without one.
        Exception: whatever the work raised.
    """
    ours, theirs = _spawn.Pipe(duplex=False)
    process = _spawn.Process(target=_answer, args=(theirs, spoken_language(), work, given))
    process.start()
    theirs.close()
    answer: Any
    try:
        in_time = ours.poll(seconds)
        answer, failure = ours.recv() if in_time else (None, TimeoutError())
    except EOFError:
        process.join()
        raise Died(process.exitcode) from None
    finally:
        process.kill()
        process.join()
        ours.close()
    if failure:
        raise failure
    return answer  # type: ignore[no-any-return]


def _answer(
    answers: "Connection[Any, Any]", language: str, work: Callable[..., Any], given: tuple[Any, ...]
) -> None:
    """Runs in the process."""
    end_first()
    with spoken_in(language):
        try:
            answers.send((work(*given), None))
        except Exception as error:  # noqa: BLE001 (it is raised on the other side)
            traceback.print_exc()
            answers.send((None, error))


def end_first() -> None:
    """Has Linux end this process, and not the job's, if memory runs out (man 5 proc)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
