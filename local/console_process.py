"""The console beside local mode: a process of its own, so that pages are quick while AWS works."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from console.guard.access import Access
from console.kept_address import keep_access, kept_access, kept_token
from console.listening import USUAL_PORT, listening, port_of
from operate.language import spoken, spoken_language

_END_SECONDS = 5


class ConsoleProcess:
    """The console at the port ``asked`` for, else at the one that it had last, or another one.

    Whoever connects before it is up waits: the socket is there from the beginning.

    Raises:
        CannotDo: the port that was asked for can't be had.
    """

    def __init__(self, home: Path, asked: int | None) -> None:
        self._home = home.resolve()
        kept = kept_access(self._home)
        self._listener = listening(asked, kept.port if kept else USUAL_PORT)
        self.access = Access(port_of(self._listener), kept_token(self._home))
        keep_access(self._home, self.access)
        self._log = self._home / "logs" / "console.log"
        self._process: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Runs it until the block ends; it ends by itself when this process does, anyhow."""
        self._process = self._started()
        try:
            yield
        finally:
            self._end(self._process)
            self._listener.close()

    def tend(self) -> str | None:
        """Starts it anew if it has ended; says so, or None where all is well."""
        if self._process is None or self._process.poll() is None:
            return None
        self._process = self._started()
        return spoken("The console ended and was started again. Its log: {log}", log=self._log)

    def _started(self) -> "subprocess.Popen[bytes]":
        number = self._listener.fileno()
        # Nothing in the folder that the command is typed in is taken for the program.
        command = [sys.executable, "-P", "-m", "console", str(number), str(self._home)]
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [*command, spoken_language()],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[number],
                start_new_session=True,
            )

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
