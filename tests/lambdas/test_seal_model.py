"""The digest of a model is kept once, and another model is refused."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambdas.bucket.bucket import Bucket
from lambdas.errors import JobFailed, KeptDataBroken
from lambdas.seal_model import seal_model
from lambdas.state import State

KEY = "results/a/R/JOB/output/model.tar.gz"
STATE: Any = {
    "Run": {"Id": "R", "Dataset": "a", "Results": "s3://bucket/results/a/R"},
    "Training": {"JobName": "JOB"},
}


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", "us-east-1")
        client.create_bucket(Bucket="bucket")
        client.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
        yield client


def sealed_in(s3: Any, state: State = STATE) -> State:
    sagemaker = boto3.client("sagemaker", "us-east-1")
    return seal_model(state, Bucket("bucket", s3), sagemaker, "codefree")


def test_the_digest_is_kept_and_doing_it_again_gives_the_same(s3: Any) -> None:
    body = b"model" * 10_000
    version = s3.put_object(Bucket="bucket", Key=KEY, Body=body)["VersionId"]
    sealed = sealed_in(s3)
    assert sealed["Model"] == {
        "Key": KEY,
        "VersionId": version,
        "Bytes": len(body),
        "Sha256": hashlib.sha256(body).hexdigest(),
    }
    kept = s3.get_object(Bucket="bucket", Key="digests/R/JOB.json")["Body"].read()
    assert json.loads(kept) == sealed["Model"]
    assert sealed_in(s3, sealed) == sealed


def test_another_model_than_the_sealed_one_is_refused_in_words(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key=KEY, Body=b"made")
    sealed_in(s3)
    s3.put_object(Bucket="bucket", Key=KEY, Body=b"replaced")
    with pytest.raises(KeptDataBroken, match="Somebody has replaced it"):
        sealed_in(s3)


def test_a_model_that_is_missing_fails_before_an_evaluation_is_paid_for(s3: Any) -> None:
    with pytest.raises(JobFailed, match=r"is missing\. Nothing was evaluated"):
        sealed_in(s3)


def test_a_run_of_a_dataset_without_an_approved_model_is_told_so(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key=KEY, Body=b"made")
    sealed_in(s3)
    kept = s3.get_object(Bucket="bucket", Key="runs/R/champion/champion.json")["Body"].read()
    assert json.loads(kept) == {}
