"""What a model's archive says of itself, read without loading the model.

A model is a pickle: loading it runs the code in it. Here only two JSON files in the archive are
read, so that everything about it can be told, and refused, before.
"""

import hashlib
import json
import platform
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self, cast

from operate.account import CannotDo
from operate.language import spoken

# The names are the training's (training/model/files.py).
_RECORD, _TRAIN_FILE = "training.json", "train_file.json"
_LARGEST_JSON = 64 * 1024 * 1024
_AUTOGLUON = "autogluon.tabular"


@dataclass(frozen=True)
class ModelArchive:
    """A model.tar.gz: its SHA-256, the record of its training, and what it was trained on."""

    path: Path
    sha256: str
    record: Mapping[str, Any]
    train_file: Mapping[str, Any]

    def require_sealed(self, sha256: str) -> None:
        """Makes sure that it is the model that the training made, whose digest is ``sha256``.

        Raises:
            CannotDo: it is another one.
        """
        if sha256 == self.sha256:
            return
        raise CannotDo(
            spoken(
                "{path} is not the model that the training made, so it was not loaded: a model is "
                "a pickle, and loading it runs the code in it. Its SHA-256 is {found} and should "
                "be {expected}.",
                path=self.path.name,
                found=self.sha256,
                expected=sha256,
            )
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """The archive at ``path``.

        Raises:
            CannotDo: it can't be read, or there is no model of Codefree's in it.
        """
        try:
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                file.seek(0)
                found = _json_files(file)
        except (OSError, EOFError, ValueError, tarfile.TarError, zlib.error) as error:
            raise CannotDo(
                spoken("{path} is not a readable model.tar.gz: {why}", path=path, why=error)
            ) from error
        if found.keys() != {_RECORD, _TRAIN_FILE}:
            raise CannotDo(
                spoken(
                    "{path} is not a model that Codefree can predict a file with: it has no "
                    "{missing}. Train again: upload the two files again, or type codefree run.",
                    path=path,
                    missing=" and ".join(sorted({_RECORD, _TRAIN_FILE} - found.keys())),
                )
            )
        return cls(path, sha256, found[_RECORD], found[_TRAIN_FILE])

    @property
    def made_by(self) -> str:
        """The versions that made it."""
        return _versions(str(self.record.get("autogluon")), str(self.record.get("python")))

    def require_versions(self) -> None:
        """Makes sure that it can be loaded here.

        Raises:
            CannotDo: AutoGluon is not installed, or other versions made the model.
        """
        here = platform.python_version()
        try:
            autogluon = version(_AUTOGLUON)
        except PackageNotFoundError as error:
            raise CannotDo(
                spoken(
                    "The model was made by {saved}, and there is no AutoGluon on this machine "
                    "(Python {here}). Install it (make setup), or upload the rows to predict/ in "
                    "the bucket, where they are predicted for you.",
                    saved=self.made_by,
                    here=here.rpartition(".")[0],
                )
            ) from error
        if (found := _versions(autogluon, here)) != self.made_by:
            raise CannotDo(
                spoken(
                    "The model was made by {saved}, and this is {here}. A model can only be used "
                    "with the versions that made it. Install those, or upload the rows to predict/ "
                    "in the bucket, where they are predicted for you.",
                    saved=self.made_by,
                    here=found,
                )
            )


def _json_files(file: IO[bytes]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    with tarfile.open(fileobj=file) as packed:
        for member in packed:
            path = PurePosixPath(member.name)
            is_ours = str(path) in {_RECORD, _TRAIN_FILE} and member.isreg()
            if is_ours and member.size <= _LARGEST_JSON:
                content = json.load(cast(IO[bytes], packed.extractfile(member)))
                if isinstance(content, dict):
                    found[str(path)] = content
            if len(found) == 2:
                break
    return found


def _versions(autogluon: str, python: str) -> str:
    """In words, without the last part of Python's version, which makes no difference."""
    return spoken(
        "AutoGluon {autogluon} on Python {python}",
        autogluon=autogluon,
        python=python.rpartition(".")[0],
    )
