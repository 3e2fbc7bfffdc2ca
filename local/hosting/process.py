"""A process that serves a model, and requests that are sent to it."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

_SERVER = Path(__file__).with_name("server.py")
_POLL_SECONDS = 0.05
_ROOT = "/opt/ml"
_MIB = 1024**2


class ProcessGone(Exception):
    """The process has ended before it answered."""


class NoAnswer(Exception):
    """There was no answer within the time."""


@dataclass(frozen=True)
class Reply:
    """What the server answered."""

    status: int
    content_type: str
    body: bytes


class ModelProcess:
    """Serves the model in ``folder``, which stands for ``/opt/ml`` and holds ``model/``.

    Args:
        folder: the process's folder.
        environment: the variables that the model's container is given.
        log: takes each line that the process prints.
    """

    def __init__(
        self, folder: Path, environment: Mapping[str, str], log: Callable[[str], None]
    ) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._control, its_end = socket.socketpair()
        with its_end:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(_SERVER), str(os.getpid())],
                env=_environment(folder, environment),
                cwd=folder,
                stdin=its_end.fileno(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether it is gone."""
        return self._process.poll() is not None

    def ends_within(self, seconds: float) -> bool:
        """Whether it is gone, or is so within the time."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self.has_ended

    @property
    def memory_mb(self) -> float:
        """How much memory it holds."""
        try:
            return float(psutil.Process(self.pid).memory_info().rss) / _MIB
        except psutil.Error:
            return 0.0

    def is_ready(self, within_seconds: float, give_up: Callable[[], bool]) -> bool:
        """Waits until it answers /ping with 200; False if it does not, or ends before."""
        deadline = time.monotonic() + within_seconds
        answered = threading.Event()

        def ping() -> None:
            with contextlib.suppress(ProcessGone, NoAnswer):
                if self.ask("GET", "/ping", {}, b"", within_seconds).status == 200:
                    answered.set()

        threading.Thread(target=ping, daemon=True).start()
        while not answered.wait(_POLL_SECONDS):
            if self.has_ended or give_up() or time.monotonic() >= deadline:
                return False
        return True

    def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, seconds: float
    ) -> Reply:
        """Sends one request, and waits for its turn and its answer.

        Raises:
            ProcessGone: the process ended before it answered.
            NoAnswer: it did not answer within ``seconds``.
        """
        ours, its_end = socket.socketpair()
        try:
            with its_end, self._lock:
                socket.send_fds(self._control, [b"."], [its_end.fileno()])
            ours.settimeout(max(seconds, _POLL_SECONDS))
            connection = http.client.HTTPConnection("model")
            connection.sock = ours
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            kind = answer.headers.get("Content-Type", "")
            return Reply(answer.status, kind, answer.read())
        except TimeoutError:
            raise NoAnswer from None
        except (OSError, http.client.HTTPException) as error:
            raise ProcessGone from error
        finally:
            ours.close()

    def kill(self) -> None:
        """Ends the process and all that it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        self._control.close()

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                self._log(line.decode(errors="replace").rstrip("\n"))


def _environment(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {
        "PATH": path,
        "HOME": os.environ.get("HOME", "/tmp"),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        # The folder stays as it was unpacked.
        "PYTHONDONTWRITEBYTECODE": "1",
        **{name: value.replace(_ROOT, str(folder)) for name, value in given.items()},
        "SAGEMAKER_BASE_DIR": str(folder),
    }
