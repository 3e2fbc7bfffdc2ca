"""What local mode acknowledged is there: after many writers at once, and on a full disk."""

import os
import random
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from operate.home_key import kept_credentials
from tests.local.codefree_up import CODEFREE, Up, put
from tests.local.writers import Writers
from tests.waiting import LONGEST_SECONDS

MIB = 1024**2


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    started = Up(tmp_path_factory.mktemp("crashes") / "home").start()
    yield started
    started.kill()


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk of 96 MiB."""
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("a small disk can be mounted by root alone")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_versions_that_many_write_at_once_are_all_there_byte_by_byte(up: Up) -> None:
    writers = Writers([up.client("s3") for _ in range(8)], keys=2, most_bytes=3 * MIB)
    while writers.count() <= 10 and not writers.refused:
        time.sleep(0.05)
    writers.stop()
    assert not writers.refused
    assert writers.wrong(up.s3) == []
    up.kill().start()
    assert writers.wrong(up.s3) == []


def test_an_upload_that_is_cut_off_is_no_version(up: Up) -> None:
    s3 = up.client("s3")
    signed = s3.generate_presigned_url("put_object", {"Bucket": "codefree", "Key": "cut off"})
    path = signed.removeprefix(up.endpoint)
    with socket.create_connection(("127.0.0.1", up.port)) as connection:
        head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1:{up.port}\r\nContent-Length: 1000\r\n\r\n"
        connection.sendall(head.encode() + b"x" * 500)
    put(up, "after it", b"")
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket="codefree", Key="cut off")


@pytest.mark.parametrize("sent", [b"", b"x" * 500])
def test_an_upload_that_stalls_holds_nobody_up(up: Up, sent: bytes) -> None:
    place = {"Bucket": "codefree", "Key": "stalled"}
    path = up.s3.generate_presigned_url("put_object", place).removeprefix(up.endpoint)
    with socket.create_connection(("127.0.0.1", up.port)) as connection:
        head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1:{up.port}\r\nContent-Length: 1000\r\n\r\n"
        connection.sendall(head.encode() + sent)
        put(up, "stalled", b"of another")
        up.s3.delete_objects(Bucket="codefree", Delete={"Objects": [{"Key": "stalled"}]})
        put(up, "stalled", b"of another")


def filled(disk: Path) -> Path:
    """Takes all the room that there is."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (MIB, 4096):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return filler


def test_a_full_disk_is_told_of_and_loses_nothing(small_disk: Path) -> None:
    up = Up(small_disk / "home").start()
    try:
        kept = {f"kept/{n}": os.urandom(n * 1000 + 1) for n in range(20)}
        versions = {key: put(up, key, body) for key, body in kept.items()}
        filler = filled(small_disk)

        with pytest.raises(ClientError) as refused:
            put(up, "kept/1", os.urandom(MIB))
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 507
        told = refused.value.response["Error"]["Message"]
        assert told.startswith(f"The disk of {up.home} is full. Free some space")
        newest = up.s3.get_object(Bucket="codefree", Key="kept/1")["Body"].read()
        assert newest == kept["kept/1"]

        up.s3.delete_object(Bucket="codefree", Key="kept/19", VersionId=versions.pop("kept/19"))
        assert list((up.home / "objects").glob("*.part")) == []

        up.kill()
        started = subprocess.run(
            [CODEFREE, "up", "--port", str(up.port), "--home", str(up.home), "--no-console"],
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
        assert started.returncode == 1 and "Traceback" not in started.stdout + started.stderr
        assert "is full. Free some space, and start again" in started.stdout + started.stderr

        filler.unlink()
        up.start()
        put(up, "kept/1", b"there is room again")
        for key, version in versions.items():
            answer = up.s3.get_object(Bucket="codefree", Key=key, VersionId=version)
            assert answer["Body"].read() == kept[key]
        with pytest.raises(ClientError):
            up.s3.head_object(Bucket="codefree", Key="kept/19")
    finally:
        up.kill()


@pytest.mark.long
def test_a_disk_that_is_full_now_and_then_loses_nothing_acknowledged(small_disk: Path) -> None:
    up = Up(small_disk / "often full").start()
    try:
        writers = Writers([up.client("s3") for _ in range(4)], keys=3, most_bytes=MIB // 8)
        for _ in range(3):
            filler = filled(small_disk)
            time.sleep(random.uniform(0.3, 1))
            filler.unlink()
            time.sleep(0.5)
        writers.stop()
        assert writers.refused and writers.count()
        assert {e.response["ResponseMetadata"]["HTTPStatusCode"] for e in writers.refused} == {507}
        assert writers.wrong(up.s3) == []
        up.kill().start()
        assert writers.wrong(up.s3) == []
    finally:
        up.kill()


def test_the_key_of_the_home_stays_through_a_full_disk(small_disk: Path) -> None:
    home = small_disk / "with a key"
    home.mkdir()
    key = kept_credentials(home)
    filler = filled(small_disk)
    assert kept_credentials(home) == key
    filler.unlink()
