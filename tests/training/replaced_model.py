"""Archives that somebody has put in a model's place."""

import hashlib
import io
import pickle
import tarfile
from pathlib import Path


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
