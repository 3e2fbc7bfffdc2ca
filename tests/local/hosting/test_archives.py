"""Archives that would do harm are not unpacked, and a process that takes too much is ended."""

import io
import shutil
import tarfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local.disk import lacks_room
from local.hosting.archive import BadArchive, unpack
from local.hosting.deployment import Deployment
from local.hosting.process import ProcessGone
from tests.local.hosting.hosted import archive


def packed(path: Path, *entries: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as made:
        for entry in entries:
            made.addfile(entry, io.BytesIO(b"x" * entry.size))
    return path


def entry(name: str, **more: Any) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    for field, value in more.items():
        setattr(made, field, value)
    return made


@pytest.mark.parametrize(
    "harmful",
    [
        entry("../outside", size=1),
        entry("model/../../outside", size=1),
        entry("link", type=tarfile.SYMTYPE, linkname="/etc"),
        entry("link", type=tarfile.SYMTYPE, linkname="../../outside"),
        entry("device", type=tarfile.CHRTYPE),
    ],
    ids=lambda harmful: harmful.name,
)
def test_what_would_write_elsewhere_is_refused(tmp_path: Path, harmful: tarfile.TarInfo) -> None:
    path = packed(tmp_path / "model.tar.gz", entry("fine", size=1), harmful)
    with pytest.raises(BadArchive):
        unpack(path, tmp_path / "in" / "model")
    left = {each.name for each in tmp_path.rglob("*")}
    assert left <= {"model.tar.gz", "in", "model", "fine"}


def test_an_archive_that_does_not_fit_is_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = SimpleNamespace(free=70 * 1024**2)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free)
    path = packed(tmp_path / "model.tar.gz", entry("huge", size=8 * 1024**2))
    with pytest.raises(OSError, match="No space left") as caught:
        unpack(path, tmp_path / "model")
    assert lacks_room(caught.value)


def test_a_process_that_holds_too_much_memory_is_ended(tmp_path: Path) -> None:
    (tmp_path / "model.tar.gz").write_bytes(archive())
    unpack(tmp_path / "model.tar.gz", tmp_path / "model")
    lines: list[str] = []
    deployment = Deployment(tmp_path, {}, 150, lines.append)
    deployment.start(ready_seconds=900)
    asked = {"Content-Type": "text/csv", "Accept": "application/json"}
    with pytest.raises(ProcessGone):
        deployment.answer(asked, b"large")
    assert "The server held more than 150 MB and is ended." in lines
    assert deployment.answer(asked, b"a,b\n").status == 200
    deployment.end()
    assert deployment.pid is None
