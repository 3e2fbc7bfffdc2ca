"""The folder that local mode keeps to itself while it is up, and where it is to be found then."""

import fcntl
import time
from pathlib import Path
from typing import IO

_FILE = "endpoint"
# Who only looks holds the lock for a moment.
_ATTEMPTS = 20
_PAUSE_SECONDS = 0.05


class HomeTaken(Exception):
    """Another local mode is up on this folder."""


class HomeLock:
    """Holds ``home`` for this process; the system lets go of it when the process ends, anyhow."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._file = (home / _FILE).open("a+")
        if not _locked(self._file, fcntl.LOCK_EX, _ATTEMPTS):
            self._file.seek(0)
            endpoint = self._file.read().strip()
            self._file.close()
            raise HomeTaken(
                f"Local mode is up on {home} already{f', at {endpoint}' if endpoint else ''}. "
                "Use that one, stop it first, or choose another folder with --home."
            )

    def announce(self, endpoint: str) -> None:
        """Writes down where local mode answers, for who looks into the folder."""
        self._file.truncate(0)
        self._file.write(endpoint)
        self._file.flush()

    def release(self) -> None:
        """Lets another local mode have the folder."""
        self._file.truncate(0)
        self._file.close()


def endpoint_of(home: Path) -> str | None:
    """Where the local mode answers that is up on ``home``; None when none is."""
    try:
        with (home / _FILE).open() as file:
            if _locked(file, fcntl.LOCK_SH, attempts=1):
                return None
            return file.read().strip() or None
    except FileNotFoundError:
        return None


def _locked(file: IO[str], kind: int, attempts: int) -> bool:
    for attempt in range(attempts):
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if attempt + 1 < attempts:
                time.sleep(_PAUSE_SECONDS)
        else:
            return True
    return False
