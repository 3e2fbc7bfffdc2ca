"""The template, packed once for all homes and all workers: to pack it takes seconds."""

import fcntl
import functools
import os
import shutil
import tempfile
from pathlib import Path

from workflow.package import cached_template


def pack_into(home: Path) -> None:
    """Gives a new home what its first start would pack."""
    if not (home / "packed").exists():
        packed_once()
        shutil.copytree(_folder(), home / "packed", ignore=shutil.ignore_patterns("lock"))
        home.chmod(0o700)


@functools.cache
def packed_once() -> str:
    """The template; the worker that asks for it first packs it, and the others wait."""
    _folder().mkdir(mode=0o700, exist_ok=True)
    with (_folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return cached_template(_folder())


def _folder() -> Path:
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID", os.getpid())
    return Path(tempfile.gettempdir()) / f"codefree-packed-{session}"
