"""A model's archive, fetched and unpacked to where its server looks for it."""

import errno
import os
import shutil
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from local.disk import lacks_room

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# What other programs on the machine need while an archive is unpacked.
_LEFT_FREE_BYTES = 64 * 1024**2


class BadArchive(Exception):
    """The archive can't be unpacked; the text says why."""


def fetch_model(s3: "S3Client", uri: str, folder: Path) -> None:
    """Downloads the archive at ``uri`` and unpacks it to ``folder/model``.

    Raises:
        BadArchive: it is no tar file, or one that would write elsewhere.
        ClientError: it can't be read.
        OSError: the disk is full, or fails.
    """
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / "model.tar.gz"
    with archive.open("wb") as file:
        shutil.copyfileobj(s3.get_object(Bucket=bucket, Key=key)["Body"], file)
    try:
        unpack(archive, folder / "model")
    finally:
        archive.unlink(missing_ok=True)


def unpack(archive: Path, folder: Path) -> None:
    """Unpacks a tar file whose members stay below ``folder`` and fit on the disk.

    Errors are those of :func:`fetch_model`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    left = shutil.disk_usage(folder).free - _LEFT_FREE_BYTES
    try:
        with tarfile.open(archive) as packed:
            for member in packed:
                left -= member.size
                if left < 0:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                # Nothing is written outside, and no device, nor a link that leads there.
                packed.extract(member, folder, filter="data")
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        if lacks_room(error):
            raise
        raise BadArchive(f"{type(error).__name__}: {error}") from error
