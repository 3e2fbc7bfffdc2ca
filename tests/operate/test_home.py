"""A home that can't hold a local mode: one sentence that says what to do, and never a traceback."""

import fcntl
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from operate.home import HomeLock, HomeUnusable, endpoint_of, make_private
from operate.home_key import credentials_in, kept_credentials

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")


def up(*words: object) -> Result:
    from codefree.cli import app

    return CliRunner().invoke(app, ["up", *map(str, words)], env={"COLUMNS": "200"})


def status(home: Path) -> Result:
    from codefree.cli import app

    return CliRunner().invoke(app, ["status", "--home", str(home)], env={"COLUMNS": "200"})


def refused(done: Result) -> str:
    """What is said; an error that is not caught would be another exception than an exit."""
    assert done.exit_code in (1, 2) and isinstance(done.exception, SystemExit), done.exception
    return " ".join(done.output.split())


@pytest.mark.parametrize("port", [70000, 65536, -1])
def test_a_port_that_there_is_not_is_refused_in_words(tmp_path: Path, port: int) -> None:
    said = refused(up("--port", port, "--home", tmp_path))
    assert said == f"{port} is not a valid port. Choose one from 1024 to 65535 with --port."


def test_a_home_that_is_a_file_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for home in (file, file / "below"):
        assert f"{home} is not a folder, or is below a file." in refused(up("--home", home))
        assert endpoint_of(home) is None
    assert file.read_text() == "mine"


ACTING = """
import os
from pathlib import Path
IMPORTS
os.setegid(65534); os.seteuid(65534)
try:
    WHAT
except Refused as reason:
    print(reason)
"""
HOMES = "from operate.home import HomeLock, HomeUnusable as Refused, endpoint_of"


def as_another(what: str, imports: str = HOMES) -> str:
    """What is said to a user who is not root."""
    program = ACTING.replace("IMPORTS", imports).replace("WHAT", what)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@as_root
def test_a_home_of_another_user_is_refused_in_words(tmp_path: Path) -> None:
    for above in (tmp_path, *tmp_path.parents[:2]):
        above.chmod(0o755)
    home = tmp_path / "home"
    HomeLock(home).release()
    assert "can't be read (Permission denied). Choose your own folder" in as_another(
        f"endpoint_of(Path({str(home)!r}))"
    )
    home.chmod(0o777)
    told = as_another(f"HomeLock(Path({str(home)!r}))")
    # Whether the other user gets as far as the folder depends on those above it.
    assert (
        "belongs to another user. Choose a folder with --home." in told
        or "Permission denied" in told
    )
    assert stat.S_IMODE(home.stat().st_mode) == 0o777


@as_root
def test_a_folder_that_may_not_be_written_to_is_refused_in_words(tmp_path: Path) -> None:
    for above in (tmp_path, *tmp_path.parents[:2]):
        above.chmod(0o755)
    said = as_another(f"HomeLock(Path({str(tmp_path / 'new')!r}))")
    assert "can't be used (Permission denied). Choose a writable one" in said


@as_root
@pytest.mark.skipif(
    int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 80,
    reason="anybody may have port 80 here",
)
def test_a_port_of_the_systems_is_refused_in_words() -> None:
    said = as_another("_free_port(80)", "from local.aws import PortUnusable as Refused, _free_port")
    assert said == ("Port 80 is reserved for system services. Choose one above 1023 with --port.")


@pytest.mark.parametrize(
    "garbage", [b"\xff\xfe\x00", b"http://evil.example:1", b"words", b"\n" * 9]
)
def test_a_garbage_endpoint_file_is_told_in_words(tmp_path: Path, garbage: bytes) -> None:
    """Nothing is sent to where it may point."""
    (tmp_path / "endpoint").write_bytes(garbage)
    assert endpoint_of(tmp_path) is None  # nobody is up
    with (tmp_path / "endpoint").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "does not contain local mode's address" in refused(status(tmp_path))
        assert "Local mode is up on" in refused(up("--home", tmp_path))
    HomeLock(tmp_path).release()


def test_an_endpoint_that_is_no_file_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "endpoint").mkdir()
    assert "can't be read (Is a directory)" in refused(status(tmp_path))
    assert "is not writable (Is a directory)" in refused(up("--home", tmp_path))


def test_a_home_with_laxer_rights_is_tightened(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o755)
    (home / "endpoint").touch(0o666)
    HomeLock(home).release()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "endpoint").stat().st_mode) == 0o600


@as_root
def test_a_home_in_which_another_user_has_put_something_is_refused_in_words(tmp_path: Path) -> None:
    """A key or a link to a file of ours may lie there: it is refused until it is taken away."""
    home = tmp_path / "home"
    (home / "packed").mkdir(parents=True)
    home.chmod(0o777)
    mine, planted = tmp_path / "mine", home / "endpoint"
    mine.write_text("mine")
    planted.symlink_to(mine)
    os.chown(planted, 65534, 65534, follow_symlinks=False)
    for _ in range(2):
        said = refused(up("--home", home))
        assert (
            f"Other users could write to the folder {home}, and {planted} belongs to one." in said
        )
    assert mine.read_text() == "mine"
    planted.unlink()
    (home / "packed" / "x").touch()
    os.chown(home / "packed" / "x", 65534, 65534)
    assert "packed/x belongs to one." in refused(up("--home", home))
    (home / "packed" / "x").unlink()
    HomeLock(home).release()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["credentials", "logs"])
def test_what_is_of_another_kind_in_a_home_is_told_in_words(tmp_path: Path, name: str) -> None:
    if name == "logs":
        (tmp_path / name).touch()
    else:
        (tmp_path / name).mkdir()
    said = refused(up("--home", tmp_path, "--port", 0))
    assert str(tmp_path / name) in said and "--home" in said


def test_rights_that_cannot_be_tightened_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that knows no rights, such as a USB stick's, takes the change and does nothing."""
    tmp_path.chmod(0o755)
    monkeypatch.setattr(Path, "chmod", lambda *_, **__: None)
    with pytest.raises(HomeUnusable, match="Choose a folder on another disk"):
        make_private(tmp_path)


def test_the_key_is_made_once_and_anew_where_others_could_read_it(tmp_path: Path) -> None:
    made = kept_credentials(tmp_path)
    file = tmp_path / "credentials"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept_credentials(tmp_path) == credentials_in(tmp_path) == made
    assert made.secret_key not in repr(made)
    file.chmod(0o644)
    assert kept_credentials(tmp_path) != made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    without = b"[default]\naws_access_key_id =\naws_secret_access_key =\n"
    for garbage in (b"", b"\xff", b"[default]\n", b"no section = 1", without):
        file.write_bytes(garbage)
        assert credentials_in(tmp_path) is None
        assert len(kept_credentials(tmp_path).secret_key) == 40
