"""The machine that a job actually runs on, and how long it has been running."""

import os
import time
from typing import Any

import psutil


def machine() -> dict[str, Any]:
    """The instance type as SageMaker names it, its processors and its memory."""
    return {
        "instance_type": os.environ.get("SM_CURRENT_INSTANCE_TYPE", "unknown"),
        "cpus": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 1024**3, 1),
    }


def seconds_since_start() -> float:
    """How long ago this process was started."""
    started: float = psutil.Process().create_time()
    return max(0.0, time.time() - started)
