"""How a program ends that has succeeded."""

import subprocess
import sys

_PROGRAM = """
import atexit
from training.job.ending import end_at_once

class Lasting:
    def __del__(self):
        print("taken apart")

lasting = Lasting()
atexit.register(print, "the last word")
print("a result", end=", ")
end_at_once()
"""


def test_what_was_said_is_written_and_what_is_to_end_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "a result, the last word\n", "")
