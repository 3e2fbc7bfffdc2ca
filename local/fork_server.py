"""Starts the processes of Lambda functions: each is a fork of one that has loaded boto3 already.

Loading it took two thirds of a function's start, and what a layer holds takes even longer. The
forks hold nothing of this project's; see local/lambda_runtime.py for what happens on the other
side.
"""

import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

_RUNTIME = Path(__file__).with_name("lambda_runtime.py")
_LENGTH = struct.Struct("!I")
_TOLD = struct.Struct("!i")
# A process with threads can't be forked safely, and numpy and pyarrow would start some.
_NO_THREADS = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}


class Forked:
    """A process of the fork server: what one needs of subprocess.Popen, for it is no own child."""

    def __init__(self, stdin: BinaryIO, stdout: BinaryIO, told: socket.socket) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self._told = told
        self._code: int | None = None
        pid = _number(told)
        if pid is None:
            self.close()
            raise OSError("The process that starts functions has ended.")
        self.pid = pid

    def poll(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        try:
            return self.wait(socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None

    def wait(self, flags: int = 0) -> int:
        """Waits until it has ended; gives its exit status."""
        if self._code is None:
            code = _number(self._told, flags)
            self._code = -signal.SIGKILL if code is None else code
        return self._code

    def kill(self) -> None:
        """Ends it at once, if it runs."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Gives its pipes back."""
        self.stdin.close()
        self.stdout.close()
        self._told.close()


class ForkServer:
    """The process that is forked. It ends with this one, whatever ends this one.

    ``modules`` are what it loads besides boto3.
    """

    def __init__(self, modules: Sequence[str] = ()) -> None:
        self._lock = threading.Lock()
        self._asked, its_end = socket.socketpair()
        with its_end:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-u", str(_RUNTIME), *modules],
                stdin=its_end.fileno(),
                stdout=subprocess.DEVNULL,
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"} | _NO_THREADS,
                start_new_session=True,
            )

    @property
    def is_alive(self) -> bool:
        """Whether it can start anything."""
        return self._process.poll() is None

    def start(
        self, folder: Path, handler: str, environment: Mapping[str, str], log: BinaryIO | None
    ) -> Forked:
        """A process that answers events for the handler of the code in ``folder``.

        What it prints goes to ``log``. Raises OSError where none can be started.
        """
        wanted = json.dumps([str(folder), handler, dict(environment)]).encode()
        its_stdin, stdin = os.pipe()
        stdout, its_stdout = os.pipe()
        told, its_told = socket.socketpair()
        its_log = os.dup(log.fileno()) if log else os.open(os.devnull, os.O_WRONLY)
        handed = [its_stdin, its_stdout, its_log, its_told.fileno()]
        try:
            with self._lock:
                socket.send_fds(self._asked, [_LENGTH.pack(len(wanted))], handed)
                self._asked.sendall(wanted)
        finally:
            its_told.close()
            for descriptor in handed[:3]:
                os.close(descriptor)
        return Forked(os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb"), told)

    def stop(self) -> None:
        """Ends the server; what it has started ends when its standard input does."""
        self._asked.close()
        self._process.kill()
        self._process.wait()


def _number(told: socket.socket, flags: int = 0) -> int | None:
    """The next number that the server tells; None when it is gone."""
    received = told.recv(_TOLD.size, flags)
    return _TOLD.unpack(received)[0] if len(received) == _TOLD.size else None
