"""A model is unpacked only if it is the one that was made, and only into its folder."""

import tarfile
from pathlib import Path

import pytest

from tests.training.jobs import Trained, evaluate
from tests.training.replaced_model import archive_with, replaced_model
from training.job.failure import KnownFailure
from training.model.archive import unpack


def test_a_replaced_model_is_refused_before_its_pickle_is_loaded(
    tmp_path: Path, binary: Trained
) -> None:
    proof = tmp_path / "ran"
    replaced = replaced_model(tmp_path / "model.tar.gz", proof)
    sealed = binary.sha256

    class Replaced(Trained):
        sha256 = sealed

    given = Replaced(replaced, binary.train, binary.test)
    done, results = evaluate(tmp_path / "job", given, binary.test)
    assert done.returncode == 1
    assert "not the one that the training made" in done.stderr
    assert "to train a new model" in done.stderr
    assert not proof.exists()
    assert not list(results.folder.iterdir())


@pytest.mark.parametrize("digest", ["", "0" * 64, "no digest"])
def test_nothing_is_unpacked_without_the_right_digest(tmp_path: Path, digest: str) -> None:
    archive_with(tmp_path / "a.tar.gz", tarfile.TarInfo("file"))
    with pytest.raises(KnownFailure, match="pickle"):
        unpack(tmp_path / "a.tar.gz", tmp_path / "out", digest)
    assert not (tmp_path / "out").exists()


def _link(name: str, target: str, kind: bytes) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize(
    "member",
    [
        tarfile.TarInfo("../outside"),
        tarfile.TarInfo("a/../../outside"),
        _link("link", "inside", tarfile.SYMTYPE),
        _link("link", "/etc/passwd", tarfile.SYMTYPE),
        _link("link", "inside", tarfile.LNKTYPE),
        _link("pipe", "", tarfile.FIFOTYPE),
    ],
    ids=lambda member: member.name,
)
def test_a_hostile_archive_writes_nothing_outside(tmp_path: Path, member: tarfile.TarInfo) -> None:
    digest = archive_with(tmp_path / "a.tar.gz", tarfile.TarInfo("inside"), member)
    with pytest.raises(KnownFailure, match=r"no readable model\.tar\.gz"):
        unpack(tmp_path / "a.tar.gz", tmp_path / "out", digest)
    assert {path.name for path in tmp_path.iterdir()} <= {"a.tar.gz", "out"}
    assert {path.name for path in (tmp_path / "out").iterdir()} <= {"inside"}
