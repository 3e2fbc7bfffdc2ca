"""A folder of this process's own in a home that several local modes may share."""

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

# The system lets go of the locks when the process ends, however it does: its id alone would not
# tell, for it is given to another process some day.
_held: list[int] = []
_PATIENCE_SECONDS = 10
_PAUSE_SECONDS = 0.01


def own_folder(parent: Path) -> Path:
    """The folder's path; those of killed local modes go, with what still works in them."""
    parent.mkdir(parents=True, exist_ok=True)
    own = parent / str(os.getpid())
    with _alone_in(parent):
        for left in parent.iterdir():
            if left.is_dir() and (lock := _locked(left, fcntl.LOCK_EX | fcntl.LOCK_NB)) is not None:
                end_all_in(left)
                shutil.rmtree(left, ignore_errors=True)
                os.close(lock)
        own.mkdir(exist_ok=True)
        if (lock := _locked(own, fcntl.LOCK_EX | fcntl.LOCK_NB)) is not None:
            _held.append(lock)
    return own


@contextlib.contextmanager
def _alone_in(parent: Path) -> Iterator[None]:
    """Lets no other local mode see a folder that is made, and not yet locked."""
    lock = _locked(parent, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def _locked(folder: Path, how: int) -> int | None:
    """Holds the folder by its lock, until the handle is closed; None where another does."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, how)
    except OSError:
        os.close(handle)
        return None
    return handle


def end_all_in(folder: Path) -> None:
    """Ends what a local mode that was killed has left: else it would write on into the folder."""
    working = [process for process in psutil.process_iter() if _works_in(process, folder)]
    for process in working:
        with contextlib.suppress(psutil.Error):
            process.kill()
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while any(_works_in(process, folder) for process in working) and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)


def _works_in(process: psutil.Process, folder: Path) -> bool:
    with contextlib.suppress(psutil.Error, OSError):
        is_job = process.terminal() is None  # a person's shell may be there to look
        return is_job and Path(process.cwd()).is_relative_to(folder.resolve())
    return False
