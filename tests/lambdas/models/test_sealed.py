"""A registered model is recognised by what the workflow has kept of it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambdas.bucket.bucket import Bucket
from lambdas.errors import ModelUnusable
from lambdas.models.registry import RegisteredModel
from lambdas.models.sealed import UsableModel, usable_model

KEY = "results/titanic/run-1/job-1/output/model.tar.gz"
MODEL = RegisteredModel(
    "titanic", "run-1", "job-1", "arn", 1, "Approved", "results/titanic/run-1/", KEY,
    datetime(2026, 11, 27, tzinfo=UTC), "", datetime(2026, 11, 27, tzinfo=UTC),
)  # fmt: skip


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with mock_aws():
        s3: Any = boto3.client(
            "s3", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
        )
        s3.create_bucket(Bucket="bucket-for-digests")
        s3.put_bucket_versioning(
            Bucket="bucket-for-digests", VersioningConfiguration={"Status": "Enabled"}
        )
        yield Bucket("bucket-for-digests", s3)


def seal(bucket: Bucket, **changed: object) -> None:
    """What SealModel keeps of the model, or what was made of it."""
    kept = {"Key": KEY, "Sha256": "a" * 64, **changed}
    bucket.write("digests/run-1/job-1.json", json.dumps(kept).encode())


def test_the_digest_is_the_one_that_the_workflow_kept(bucket: Bucket) -> None:
    bucket.write(KEY, b"model")
    head = bucket.head(KEY)
    assert head
    version = head["VersionId"]
    seal(bucket, VersionId=version)
    assert usable_model(bucket, MODEL) == UsableModel(KEY, version, 5, "a" * 64, is_as_sealed=True)
    bucket.write(KEY, b"another")
    found = usable_model(bucket, MODEL)
    assert (found.bytes, found.sha256, found.is_as_sealed) == (7, "a" * 64, False)


def test_a_model_that_is_gone_can_t_be_used(bucket: Bucket) -> None:
    seal(bucket)
    with pytest.raises(ModelUnusable, match=f"is no longer in the bucket: {KEY} is missing"):
        usable_model(bucket, MODEL)


def test_a_model_without_a_digest_is_not_loaded(bucket: Bucket) -> None:
    with pytest.raises(ModelUnusable, match=r"digests/run-1/job-1\.json is missing"):
        usable_model(bucket, MODEL)


@pytest.mark.parametrize(
    "kept",
    [
        b'{"Key": "%s"}' % KEY.encode(),
        b'{"Key": "%s", "Sha256": "a"}' % KEY.encode(),
        b'{"Key": "results/other", "Sha256": "%s"}' % (b"a" * 64),
        b"[]",
        b"not JSON",
    ],
)
def test_a_digest_of_something_else_is_none(bucket: Bucket, kept: bytes) -> None:
    bucket.write(KEY, b"model")
    bucket.write("digests/run-1/job-1.json", kept)
    with pytest.raises(ModelUnusable, match="is not about the model of run run-1"):
        usable_model(bucket, MODEL)
