"""The end of a program that has nothing left to do."""

import atexit
import os
import sys
from typing import NoReturn


def end_at_once() -> NoReturn:
    """Ends this process as one that has succeeded. Python would first take apart, object by object,
    what the libraries have loaded, which takes longer than a small report."""
    atexit._run_exitfuncs()  # noqa: SLF001 (ray, which AutoGluon starts, ends its processes there)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
