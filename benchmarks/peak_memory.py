"""The most memory that a process has taken, as Linux tells it."""

import re
from pathlib import Path


def own_peak_mb() -> float:
    """This process's own; getrusage would also count the process that started it."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))
    assert found
    return int(found[1]) / 1024
