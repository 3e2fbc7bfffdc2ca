"""What is made once for all processes that pytest-xdist runs the tests in."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


class SharedFolders:
    """Folders that whichever process needs them first makes, and the others wait for."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        own = factory.getbasetemp()
        # pytest-xdist gives each of its processes a folder inside that of the whole run.
        self._root = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def made(self, name: str, make: Callable[[Path], object]) -> Path:
        """The folder ``name``, filled by ``make``; what broke off is made anew."""
        folder, ready = self._root / name, self._root / f"{name}.ready"
        with (self._root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not ready.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                ready.touch()
        return folder
