"""The bytes of an object in a file, read in blocks, and never held in memory as a whole."""

import contextlib
import hashlib
import os
import sys
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

_BLOCK_BYTES = 1024**2
# What is smaller than this is no burden in memory.
SMALL_BYTES = 64 * 1024


class FileBytes:
    """A file or a part of it, as moto handles ``bytes``: length, slices, blocks one by one.

    ``owner`` is what keeps the file in its place, where it would go otherwise; ``md5`` is known
    for a body that has just been read.
    """

    # There is one for each version of each object.
    __slots__ = ("_file", "_folder", "_name", "_size", "_start", "md5", "owner")

    def __init__(
        self,
        path: Path,
        start: int = 0,
        size: int | None = None,
        owner: object = None,
        md5: str | None = None,
        file: BinaryIO | None = None,
    ) -> None:
        # Most are in the same folder, of which pathlib makes a new text each time.
        self._folder = sys.intern(str(path.parent))
        self._name = path.name
        self.owner = owner
        self.md5 = md5
        self._start = start
        self._size = path.stat().st_size if size is None else size
        self._file = file

    @property
    def path(self) -> Path:
        """Where the file is."""
        return Path(self._folder, self._name)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, wanted: slice) -> "FileBytes":
        start, stop, _ = wanted.indices(self._size)
        size = max(0, stop - start)
        return FileBytes(self.path, self._start + start, size, self.owner, file=self._file)

    def __iter__(self) -> Iterator[bytes]:
        file = self._file or self.path.open("rb", buffering=0)
        with contextlib.nullcontext() if self._file else file:
            at, end = self._start, self._start + self._size
            while at < end:
                block = os.pread(file.fileno(), min(_BLOCK_BYTES, end - at), at)
                if not block:
                    raise OSError(f"{self.path} has become shorter while it was read")
                at += len(block)
                yield block

    def __bytes__(self) -> bytes:
        return b"".join(self)

    def opened(self) -> "FileBytes":
        """The same, to be read whatever becomes of the file's name."""
        file = self.path.open("rb", buffering=0)
        return FileBytes(self.path, self._start, self._size, self.owner, self.md5, file)

    def unopened(self) -> "FileBytes":
        """The same without an open file."""
        return FileBytes(self.path, self._start, self._size, self.owner, self.md5)

    def close(self) -> None:
        """Lets go of the open file, once an answer has been sent."""
        if self._file:
            self._file.close()

    def write_to(self, path: Path) -> None:
        """Writes the bytes to the new file ``path``, which are on the disk then, or nothing is.

        A whole file that is on the same disk only gets another name.
        """
        try:
            if not self._became(path):
                with path.open("xb") as file:
                    file.writelines(self)
            _sync(path)
        except OSError:
            path.unlink(missing_ok=True)
            raise

    def _became(self, path: Path) -> bool:
        with contextlib.suppress(OSError):
            if self.path.stat().st_size == self._size:
                path.hardlink_to(self.path)
                return True
        return False


class Incoming:
    """The folder of what was received and is not an object's for good."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def store(self, blocks: Iterable[bytes]) -> bytes | FileBytes:
        """Takes the blocks in; what is small stays in memory.

        Raises:
            OSError: there is no room; nothing is left of it.
        """
        blocks = iter(blocks)
        head = bytearray()
        for block in blocks:
            head += block
            if len(head) > SMALL_BYTES:
                return self._in_file(bytes(head), blocks)
        return bytes(head)

    def _in_file(self, head: bytes, rest: Iterator[bytes]) -> FileBytes:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        owner = _Owner(Path(name))
        digest = hashlib.md5(head, usedforsecurity=False)
        with open(handle, "wb") as file:  # noqa: PTH123 (a handle, not a path)
            file.write(head)
            for block in rest:
                file.write(block)
                digest.update(block)
        return FileBytes(owner.path, owner=owner, md5=digest.hexdigest())


class _Owner:
    """Removes the file when nobody refers to it any more."""

    def __init__(self, path: Path) -> None:
        self.path = path
        weakref.finalize(self, path.unlink, missing_ok=True)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
