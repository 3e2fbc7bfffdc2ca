"""Archives that somebody has put in a model's place, and one that does something else."""

import hashlib
import io
import json
import os
import pickle
import platform
import tarfile
from importlib.metadata import version
from pathlib import Path

from training.model.files import PREDICTOR, RECORD


class _Touches:
    """Writes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self._path), "w")


def archive_with(path: Path, *members: tarfile.TarInfo, body: bytes = b"x") -> str:
    """Writes such an archive, and gives its digest."""
    with tarfile.open(path, "w:gz") as packed:
        for member in members:
            member.size = len(body) if member.isreg() else 0
            packed.addfile(member, io.BytesIO(body))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def replaced_model(path: Path, proof: Path) -> Path:
    """Writes a model's archive whose pickles, if anybody loads them, write the file ``proof``."""
    members = [tarfile.TarInfo(name) for name in ("predictor/predictor.pkl", "predictor/version")]
    archive_with(path, *members, body=pickle.dumps(_Touches(proof)))
    return path


class _Runs:
    """Runs a shell's command when it is loaded."""

    def __init__(self, command: str) -> None:
        self._command = command

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (self._command,)


def running_model(path: Path, command: str) -> Path:
    """Writes the archive of a model of these versions, the loading of which runs ``command``."""
    versions = {"autogluon": version("autogluon.tabular"), "python": platform.python_version()}
    members = {
        RECORD: json.dumps(versions).encode(),
        f"{PREDICTOR}/predictor.pkl": pickle.dumps(_Runs(command)),
        f"{PREDICTOR}/version.txt": versions["autogluon"].encode(),
    }
    with tarfile.open(path, "w:gz") as packed:
        for name, body in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            packed.addfile(member, io.BytesIO(body))
    return path
