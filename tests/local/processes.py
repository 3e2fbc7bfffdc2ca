"""Whether processes have ended."""

import psutil


def is_alive(process: psutil.Process) -> bool:
    """Whether it has not ended.

    Who was killed closes what it had open, which is what is waited for, a moment before it has
    ended, and is there until the machine's first process has seen that. Its command line is gone
    by then, with all of its memory.
    """
    try:
        return bool(process.is_running() and process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False
