"""What a killed local mode was working on is removed at the next start, and no other's."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local.own_folder import own_folder
from tests.local.processes import is_alive

# Another local mode, with a job that has data and goes on by itself when its local mode is killed.
PROGRAM = """
import subprocess, sys
from pathlib import Path
from local.own_folder import own_folder
folder = own_folder(Path(sys.argv[1])) / "a-job" / "code"
folder.mkdir(parents=True)
(folder / "train.csv").write_text("label,size")
job = subprocess.Popen(
    ["sleep", "600"], cwd=folder, start_new_session=True, stdout=subprocess.DEVNULL
)
print(job.pid, flush=True)
sys.stdin.read()
"""


class Other:
    """Another local mode in the same home."""

    def __init__(self, parent: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(parent)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout
        self.job = psutil.Process(int(self._process.stdout.readline()))
        self.folder = parent / str(self._process.pid)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Other]:
    started = Other(tmp_path)
    yield started
    started.kill()
    with contextlib.suppress(psutil.NoSuchProcess):
        started.job.kill()


def test_the_folder_of_a_local_mode_that_is_up_is_left_alone(other: Other, tmp_path: Path) -> None:
    own_folder(tmp_path)
    assert (other.folder / "a-job" / "code" / "train.csv").exists()
    assert is_alive(other.job)


def test_the_data_of_a_killed_one_is_removed_and_its_job_is_ended(
    other: Other, tmp_path: Path
) -> None:
    other.kill()
    own = own_folder(tmp_path)
    assert list(tmp_path.iterdir()) == [own]
    assert not is_alive(other.job)


@pytest.mark.parametrize("pid", [1, os.getpid()], ids=["init", "own"])
def test_a_process_that_has_got_the_id_of_a_killed_one_keeps_nothing(
    tmp_path: Path, pid: int
) -> None:
    (tmp_path / str(pid)).mkdir()
    (tmp_path / str(pid) / "train.csv").write_text("label,size")
    own = own_folder(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path != own] == []


def test_the_own_folder_stays_when_it_is_asked_for_again(tmp_path: Path) -> None:
    (own_folder(tmp_path) / "kept").write_text("")
    assert (own_folder(tmp_path) / "kept").exists()
