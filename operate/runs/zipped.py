"""Files as one archive that is made while it is read: nothing of it is kept."""

import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

# What is packed already gets no smaller.
_PACKED = {".gz", ".png", ".zip", ".jpg"}


@dataclass(frozen=True)
class Entry:
    """A file of an archive: its name, when it was written, and what gives its bytes."""

    name: str
    written: datetime
    content: Callable[[], Iterable[bytes]]


def zipped(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The archive with all ``entries``, piece by piece."""
    written = _Written()
    with zipfile.ZipFile(written, "w") as archive:  # type: ignore[call-overload]
        for entry in entries:
            info = zipfile.ZipInfo(_inside(entry.name), entry.written.timetuple()[:6])
            is_packed = PurePosixPath(entry.name).suffix.lower() in _PACKED
            info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as file:
                for block in entry.content():
                    file.write(block)
                    yield written.taken()
            yield written.taken()
    yield written.taken()


def _inside(name: str) -> str:
    """A name that leads nowhere but into the folder where the archive is unpacked."""
    parts = name.replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in {"", ".", ".."}) or "file"


class _Written:
    """What the archive is written to: it can't go back, and holds what nobody has taken yet."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []

    def write(self, block: bytes) -> int:
        self._blocks.append(bytes(block))
        return len(block)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        taken = b"".join(self._blocks)
        self._blocks.clear()
        return taken
