"""A model's archive, opened only if it is the one that was made.

A model is a pickle: loading it runs the code in it. So the archive's digest is compared before
anything is unpacked, and with the digest of what is then unpacked: both are read through one open
file, which nobody can exchange in between.
"""

import hashlib
import re
import tarfile
import zlib
from pathlib import Path

from training.job.failure import JobFailed

_SHA256 = re.compile("[0-9a-f]{64}")


def unpack(archive: Path, folder: Path, sha256: str) -> None:
    """Unpacks ``archive``, a training job's model.tar.gz with this digest, to ``folder``.

    Args:
        archive: the file.
        folder: where to; nothing is written outside.
        sha256: the digest of what the training made, 64 hexadecimal digits.

    Raises:
        JobFailed: it has another digest, or is no archive of plain files and folders.
    """
    if not _SHA256.fullmatch(sha256):
        raise JobFailed(
            "There is no digest (SHA-256) to know the model by, so it was not loaded: a model is a "
            "pickle, and loading it runs the code in it. Deploy the newest template and upload one "
            "of the two files again."
        )
    try:
        with archive.open("rb") as file:
            _compare(hashlib.file_digest(file, "sha256").hexdigest(), sha256)
            file.seek(0)
            with tarfile.open(fileobj=file) as packed:
                packed.extractall(folder, filter=_plain)
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise JobFailed(f"The training left no readable model.tar.gz: {error}") from error


def _compare(found: str, expected: str) -> None:
    if found != expected:
        raise JobFailed(
            "The model.tar.gz is not the one that the training made, so it was not loaded: a model "
            f"is a pickle, and loading it runs the code in it. Its SHA-256 is {found}, expected is "
            f"{expected}. Somebody has replaced it. Find out who may write to results/ in the "
            "bucket, then upload one of the two files again to train anew."
        )


def _plain(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo:
    if not (member.isreg() or member.isdir()):
        raise tarfile.ReadError(f"{member.name!r} is neither a file nor a folder.")
    return tarfile.data_filter(member, folder)
