"""A model's archive, unpacked only if it is the one that the training made.

A model is a pickle: loading it runs the code in it. So the archive's digest is compared before
anything is unpacked. Both steps read one open file, which nobody can replace in between.
"""

import hashlib
import re
import tarfile
import zlib
from pathlib import Path

from training.job.failure import KnownFailure
from training.job.language import spoken

_SHA256 = re.compile("[0-9a-f]{64}")


def unpack(archive: Path, folder: Path, sha256: str) -> None:
    """Unpacks ``archive``, a training job's model.tar.gz with this digest, to ``folder``.

    Args:
        archive: the file.
        folder: where to unpack it; nothing is written outside.
        sha256: the digest of the model that the training made, 64 hexadecimal digits.

    Raises:
        KnownFailure: it has another digest, or is not an archive of plain files and folders.
    """
    if not _SHA256.fullmatch(sha256):
        raise KnownFailure(
            spoken(
                "There is no digest (SHA-256) to recognise the model by, so it was not loaded: a "
                "model is a pickle, and loading it runs the code in it. Deploy the newest template "
                "and upload one of the two files again."
            )
        )
    try:
        with archive.open("rb") as file:
            _compare(hashlib.file_digest(file, "sha256").hexdigest(), sha256)
            file.seek(0)
            with tarfile.open(fileobj=file) as packed:
                packed.extractall(folder, filter=_plain)
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise KnownFailure(
            spoken("The training left no readable model.tar.gz: {error}", error=error)
        ) from error


def _compare(found: str, expected: str) -> None:
    if found != expected:
        raise KnownFailure(
            spoken(
                "The model.tar.gz is not the one that the training made, so it was not loaded: a "
                "model is a pickle, and loading it runs the code in it. Its SHA-256 is {found} and "
                "should be {expected}. Somebody has replaced it. Find out who may write to "
                "results/ in the bucket, then upload one of the two files again to train a new "
                "model.",
                found=found,
                expected=expected,
            )
        )


def _plain(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo:
    if not (member.isreg() or member.isdir()):
        raise tarfile.ReadError(f"{member.name!r} is neither a file nor a folder.")
    return tarfile.data_filter(member, folder)
