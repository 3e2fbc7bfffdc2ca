"""What local mode holds in memory of an object: little, and nothing once it is deleted."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from moto.s3.models import FakeKey, s3_backends

from local import patches
from local.aws import LocalAws
from local.kept.object_versions import hold_defaults, slim

BUCKET = "small-records"
ACCOUNT = "123456789012"


@pytest.fixture
def defaults() -> Iterator[None]:
    before = len(patches.listed())
    hold_defaults()
    yield
    for patch in reversed(patches.listed()[before:]):
        patch.undo()


@pytest.mark.usefixtures("defaults")
def test_a_version_is_the_same_with_less() -> None:
    version = FakeKey("key", b"x", ACCOUNT, "us-east-1", bucket_name=BUCKET, kms_key_id="own")
    version.disposed = True
    values = {name: getattr(version, name) for name in vars(version)}
    slim(version)
    assert {name: getattr(version, name) for name in values} == values
    assert len(vars(version)) < len(values) - 15
    assert version.kms_key_id == "own" and version.disposed
    assert version.storage_class == "STANDARD" and version.value == b"x"
    version.lock_mode = "GOVERNANCE"
    assert FakeKey("other", b"", ACCOUNT, "us-east-1").lock_mode is None


def test_a_deleted_object_leaves_memory(aws: LocalAws) -> None:
    aws.s3.create_bucket(Bucket=BUCKET)
    aws.s3.put_object(Bucket=BUCKET, Key="key", Body=b"x")
    held = weakref.ref(s3_backends[ACCOUNT]["aws"].buckets[BUCKET].keys["key"])
    assert held() is not None
    aws.s3.delete_object(Bucket=BUCKET, Key="key")
    gc.collect()
    assert held() is None


def test_objects_share_the_rights_that_aws_has_names_for(aws: LocalAws) -> None:
    for key, rights in (("a", "private"), ("b", "public-read"), ("c", "private")):
        aws.s3.put_object(Bucket=BUCKET, Key=f"rights/{key}", Body=b"x", ACL=rights)  # type: ignore[arg-type]
    keys = s3_backends[ACCOUNT]["aws"].buckets[BUCKET].keys
    a, b, c = (keys[f"rights/{key}"].acl for key in "abc")
    assert a is c and a is not b
    aws.s3.put_object_acl(Bucket=BUCKET, Key="rights/a", ACL="public-read")
    assert not keys["rights/c"].acl.public_read
