"""Work in a process of its own: what comes back, and that its end is not this one's."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from training.job.failure import KnownFailure
from training.job.language import spoken_in, spoken_language
from training.job.own_process import Died, in_own_process
from training.model.trained_model import OtherVersions


def told(*given: int) -> tuple[list[int], str]:
    return list(given), spoken_language()


def oom_score() -> str:
    return Path("/proc/self/oom_score_adj").read_text(encoding="ascii").strip()


def fail(error: Exception) -> None:
    raise error


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def end() -> None:
    os._exit(3)


def test_the_answer_comes_back_and_is_told_in_the_same_language() -> None:
    with spoken_in("ko"):
        given, language = in_own_process(60, told, 1, 2)
    assert (given, language) == ([1, 2], "ko")
    assert in_own_process(60, os.getpid) != os.getpid()


def test_where_memory_runs_out_the_process_is_the_first_to_end() -> None:
    assert in_own_process(60, oom_score) == "1000" != oom_score()


@pytest.mark.parametrize("failure", [KnownFailure("Say this."), MemoryError("too much")])
def test_what_is_raised_there_is_raised_here(failure: Exception) -> None:
    with pytest.raises(type(failure), match=str(failure)):
        in_own_process(60, fail, failure)
    with pytest.raises(OtherVersions) as raised:
        in_own_process(60, fail, OtherVersions("A 1", "A 2"))
    assert (raised.value.saved, raised.value.here) == ("A 1", "A 2")


@pytest.mark.parametrize(("work", "code"), [(kill, -signal.SIGKILL), (end, 3)])
def test_a_process_that_ends_without_an_answer_is_told_of(
    work: Callable[[], None], code: int
) -> None:
    with pytest.raises(Died) as died:
        in_own_process(60, work)
    assert died.value.exit_code == code


def test_a_process_that_takes_too_long_is_ended() -> None:
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        in_own_process(0.1, time.sleep, 600)
    assert time.monotonic() - begun < 60
