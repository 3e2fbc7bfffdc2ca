"""Runs a job's program as a process, and listens to it."""

import contextlib
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import psutil

from local.jobs.job import Job
from local.jobs.log import JobLog
from local.jobs.program import Program
from local.jobs.script_mode import ErrorLines

_POLL_SECONDS = 0.05


def exit_code(
    program: Program,
    job: Job,
    log: JobLog,
    said: ErrorLines,
    deadline: float,
    grace_seconds: Callable[[], float],
) -> int:
    """Runs the program to its end and returns its exit code, -N for signal N.

    Args:
        program: what to run.
        job: the job that it is; it may be told to stop.
        log: takes what the program says.
        said: looks at it for errors.
        deadline: when its time is up, on the monotonic clock.
        grace_seconds: how long it may take to end once it is asked to.
    """
    process = subprocess.Popen(
        program.command,
        env=program.environment,
        cwd=program.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    with contextlib.suppress(psutil.NoSuchProcess):
        job.runs_as((process.pid, psutil.Process(process.pid).create_time()))
    reader = threading.Thread(target=_read, args=[process, job, log, said], daemon=True)
    reader.start()
    try:
        while process.poll() is None:
            if job.stop_wanted.is_set() or time.monotonic() >= deadline:
                _terminate(process, grace_seconds())
                break
            # Its output ends with it, as a rule.
            reader.join(_POLL_SECONDS)
            if not reader.is_alive():
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_POLL_SECONDS)
    finally:
        _signal_group(process, signal.SIGKILL)
    reader.join()
    return process.wait()


def _terminate(process: subprocess.Popen[bytes], grace_seconds: float) -> None:
    _signal_group(process, signal.SIGTERM)
    try:
        process.wait(grace_seconds)
    except subprocess.TimeoutExpired:
        _signal_group(process, signal.SIGKILL)
        process.wait()


def _read(process: subprocess.Popen[bytes], job: Job, log: JobLog, said: ErrorLines) -> None:
    """Passes the program's output on, and picks out the metrics that the request defines."""
    definitions = job.request.get("AlgorithmSpecification", {}).get("MetricDefinitions", [])
    patterns = {d["Name"]: re.compile(d["Regex"]) for d in definitions}
    assert process.stdout
    for raw in process.stdout:
        line = raw.decode(errors="replace").rstrip("\n")
        log.write(line)
        said.add(line)
        for name, pattern in patterns.items():
            if found := pattern.search(line):
                job.metrics[name] = (_number(found.group(1)), datetime.now(UTC))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
