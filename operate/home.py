"""The folder that local mode keeps to itself while it is up, and where it is to be found then."""

import fcntl
import os
import re
import stat
import time
from pathlib import Path
from typing import IO

from operate.language import spoken, to_speak

_FILE = "endpoint"
_ENDPOINT = re.compile(r"http://127\.0\.0\.1:\d{1,5}")
# Who only looks holds the lock for a moment.
_ATTEMPTS = 20
_OTHERS_WRITE = 0o022
_PAUSE_SECONDS = 0.05
_UP_ALREADY = to_speak(
    "Local mode is up on {home} already. Use that one, stop it first, or choose another folder "
    "with --home."
)
_UP_ALREADY_AT = to_speak(
    "Local mode is up on {home} already, at {endpoint}. Use that one, stop it first, or choose "
    "another folder with --home."
)


class HomeTaken(Exception):
    """Another local mode is up on this folder."""


class HomeUnusable(Exception):
    """The folder can't hold a local mode; the text says why, and what to do."""


def make_private(home: Path) -> None:
    """Makes the folder, or the rights of one that is there, such that only its owner gets in.

    Raises:
        HomeUnusable: it can't be made, is no folder, is another user's, stays open to others, or
            holds what others have put there while they could; its rights are then left as they are.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = home.stat()
        if before.st_uid != os.geteuid():
            raise HomeUnusable(
                spoken("{home} belongs to another user. Choose a folder with --home.", home=home)
            )
        home.chmod(0o700)
        if before.st_mode & _OTHERS_WRITE and (planted := _of_another_user(home)):
            home.chmod(stat.S_IMODE(before.st_mode))
            raise HomeUnusable(
                spoken(
                    "Other users could write to the folder {home}, and {planted} belongs to one. "
                    "Delete what you do not recognize, or choose another folder with --home.",
                    home=home,
                    planted=planted,
                )
            )
        if stat.S_IMODE(home.stat().st_mode) & 0o077:
            raise HomeUnusable(
                spoken(
                    "Other users have access to the folder {home}, and its disk does not support "
                    "permissions. Choose a folder on another disk with --home.",
                    home=home,
                )
            )
        _try_to_write(home)
    except (FileExistsError, NotADirectoryError):
        raise HomeUnusable(
            spoken(
                "{home} is not a folder, or is below a file. Choose a folder with --home.",
                home=home,
            )
        ) from None
    except OSError as error:
        raise HomeUnusable(
            spoken(
                "The folder {home} can't be used ({why}). Choose a writable one with --home.",
                home=home,
                why=error.strerror,
            )
        ) from error


class HomeLock:
    """Holds ``home`` for this process; the system lets go of it when the process ends, anyhow.

    Raises:
        HomeTaken: another local mode is up on it.
        HomeUnusable: the folder can't hold a local mode.
    """

    def __init__(self, home: Path) -> None:
        make_private(home)
        self._file = _opened(home)
        if not _locked(self._file, fcntl.LOCK_EX, _ATTEMPTS):
            endpoint = _endpoint_in(self._file)
            self._file.close()
            raise HomeTaken(
                spoken(_UP_ALREADY_AT if endpoint else _UP_ALREADY, home=home, endpoint=endpoint)
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
    """Where the local mode answers that is up on ``home``; None when none is.

    Raises:
        HomeUnusable: the folder is not the caller's to look into, or what it says is no endpoint.
    """
    try:
        with (home / _FILE).open(errors="replace") as file:
            if _locked(file, fcntl.LOCK_SH, attempts=1):
                return None
            endpoint = _endpoint_in(file)
            if endpoint is None and _is_empty(file):
                return None  # it is just starting
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise HomeUnusable(
            spoken(
                "{path} can't be read ({why}). Choose your own folder with --home.",
                path=home / _FILE,
                why=error.strerror,
            )
        ) from error
    if endpoint is None:
        raise HomeUnusable(
            spoken(
                "{path} does not contain local mode's address: another program changed it. Stop "
                "codefree up, delete the file, and start codefree up again.",
                path=home / _FILE,
            )
        )
    return endpoint


def _opened(home: Path) -> IO[str]:
    path = home / _FILE
    try:
        file = path.open("a+", errors="replace")
        path.chmod(0o600)
    except OSError as error:
        raise HomeUnusable(
            spoken(
                "{path} is not writable ({why}). Delete it, or choose another folder with --home.",
                path=path,
                why=error.strerror,
            )
        ) from error
    return file


def _of_another_user(home: Path) -> Path | None:
    """What somebody else has put there: local mode would write through it, or run it."""
    entries = (path for path in home.rglob("*") if path.lstat().st_uid != os.geteuid())
    return next(entries, None)


def _try_to_write(home: Path) -> None:
    """A disk may be read-only although the folder's rights allow everything."""
    probe = home / ".probe"
    probe.touch(mode=0o600)
    probe.unlink()


def _endpoint_in(file: IO[str]) -> str | None:
    file.seek(0)
    found = _ENDPOINT.fullmatch(file.read(100).strip())
    return found.group() if found else None


def _is_empty(file: IO[str]) -> bool:
    file.seek(0)
    return not file.read(1)


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
