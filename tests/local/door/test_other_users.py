"""Another user of the machine neither reads nor writes in the home."""

import os
import shutil
import stat
import subprocess

import pytest

from tests.local.door.up import Up

AS_ANOTHER = """
import os, sys
os.setgroups([]); os.setgid(65534); os.setuid(65534)
home = sys.argv[1]
for path in ("", "endpoint", "credentials", "kept.sqlite", "objects", "buckets/codefree/data",
             "buckets/codefree/data/a secret.csv", "logs"):
    try:
        os.listdir(os.path.join(home, path)) if not path else os.stat(os.path.join(home, path))
        print("read", path)
    except PermissionError:
        pass
for name in ("new", "source", "endpoint"):
    try:
        open(os.path.join(home, name), "a")
        print("wrote", name)
    except PermissionError:
        pass
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_another_user_can_neither_read_nor_write(up: Up) -> None:
    python = shutil.which("python3", path="/usr/bin:/bin")
    if not python:
        pytest.skip("there is no Python that another user may run")
    command = [python, "-c", AS_ANOTHER, str(up.home)]
    seen = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (seen.stdout, seen.stderr) == ("", "")


def test_all_that_is_made_in_the_home_is_its_owners_alone(up: Up) -> None:
    """Also where the home was there before, with laxer rights."""
    open_to_others = [
        path.relative_to(up.home)
        for path in (up.home, *up.home.rglob("*"))
        if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert open_to_others == []
    assert stat.S_IMODE((up.home / "credentials").stat().st_mode) == 0o600
    assert stat.S_IMODE((up.home / "endpoint").stat().st_mode) == 0o600
