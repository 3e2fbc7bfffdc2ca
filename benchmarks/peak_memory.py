"""The most memory that a process has taken, as Linux tells it."""

import re
from pathlib import Path


def own_peak_mb() -> float:
    """This process's own; getrusage would also count the process that started it."""
    return peak_mb_of("self")


def peak_mb_of(process: int | str) -> float:
    """Another process's, by its number; 0 for one that has ended."""
    found = re.search(
        r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    )
    return int(found[1]) / 1024 if found else 0.0
