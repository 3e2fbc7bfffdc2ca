"""Lists of a bucket's objects below a prefix, as they are added and removed."""

from typing import Any

import pytest
from moto.s3.models import FakeKey

from local.aws import LocalAws
from local.speed.object_lists import _Names

BUCKET = "lists-of-objects"


@pytest.fixture(scope="module")
def s3(aws: LocalAws) -> Any:
    aws.s3.create_bucket(Bucket=BUCKET)
    return aws.s3


def listed(s3: Any, prefix: str) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=BUCKET, Prefix=prefix, PaginationConfig={"PageSize": 2}
    )
    return [entry["Key"] for page in pages for entry in page.get("Contents", [])]


def test_a_list_has_what_begins_with_the_prefix_in_order(s3: Any) -> None:
    keys = ["a/2", "a/1", "a", "a/1", "a.b", "b/1", "a/\U0010ffff", "a/한국"]
    for key in keys:
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"")
    assert listed(s3, "a/") == ["a/1", "a/2", "a/한국", "a/\U0010ffff"]
    assert listed(s3, "a") == ["a", "a.b", "a/1", "a/2", "a/한국", "a/\U0010ffff"]
    assert listed(s3, "c") == []


def test_what_is_deleted_is_listed_no_more_and_listed_again_when_it_is_back(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="gone/1", Body=b"")
    s3.put_object(Bucket=BUCKET, Key="gone/2", Body=b"")
    s3.delete_object(Bucket=BUCKET, Key="gone/1")
    assert listed(s3, "gone/") == ["gone/2"]
    s3.put_object(Bucket=BUCKET, Key="gone/1", Body=b"")
    assert listed(s3, "gone/") == ["gone/1", "gone/2"]


class Looked(list[str]):
    """Names that count how many of them are looked at."""

    looks = 0

    def __iter__(self) -> Any:
        for name in super().__iter__():
            self.looks += 1
            yield name

    def __getitem__(self, place: Any) -> Any:
        self.looks += 1
        return super().__getitem__(place)


def test_a_list_looks_at_few_names_besides_those_below_its_prefix() -> None:
    names = _Names(())
    names._names = looked = Looked(f"{number:05}" for number in range(50_000))
    assert names.below("4999") == [f"{number}" for number in range(49_990, 50_000)]
    assert looked.looks < 50


def test_a_list_of_versions_reads_no_bytes(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"1", b"22"):
        s3.put_object(Bucket=BUCKET, Key="versions/a", Body=body)
    s3.delete_object(Bucket=BUCKET, Key="versions/a")
    with monkeypatch.context() as unreadable:
        unreadable.setattr(FakeKey, "value", None)
        found = s3.list_object_versions(Bucket=BUCKET, Prefix="versions/")
    newest, oldest = found["Versions"]
    assert (newest["Size"], oldest["Size"]) == (2, 1) and newest["ETag"] != oldest["ETag"]
    assert [marker["IsLatest"] for marker in found["DeleteMarkers"]] == [True]
    held = s3.get_object(Bucket=BUCKET, Key="versions/a", VersionId=oldest["VersionId"])
    assert held["Body"].read() == b"1"
