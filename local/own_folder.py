"""A folder of this process's own in a home that several local modes may share."""

import os
import shutil
from pathlib import Path

import psutil


def own_folder(parent: Path) -> Path:
    """The folder's path; those of local modes that were killed are removed."""
    own = parent / str(os.getpid())
    for left in parent.glob("*"):
        is_another = left.name.isdigit() and left != own
        if not (is_another and psutil.pid_exists(int(left.name))):
            shutil.rmtree(left, ignore_errors=True)
    return own
