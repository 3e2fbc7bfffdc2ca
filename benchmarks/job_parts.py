"""Where the time of a job's program goes: the program is run in a process of its own, some of its
functions timed, and each second is told for the innermost of them.

What a second process does is told in one sum.
"""

import contextlib
import gc
import importlib
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from functools import partial, wraps
from pathlib import Path
from typing import Any

from benchmarks.clocks import Function, put_clock

_ROOT = Path(__file__).resolve().parent.parent

LOADING, REST, SECOND = "loading the program's libraries", "the rest", "the second process"


def parts_of(
    program: str, functions: dict[str, list[str]], environment: dict[str, str]
) -> dict[str, dict[str, float]]:
    """The seconds and processor seconds of each part.

    Args:
        program: the module whose ``main`` is run.
        functions: by the part's name, where they are looked up: "training.evaluate:model_in".
        environment: the program's.
    """
    command = [sys.executable, "-m", "benchmarks.job_parts", program, json.dumps(functions)]
    done = subprocess.run(
        command, check=True, capture_output=True, cwd=_ROOT, env=os.environ | environment
    )
    told: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return told


def _run(program: str, functions: dict[str, list[str]]) -> dict[str, dict[str, float]]:
    watch = _Watch()
    with watch.part(LOADING):
        main = importlib.import_module(program).main
        for name, places in functions.items():
            for place in places:
                put_clock(place, partial(_clocked, watch, name), "training")
    with contextlib.redirect_stdout(io.StringIO()), watch.part(REST):
        main()
    found = {name: watch.found[name] for name in [LOADING, *functions, REST] if name in watch.found}
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    second = {"seconds": 0.0, "processor_seconds": used.ru_utime + used.ru_stime}
    return found | ({SECOND: second} if second["processor_seconds"] else {})


class _Watch:
    """Adds up the time of each part, without that of the parts within it."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, float]] = defaultdict(
            lambda: {"seconds": 0.0, "processor_seconds": 0.0}
        )
        self._open: list[str] = []
        self._since = self._now()
        self._process = os.getpid()

    @contextlib.contextmanager
    def part(self, name: str) -> Any:
        if os.getpid() != self._process:  # a copy of this process tells nothing
            yield
            return
        self._told()
        self._open.append(name)
        try:
            yield
        finally:
            self._told()
            self._open.pop()

    def _told(self) -> None:
        now = self._now()
        if self._open:
            for key, before, after in zip(
                ("seconds", "processor_seconds"), self._since, now, strict=True
            ):
                self.found[self._open[-1]][key] += after - before
        self._since = now

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.monotonic(), time.process_time()


def _clocked(watch: _Watch, name: str, function: Function) -> Function:
    @wraps(function)
    def watched(*given: Any, **options: Any) -> Any:
        with watch.part(name):
            return function(*given, **options)

    return watched


if __name__ == "__main__":
    gc.disable()  # as each program begins
    print(json.dumps(_run(sys.argv[1], json.loads(sys.argv[2]))))
