"""Objects of any size take little memory of `codefree up`, and stay whole through a kill."""

import hashlib
import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from boto3.s3.transfer import TransferConfig

from tests.local.codefree_up import Up

MIB = 1024**2
SIZE = 64 * MIB
# What a few blocks in each of a few threads take, and no copy of the body.
MOST_GROWTH = 48 * MIB


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    started = Up(tmp_path_factory.mktemp("large") / "home").start()
    yield started
    started.kill()


@pytest.fixture(scope="module")
def body() -> bytes:
    return random.randbytes(MIB) * (SIZE // MIB)


def put(s3: Any, body: bytes) -> None:
    s3.put_object(Bucket="codefree", Key="large", Body=body)


def put_in_parts(s3: Any, body: bytes) -> None:
    parts = TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=16 * MIB)
    s3.upload_fileobj(io.BytesIO(body), "codefree", "large", Config=parts)


def copy_in_parts(s3: Any, body: bytes) -> None:
    put(s3, body)
    source = {"Bucket": "codefree", "Key": "large"}
    parts = TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=16 * MIB)
    s3.copy(source, "codefree", "copied", Config=parts)
    s3.copy_object(Bucket="codefree", Key="large", CopySource=source | {"Key": "copied"})


@pytest.mark.parametrize("upload", [put, put_in_parts, copy_in_parts])
def test_a_large_object_takes_little_memory_and_is_whole(
    up: Up, body: bytes, upload: Callable[[Any, bytes], None]
) -> None:
    assert up.process
    peak = peak_of(up.process.pid)
    upload(up.s3, body)
    assert digest(up.s3, "bytes=0-") == hashlib.sha256(body).hexdigest()
    assert digest(up.s3, f"bytes={MIB - 5}-") == hashlib.sha256(body[MIB - 5 :]).hexdigest()
    assert peak_of(up.process.pid) - peak < MOST_GROWTH


def test_large_objects_are_whole_after_a_kill_and_nothing_is_left_over(up: Up, body: bytes) -> None:
    copy_in_parts(up.s3, body)
    up.kill().start()
    for key in ("large", "copied"):
        assert digest(up.s3, "bytes=0-", key) == hashlib.sha256(body).hexdigest()
    assert not [path for path in (up.home / "incoming").rglob("*") if path.is_file()]


def digest(s3: Any, part: str, key: str = "large") -> str:
    found = hashlib.sha256()
    for block in s3.get_object(Bucket="codefree", Key=key, Range=part)["Body"]:
        found.update(block)
    return found.hexdigest()


def peak_of(pid: int) -> int:
    """The most memory that the process has taken so far, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [peak] = [line for line in lines if line.startswith("VmHWM")]
    return int(peak.split()[1]) * 1024
