"""The buckets' content as plain files that a person can open: ``HOME/buckets/BUCKET/KEY``.

Only a view: each file is another name of the bytes that are kept elsewhere, and read-only. A key
that no file can have, for another key lies below it, is left out.
"""

import contextlib
import hashlib
import os
from pathlib import Path

_LONGEST_NAME = 255


class BucketFiles:
    """The newest version of every object, under its own name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def show(self, bucket: str, key: str, content: Path) -> None:
        """Makes ``content`` what is seen under ``key``."""
        name = self._name(bucket, key)
        if _are_the_same(name, content):  # as most are when local mode starts
            return
        path = Path(name)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f"{content.name}.new")
            fresh.hardlink_to(content)
            fresh.replace(path)
            # Replacing a name of the same bytes does nothing, and leaves the other name there.
            fresh.unlink(missing_ok=True)

    def hide(self, bucket: str, key: str) -> None:
        """Takes ``key`` out of the view, and the folders that are empty without it."""
        path = Path(self._name(bucket, key))
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
            for parent in path.parents:
                if parent == self._folder:
                    return
                parent.rmdir()

    def _name(self, bucket: str, key: str) -> str:
        return "/".join((str(self._folder), bucket, *map(_file_name, key.split("/"))))


def _are_the_same(name: str, content: Path) -> bool:
    try:
        return os.path.samestat(os.lstat(name), os.lstat(content))
    except OSError:
        return False


def _file_name(part: str) -> str:
    """A part of a key as a file can be called; almost always the part itself."""
    if part in {"", ".", ".."}:
        return f"%{part}"
    encoded = part.replace("\0", "%00").encode("utf-8", "surrogateescape")
    if len(encoded) <= _LONGEST_NAME:
        return os.fsdecode(encoded)
    digest = hashlib.sha256(encoded).hexdigest()[:12]
    return f"{encoded[:200].decode(errors='ignore')}~{digest}"
