"""AWS's own training toolkit in local mode's place: it starts jobs and tells of their failures."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.jobs.program import Program
from local.jobs.script_mode import ErrorLines

VERSIONS = ("5.1.1", "5.1.4")
_FOLDER = Path(__file__).resolve().parents[2] / ".venv" / "toolkit"

needs_toolkit = pytest.mark.skipif(
    not (_FOLDER / ".ready").exists(), reason="AWS's training toolkit is not there: make setup"
)


@dataclass(frozen=True)
class Toolkit:
    """What :class:`local.jobs.script_mode.ScriptMode` imitates."""

    version: str

    def unpack(self, archive: Path, folder: Path) -> None:
        """Leaves it to the toolkit."""

    def program(self, folder: Path, environment: dict[str, str]) -> Program:
        found = (_FOLDER / self.version, _FOLDER / "needed")
        toolkit = {
            "SAGEMAKER_BASE_DIR": str(folder),
            "SAGEMAKER_TRAINING_MODULE": "sagemaker_pytorch_container.training:main",
            "PYTHONPATH": os.pathsep.join(map(str, found)),
            # Its own switch for not looking up algo-1 in a network.
            "SM_STUDIO_LOCAL_MODE": "true",
        }
        command = [sys.executable, "-m", "sagemaker_training.cli.train"]
        return Program(command, environment | toolkit, folder)

    def exit_code(self, folder: Path, program: Program, code: int, said: ErrorLines) -> int:
        return code
