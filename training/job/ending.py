"""The end of a program that has nothing left to do."""

import os
import sys
from typing import NoReturn


def end_at_once() -> NoReturn:
    """Ends this process as one that has succeeded. Python would first take apart, object by object,
    what the libraries have loaded, which takes longer than a small report."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
