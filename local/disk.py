"""A full disk: how it is told from other trouble, and what is said of it."""

import contextlib
import errno
import shutil
import sqlite3
from pathlib import Path

from operate.language import spoken

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_SQLITE_NO_ROOM = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
}
# So little is left where a program, or a server behind an answer, has failed for want of room.
_LITTLE_BYTES = 2 * 1024**2


def lacks_room(error: BaseException | None) -> bool:
    """Whether the error says that a disk is full."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) in _SQLITE_NO_ROOM
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def is_out_of_room(folder: Path) -> bool:
    """Whether next to nothing is left on the disk that holds the folder."""
    with contextlib.suppress(OSError):
        return shutil.disk_usage(folder).free < _LITTLE_BYTES
    return False


def words_for(folder: Path) -> str:
    """What to do about a full disk, in words."""
    return spoken("The disk of {folder} is full. Free some space", folder=folder)


def reason_of(error: BaseException) -> str:
    """What the system or SQLite says of it."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
