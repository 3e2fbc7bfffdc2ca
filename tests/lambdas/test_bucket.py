"""The bucket's verbs: what is not there, and what is written only under a condition."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from lambdas.bucket.bucket import Bucket, Stored
from lambdas.errors import TryAgain


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="bucket")
        client.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
        yield Bucket("bucket", client)


def test_what_is_not_there_is_none_and_a_missing_bucket_is_an_error(bucket: Bucket) -> None:
    bucket.write("a", b"1")
    missing = "00000000-0000-0000-0000-000000000000"
    assert bucket.read("b") is None
    assert bucket.read_stored("b") is None
    assert bucket.head("b") is None
    assert bucket.open("b") is None
    assert bucket.open("a", missing) is None
    with pytest.raises(ClientError, match="NoSuchBucket"):
        Bucket("other", bucket.s3).read("a")


def test_an_absent_object_is_written_once(bucket: Bucket) -> None:
    assert bucket.write_if_absent("a", b"1", "text/plain")
    assert not bucket.write_if_absent("a", b"2")
    assert bucket.read("a") == b"1"
    found = bucket.head("a")
    assert found and found["ContentType"] == "text/plain"


def test_only_what_has_not_changed_since_is_written(bucket: Bucket) -> None:
    assert bucket.write_if_unchanged("a", b"1", None)
    assert not bucket.write_if_unchanged("a", b"2", None)
    before = bucket.read_stored("a")
    assert before and before.body == b"1"
    assert bucket.write_if_unchanged("a", b"2", before)
    assert not bucket.write_if_unchanged("a", b"3", before)
    assert bucket.read("a") == b"2"


@pytest.mark.parametrize(("status", "is_tried_again"), [(404, False), (412, False), (409, True)])
def test_a_collision_is_no_refusal(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, status: int, is_tried_again: bool
) -> None:
    def answer(**_: Any) -> None:
        raise ClientError({"ResponseMetadata": {"HTTPStatusCode": status}}, "PutObject")  # type: ignore[typeddict-item]

    monkeypatch.setattr(bucket.s3, "put_object", answer)
    if not is_tried_again:
        assert not bucket.write_if_absent("a", b"1")
        assert not bucket.write_if_unchanged("a", b"1", Stored(b"0", '"etag"'))
        return
    with pytest.raises(TryAgain, match="wrote a at the same moment"):
        bucket.write_if_absent("a", b"1")
    with pytest.raises(TryAgain):
        bucket.write_if_unchanged("a", b"1", Stored(b"0", '"etag"'))


def test_keys_are_listed_by_their_beginning_and_as_many_as_asked_for(bucket: Bucket) -> None:
    for key in ("a/3", "a/1", "b/1", "a/2"):
        bucket.write(key, b"")
    assert bucket.keys("a/") == ["a/1", "a/2", "a/3"]
    assert bucket.keys("a/", most=2) == ["a/1", "a/2"]
    bucket.delete("a/1")
    bucket.delete("a/1")
    assert bucket.keys("a/") == ["a/2", "a/3"]


def test_a_part_and_a_version_can_be_read_and_copied(bucket: Bucket) -> None:
    bucket.write("a", b"0123")
    first = bucket.head("a")
    bucket.write("a", b"new")
    assert first
    part = bucket.open("a", first["VersionId"], (1, 2))
    assert part and part["Body"].read() == b"12"
    for size in (4, 1024**3):
        bucket.copy("a", first["VersionId"], f"b {size}", size)
        assert bucket.read(f"b {size}") == b"0123"


@pytest.mark.parametrize(
    ("size", "asked"),
    [
        (8 * 1024**2 - 1, {"CopyObject"}),
        (8 * 1024**2, {"HeadObject", "CreateMultipartUpload", "UploadPartCopy"}),
    ],
)
def test_what_is_copied_in_one_is_not_asked_for_first(
    bucket: Bucket, size: int, asked: set[str]
) -> None:
    bucket.write("a", b"1" * size)
    first = bucket.head("a")
    assert first
    seen: list[str] = []
    bucket.s3.meta.events.register("before-call.s3", lambda model, **_: seen.append(model.name))
    bucket.s3.put_object_tagging(
        Bucket="bucket", Key="a", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]}
    )
    bucket.copy("a", first["VersionId"], "b", size)
    assert set(seen) - {"PutObjectTagging", "CompleteMultipartUpload"} == asked
    assert bucket.head("b")["ContentLength"] == size  # type: ignore[index]
    assert not bucket.s3.get_object_tagging(Bucket="bucket", Key="b")["TagSet"]


def test_an_address_leads_back_to_its_key(bucket: Bucket) -> None:
    assert bucket.uri("runs/한 글/") == "s3://bucket/runs/한 글/"
    assert bucket.key(bucket.uri("runs/한 글/")) == "runs/한 글/"
