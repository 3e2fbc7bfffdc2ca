"""A registered model is recognised by what the workflow has kept of it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambdas.bucket.bucket import Bucket
from lambdas.errors import KeptDataBroken
from lambdas.models.registry import RegisteredModel
from lambdas.models.sealed import read_digest

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
        yield Bucket("bucket-for-digests", s3)


def test_the_digest_is_the_one_that_the_workflow_kept(bucket: Bucket) -> None:
    bucket.write("digests/run-1/job-1.json", json.dumps({"Key": KEY, "Sha256": "a" * 64}).encode())
    assert read_digest(bucket, MODEL) == "a" * 64


def test_a_model_without_a_digest_is_not_loaded(bucket: Bucket) -> None:
    with pytest.raises(KeptDataBroken, match=r"digests/run-1/job-1\.json is missing"):
        read_digest(bucket, MODEL)


@pytest.mark.parametrize(
    "kept",
    [{"Key": KEY}, {"Key": KEY, "Sha256": "a"}, {"Key": "results/other", "Sha256": "a" * 64}],
)
def test_a_digest_of_something_else_is_none(bucket: Bucket, kept: dict[str, str]) -> None:
    bucket.write("digests/run-1/job-1.json", json.dumps(kept).encode())
    with pytest.raises(KeptDataBroken, match="is not about the model of run run-1"):
        read_digest(bucket, MODEL)
