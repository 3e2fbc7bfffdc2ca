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
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Self

_RUNTIME = Path(__file__).with_name("lambda_runtime.py")
_LENGTH = struct.Struct("!I")
_TOLD = struct.Struct("!i")
# What functions make is nobody else's to read.
_PRIVATE = 0o077
# What functions use of the layer that the template names.
_LAYER = ("numpy.typing", "pandas", "pyarrow.compute", "pyarrow.csv")
# A process with threads can't be forked safely, and numpy and pyarrow would start some.
_NO_THREADS = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}


class Forked:
    """A process of a fork server: what one needs of subprocess.Popen, for it is no own child."""

    def __init__(self, told: socket.socket) -> None:
        self._told = told
        self._code: int | None = None

    @cached_property
    def pid(self) -> int:
        """Its process id, as soon as it is started. Raises OSError where it can't be any more."""
        pid = _number(self._told)
        if pid is None:
            raise OSError("The process that starts functions has ended.")
        return pid

    def poll(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        try:
            return self.wait(socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None

    def wait(self, flags: int = 0) -> int:
        """Waits until it has ended; gives its exit status."""
        if self._code is None:
            self.pid  # noqa: B018 (it is told first)
            code = _number(self._told, flags)
            self._code = -signal.SIGKILL if code is None else code
        return self._code

    def kill(self) -> None:
        """Ends it at once, if it runs."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Lets go of it."""
        self._told.close()


class ForkedFunction(Forked):
    """A function's process, and the pipes to it."""

    def __init__(self, stdin: BinaryIO, stdout: BinaryIO, told: socket.socket) -> None:
        super().__init__(told)
        self.stdin = stdin
        self.stdout = stdout
        try:
            self.pid  # noqa: B018 (nobody can talk to one that was not started)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Gives its pipes back."""
        self.stdin.close()
        self.stdout.close()
        super().close()


class ForkServer:
    """A process that is forked. It ends with this one, whatever ends this one."""

    def __init__(self, asked: socket.socket, process: subprocess.Popen[bytes] | Forked) -> None:
        self._lock = threading.Lock()
        self._asked = asked
        self._process = process

    @classmethod
    def started(cls) -> Self:
        """A server that has loaded boto3."""
        asked, its_end = socket.socketpair()
        with its_end:
            process = subprocess.Popen(
                [sys.executable, "-I", "-u", str(_RUNTIME)],
                stdin=its_end.fileno(),
                stdout=subprocess.DEVNULL,
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"} | _NO_THREADS,
                start_new_session=True,
                umask=_PRIVATE,
            )
        return cls(asked, process)

    @property
    def is_alive(self) -> bool:
        """Whether it can start anything."""
        try:
            return self._process.poll() is None
        except OSError:
            return False

    def with_modules(
        self,
        modules: Sequence[str],
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> "ForkServer":
        """A server that is a fork of this one, and has loaded the modules, too: a function's from
        its ``folder``, in its environment."""
        asked, its_end = socket.socketpair()
        told, its_told = socket.socketpair()
        wanted = [list(modules), str(folder or ""), dict(environment or {})]
        with its_end, its_told:
            self._ask(wanted, [its_end.fileno(), its_told.fileno()])
        return ForkServer(asked, Forked(told))

    def start(
        self, folder: Path, handler: str, environment: Mapping[str, str], log: BinaryIO | None
    ) -> ForkedFunction:
        """A process that answers events for the handler of the code in ``folder``.

        What it prints goes to ``log``. Raises OSError where none can be started.
        """
        its_stdin, stdin = os.pipe()
        stdout, its_stdout = os.pipe()
        told, its_told = socket.socketpair()
        its_log = os.dup(log.fileno()) if log else os.open(os.devnull, os.O_WRONLY)
        handed = [its_stdin, its_stdout, its_log, its_told.fileno()]
        try:
            self._ask([str(folder), handler, dict(environment)], handed)
        finally:
            its_told.close()
            for descriptor in handed[:3]:
                os.close(descriptor)
        return ForkedFunction(os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb"), told)

    def _ask(self, wanted: list[Any], handed: list[int]) -> None:
        text = json.dumps(wanted).encode()
        with self._lock:
            socket.send_fds(self._asked, [_LENGTH.pack(len(text))], handed)
            self._asked.sendall(text)

    def kill(self) -> None:
        """Ends the server without waiting for that."""
        with contextlib.suppress(OSError):  # it was to be forked from one that has ended
            self._process.kill()

    def stop(self) -> None:
        """Ends the server; what it has started ends when its standard input does."""
        self._asked.close()
        self.kill()
        with contextlib.suppress(OSError):
            self._process.wait()


class ForkServers:
    """The servers of one local mode. That of the functions with a layer is kept apart, for what is
    loaded counts in the memory of each process.

    ``soon_invoked`` are the functions, by their names in the template without the word at the end,
    that are loaded as soon as they are made.
    """

    def __init__(self, soon_invoked: Sequence[str] = ()) -> None:
        self.soon_invoked = soon_invoked
        self._lock = threading.Lock()
        self._servers: dict[bool, ForkServer] = {}

    def server(self, *, has_layer: bool) -> ForkServer:
        """The one from which functions with or without a layer are forked; it may still load."""
        with self._lock:
            return self._alive(has_layer)

    def _alive(self, has_layer: bool) -> ForkServer:
        server = self._servers.get(has_layer)
        if server and server.is_alive:
            return server
        if server:
            server.stop()
        server = (
            self._alive(has_layer=False).with_modules(_LAYER) if has_layer else ForkServer.started()
        )
        self._servers[has_layer] = server
        return server

    def stop(self) -> None:
        """Ends them."""
        with self._lock:
            servers, self._servers = self._servers, {}
        # The one is a fork of the other, which tells its end.
        for _, server in sorted(servers.items(), reverse=True):
            server.stop()


def _number(told: socket.socket, flags: int = 0) -> int | None:
    """The next number that the server tells; None when it is gone."""
    received = told.recv(_TOLD.size, flags)
    return _TOLD.unpack(received)[0] if len(received) == _TOLD.size else None
