"""Bodies in chunks that are signed one by one, or end in a checksum."""

import base64
import hashlib
import zlib
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest

from tests.local.door.up import Up, send, signed


def crc32(body: bytes) -> bytes:
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big"))


def in_chunks(
    up: Up, chunks: list[bytes], *, trailer: bool, checksum: bytes | None = None
) -> tuple[AWSRequest, bytes]:
    """What other SDKs send over plain HTTP: each chunk with a signature of its own."""
    name = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" + ("-TRAILER" if trailer else "")
    size = sum(map(len, chunks))
    headers = {"X-Amz-Content-SHA256": name, "Content-Encoding": "aws-chunked"}
    headers["X-Amz-Decoded-Content-Length"] = str(size)
    if trailer:
        headers["X-Amz-Trailer"] = "x-amz-checksum-crc32"
    request = AWSRequest("PUT", f"{up.endpoint}/codefree/data/chunks.csv", headers)
    request.headers["Host"] = f"127.0.0.1:{up.port}"

    class Chunks(S3SigV4Auth):
        def payload(self, request: Any) -> str:
            return name

    signer = Chunks(up.credentials, "s3", "us-east-1")
    signer.add_auth(request)
    before = request.headers["Authorization"].rpartition("=")[2]
    head = [request.context["timestamp"], signer.credential_scope(request)]
    empty, body = hashlib.sha256(b"").hexdigest(), b""
    for chunk in [*chunks, b""]:
        lines = [
            "AWS4-HMAC-SHA256-PAYLOAD",
            *head,
            before,
            empty,
            hashlib.sha256(chunk).hexdigest(),
        ]
        before = signer.signature("\n".join(lines), request)
        body += f"{len(chunk):x};chunk-signature={before}\r\n".encode() + chunk
        body += b"\r\n" if chunk or not trailer else b""
    if trailer:
        line = b"x-amz-checksum-crc32:" + (checksum or crc32(b"".join(chunks)))
        lines = [
            "AWS4-HMAC-SHA256-TRAILER",
            *head,
            before,
            hashlib.sha256(line + b"\n").hexdigest(),
        ]
        last = signer.signature("\n".join(lines), request)
        body += line + f"\r\nx-amz-trailer-signature:{last}\r\n\r\n".encode()
    return request, body


@pytest.mark.parametrize("trailer", [False, True])
def test_chunks_are_taken_with_their_signatures_and_refused_without(up: Up, trailer: bool) -> None:
    chunks = [b"a" * 70_000, b"b" * 65_536, b"c" * 5]
    request, body = in_chunks(up, chunks, trailer=trailer)
    assert send(up, request, body)[0] == 200
    stored = up.s3.get_object(Bucket="codefree", Key="data/chunks.csv")["Body"].read()
    assert stored == b"".join(chunks)
    for wrong in (body.replace(b"ccccc", b"ccccd"), body.replace(b"aaa", b"aab", 1), body[:-30]):
        status, _, told = send(up, request, wrong)
        assert status in (400, 403), told
    swapped = body.replace(crc32(b"".join(chunks)), b"AAAAAA==")
    assert (send(up, request, swapped)[0] == 403) is trailer
    versions = up.s3.list_object_versions(Bucket="codefree", Prefix="data/chunks.csv")["Versions"]
    assert {version["Size"] for version in versions} == {sum(map(len, chunks))}
    for version in versions:
        place = {"Bucket": "codefree", "Key": "data/chunks.csv", "VersionId": version["VersionId"]}
        assert up.s3.get_object(**place)["Body"].read() == stored
        up.s3.delete_object(**place)


def test_a_signed_checksum_that_is_not_the_bodys_stores_nothing(up: Up) -> None:
    request, body = in_chunks(up, [b"a" * 70_000], trailer=True, checksum=b"AAAAAA==")
    status, _, told = send(up, request, body)
    assert status == 400 and b"<Code>BadDigest</Code>" in told
    listed = up.s3.list_objects_v2(Bucket="codefree", Prefix="data/chunks.csv")
    assert listed["KeyCount"] == 0


def test_an_unsigned_body_with_a_trailing_checksum_is_taken(up: Up) -> None:
    """As boto3 and the AWS CLI send it over TLS."""
    headers = {
        "Content-Encoding": "aws-chunked",
        "X-Amz-Trailer": "x-amz-checksum-crc32",
        "X-Amz-Decoded-Content-Length": "5",
    }
    request = AWSRequest("PUT", f"{up.endpoint}/codefree/data/trailing.csv", headers)
    request.context["checksum"] = {"request_algorithm": {"in": "trailer"}}
    signed(up, request)
    assert request.headers["X-Amz-Content-SHA256"] == "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    body = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"
    assert send(up, request, body)[0] == 200
    stored = up.s3.get_object(Bucket="codefree", Key="data/trailing.csv")
    assert stored["Body"].read() == b"hello"
    up.s3.delete_object(Bucket="codefree", Key="data/trailing.csv")
