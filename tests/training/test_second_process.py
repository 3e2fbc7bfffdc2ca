"""Work in a second process: its answers, in the same language, whatever becomes of it."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from training.job import second_process as module
from training.job.failure import KnownFailure
from training.job.language import spoken_in, spoken_language
from training.job.second_process import SecondProcess, second_process

OURS = os.getpid()


def told(given: int) -> tuple[int, str, bool]:
    return given, spoken_language(), os.getpid() == OURS


def told_but_not_there(given: int) -> tuple[int, str, bool]:
    if os.getpid() != OURS:
        os.kill(os.getpid(), signal.SIGKILL)
    return told(given)


def fail() -> None:
    raise KnownFailure("Say this.")


def test_it_does_one_thing_after_the_other_and_tells_in_the_same_language() -> None:
    with second_process() as second:
        first = second.begin(told, 1)
        with spoken_in("ko"):
            then = second.begin(told, 2)
        assert (then(), first()) == ((2, "ko", False), (1, "en", False))


@pytest.mark.parametrize("work", [told, told_but_not_there])
def test_what_it_can_t_do_is_done_here(work: Callable[[int], tuple[int, str, bool]]) -> None:
    """There is none, or it was killed; what is begun after that is done here, too."""
    if work is told:
        assert SecondProcess().begin(work, 1)() == (1, "en", True)
        return
    with second_process() as second:
        assert [second.begin(work, 1)(), second.begin(told, 2)()] == [
            (1, "en", True),
            (2, "en", True),
        ]


def test_without_locks_or_memory_for_two_processes_one_does_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise OSError(38, "Function not implemented")

    with second_process() as second:
        monkeypatch.setattr(os, "fork", refuse)
        assert second.begin(told, 1)() == (1, "en", True)
    monkeypatch.setattr(module, "ProcessPoolExecutor", refuse)
    with second_process() as second:
        assert second.begin(told, 2)() == (2, "en", True)


def test_what_is_raised_there_is_raised_where_it_is_asked_for() -> None:
    with second_process() as second:
        answer = second.begin(fail)
        with pytest.raises(KnownFailure, match="Say this"):
            answer()


def test_nobody_waits_for_it_when_something_goes_wrong_here() -> None:
    begun = time.monotonic()
    with pytest.raises(KnownFailure), second_process() as second:
        second.begin(time.sleep, 600)
        second.begin(time.sleep, 600)
        fail()
    assert time.monotonic() - begun < 300
