"""The SDKs say nothing to the person, who could do nothing about it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_nothing_is_said_where_nothing_of_them_is_compiled_yet(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import workflow.quiet_sdk"]
    nothing_compiled = os.environ | {"PYTHONPYCACHEPREFIX": str(tmp_path)}
    said = subprocess.run(command, cwd=ROOT, env=nothing_compiled, check=True, capture_output=True)
    assert (said.stdout, said.stderr) == (b"", b"")
