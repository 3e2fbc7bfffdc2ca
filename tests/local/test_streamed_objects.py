"""Objects of any size go through local mode in little memory, verified before the answer."""

import base64
import hashlib
import io
import random
import socket
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.moto_server.werkzeug_app import MotoRequestHandler
from moto.s3.models import FakeKey

from local.aws import LocalAws
from local.streaming.object_bytes import FileBytes, Incoming
from local.streaming.upload_bodies import (
    BadDigest,
    IncompleteBody,
    MalformedTrailer,
    Upload,
    received,
)
from tests.local.stacks import client

MIB = 1024**2
BUCKET = "streamed"


@pytest.fixture(scope="module")
def s3(aws: LocalAws) -> Any:
    made = client(aws, "s3")
    made.create_bucket(Bucket=BUCKET)
    made.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return made


@pytest.fixture
def body() -> bytes:
    return random.randbytes(12 * MIB + 17)


def content(s3: Any, key: str, **more: Any) -> bytes:
    return bytes(s3.get_object(Bucket=BUCKET, Key=key, **more)["Body"].read())


@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 64 * 1024 + 1, MIB, 3 * MIB + 1])
def test_what_was_put_comes_back_whole_and_in_ranges(s3: Any, size: int) -> None:
    body = random.randbytes(size)
    put = s3.put_object(Bucket=BUCKET, Key="plain", Body=body, Metadata={"who": "me"})
    assert put["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    got = s3.get_object(Bucket=BUCKET, Key="plain")
    assert got["Body"].read() == body
    assert (got["ContentLength"], got["Metadata"]) == (size, {"who": "me"})
    for wanted in ((0, 9), (size // 2, size), (size - 1, size - 1)) if size else ():
        got = content(s3, "plain", Range=f"bytes={wanted[0]}-{wanted[1]}")
        assert got == body[wanted[0] : wanted[1] + 1]
    if size:
        assert content(s3, "plain", Range="bytes=-7") == body[-7:]


def test_a_multipart_upload_and_its_parts_come_back(s3: Any, body: bytes) -> None:
    s3.put_object(Bucket=BUCKET, Key="source", Body=body)
    place = {"Bucket": BUCKET, "Key": "in parts"}
    upload = place | {"UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    first = s3.upload_part(**upload, PartNumber=1, Body=body[: 6 * MIB])["ETag"]
    rest = f"bytes={6 * MIB}-{len(body) - 1}"
    second = s3.upload_part_copy(
        **upload, PartNumber=2, CopySource={"Bucket": BUCKET, "Key": "source"}, CopySourceRange=rest
    )["CopyPartResult"]["ETag"]
    s3.delete_object(Bucket=BUCKET, Key="source")
    parts = [{"PartNumber": n, "ETag": etag} for n, etag in ((1, first), (2, second))]
    wrong = [parts[0], parts[1] | {"ETag": first}]
    with pytest.raises(ClientError, match="InvalidPart"):
        s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": wrong})
    done = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    digests = hashlib.md5(body[: 6 * MIB]).digest() + hashlib.md5(body[6 * MIB :]).digest()
    assert done["ETag"] == f'"{hashlib.md5(digests).hexdigest()}-2"'
    assert content(s3, "in parts") == body
    assert s3.head_object(**place, PartNumber=2)["ContentLength"] == len(body) - 6 * MIB


def test_a_copy_stays_when_its_source_is_gone(s3: Any, body: bytes) -> None:
    version = s3.put_object(Bucket=BUCKET, Key="first", Body=body)["VersionId"]
    s3.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": "first"})
    s3.delete_object(Bucket=BUCKET, Key="first", VersionId=version)
    assert content(s3, "copy") == body
    assert s3.head_object(Bucket=BUCKET, Key="copy")["ETag"] == (
        f'"{hashlib.md5(body).hexdigest()}"'
    )


@pytest.mark.parametrize("size", [5, 2 * MIB])
@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("ContentMD5", lambda body: hashlib.md5(body).digest()),
        ("ChecksumSHA1", lambda body: hashlib.sha1(body).digest()),
        ("ChecksumSHA256", lambda body: hashlib.sha256(body).digest()),
        ("ChecksumCRC32", lambda body: zlib.crc32(body).to_bytes(4, "big")),
    ],
)
def test_a_body_that_is_not_what_its_checksum_says_is_no_version(
    s3: Any, name: str, of: Any, size: int
) -> None:
    body, key = random.randbytes(size), f"checked {name} {size}"
    right, wrong = (base64.b64encode(of(of_what)).decode() for of_what in (body, b"other"))
    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=body, **{name: wrong})
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket=BUCKET, Key=key)
    s3.put_object(Bucket=BUCKET, Key=key, Body=body, **{name: right})
    assert content(s3, key) == body


def answer_to(aws: LocalAws, url: str, headers: dict[str, Any], body: bytes) -> bytes:
    """What a plain socket gets, which may send less than it announces."""
    with socket.create_connection(("127.0.0.1", aws.port)) as connection:
        lines = [f"PUT {url.removeprefix(aws.endpoint)} HTTP/1.0", f"Host: 127.0.0.1:{aws.port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_body_that_is_cut_off_is_no_version(s3: Any, aws: LocalAws) -> None:
    for sent in (0, 10, 2 * MIB):
        url = s3.generate_presigned_url("put_object", {"Bucket": BUCKET, "Key": "cut"})
        answer = answer_to(aws, url, {"Content-Length": 3 * MIB}, b"x" * sent)
        assert b"200 OK" not in answer.partition(b"\r\n")[0]
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket=BUCKET, Key="cut")


@pytest.mark.parametrize(
    ("method", "operation", "more"),
    [("PUT", "put_object", {}), ("POST", "complete_multipart_upload", {"UploadId": "u"})],
)
def test_a_body_that_stalls_is_answered_and_its_connection_closed(
    s3: Any,
    aws: LocalAws,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    operation: str,
    more: dict[str, str],
) -> None:
    monkeypatch.setattr(MotoRequestHandler, "timeout", 1)
    place = {"Bucket": BUCKET, "Key": "stalled"}
    url = s3.generate_presigned_url(operation, place | more)
    with socket.create_connection(("127.0.0.1", aws.port)) as connection:
        lines = [f"{method} {url.removeprefix(aws.endpoint)} HTTP/1.1"]
        lines += [f"Host: 127.0.0.1:{aws.port}", "Content-Length: 1000", "", "x"]
        connection.sendall("\r\n".join(lines).encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400") and b"<Code>RequestTimeout</Code>" in answer
    with pytest.raises(ClientError, match="404"):
        s3.head_object(**place)


@pytest.fixture
def incoming(tmp_path: Path) -> Incoming:
    return Incoming(tmp_path)


def test_a_file_goes_with_the_last_who_refers_to_it(incoming: Incoming, tmp_path: Path) -> None:
    stored = incoming.store(random.randbytes(MIB) for _ in range(3))
    assert isinstance(stored, FileBytes)
    part = stored[MIB : 2 * MIB]
    del stored
    assert len(bytes(part)) == MIB and len(list(tmp_path.iterdir())) == 1
    del part
    assert list(tmp_path.iterdir()) == []


def test_what_can_not_be_stored_leaves_nothing(incoming: Incoming, tmp_path: Path) -> None:
    def blocks() -> Iterator[bytes]:
        yield bytes(MIB)
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        incoming.store(blocks())
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=100)
@given(st.binary(max_size=300), st.integers(-310, 310), st.integers(-310, 310))
def test_a_part_of_a_file_is_what_it_is_of_bytes(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, start: int, stop: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "sliced"
    path.write_bytes(body)
    whole = FileBytes(path)
    assert bytes(whole[start:stop]) == body[start:stop]
    assert bytes(whole[start:][:stop]) == body[start:][:stop]
    assert len(whole[start:stop]) == len(body[start:stop])


def read(body: bytes, headers: dict[str, str], folder: Path) -> Upload:
    return received(io.BytesIO(body), headers, Incoming(folder))


def chunked(parts: list[bytes], trailer: str = "") -> bytes:
    """A body as ``aws-chunked`` has it, with or without signatures."""
    encoded = b"".join(
        f"{len(part):x}{';chunk-signature=0' * (n % 2)}\r\n".encode() + part + b"\r\n"
        for n, part in enumerate(parts)
    )
    return encoded + f"0\r\n{trailer}\r\n\r\n".encode()


STREAMING = {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}


@settings(max_examples=100)
@given(parts=st.lists(st.binary(min_size=1, max_size=100_000), max_size=4), cut=st.integers(1))
def test_chunks_are_put_together_and_cut_off_ones_are_refused(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], cut: int
) -> None:
    body, folder = b"".join(parts), tmp_path_factory.getbasetemp()
    sum_of = base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
    headers = STREAMING | {
        "x-amz-trailer": "x-amz-checksum-crc32",
        "x-amz-decoded-content-length": str(len(body)),
    }
    sent = chunked(parts, f"x-amz-checksum-crc32:{sum_of}")
    upload = read(sent, headers, folder)
    assert bytes(upload.content) == body
    assert upload.trailers == {"x-amz-checksum-crc32": sum_of}
    if body:
        with pytest.raises(IncompleteBody):
            read(sent[: cut % len(chunked(parts).removesuffix(b"0\r\n\r\n\r\n"))], headers, folder)


def test_a_checksum_after_the_body_is_compared_too(tmp_path: Path) -> None:
    for algorithm in ("crc32", "sha1", "sha256"):
        name = f"x-amz-checksum-{algorithm}"
        with pytest.raises(BadDigest):
            read(chunked([b"a"], f"{name}:d3Jvbmc="), STREAMING | {"x-amz-trailer": name}, tmp_path)


@pytest.mark.parametrize("size", ["-5", "+1", "0x1", "1_0", "", "g"])
def test_a_chunk_whose_size_is_no_number_is_refused(tmp_path: Path, size: str) -> None:
    with pytest.raises(IncompleteBody):
        read(f"{size}\r\na\r\n0\r\n\r\n".encode(), STREAMING, tmp_path)


def test_a_checksum_that_was_announced_and_does_not_come_is_refused(tmp_path: Path) -> None:
    announced = STREAMING | {"x-amz-trailer": "x-amz-checksum-crc32"}
    for trailer in ("", "x-amz-checksum-sha1:d3Jvbmc="):
        with pytest.raises(MalformedTrailer):
            read(chunked([b"a"], trailer), announced, tmp_path)


@pytest.mark.usefixtures("aws")
def test_an_object_is_read_while_its_bytes_go_to_the_disk(tmp_path: Path) -> None:
    version = FakeKey("key", b"content", "123456789012", "us-east-1")
    (tmp_path / "kept").write_bytes(b"content")
    with ThreadPoolExecutor(1) as pool:
        with version.lock:
            reading = pool.submit(lambda: bytes(version.value))
            time.sleep(0.1)  # until it waits for the lock
            version._value_buffer.close()
            version._value_buffer = FileBytes(tmp_path / "kept")
        assert reading.result() == b"content"
