"""Runs as they are registered, against moto's Model Registry and S3."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto import mock_aws

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import digest_key
from lambdas.models.registry import NewModel, RegisteredModel, register_model

STACK, BUCKET = "codefree", "bucket-for-models"
IMAGE = "763104351884.dkr.ecr.us-east-1.amazonaws.com/autogluon:1.6.3-cpu-amzn2023"


@contextmanager
def registry() -> Iterator[Any]:
    """A client of a registry that is empty."""
    with mock_aws():
        yield _client("sagemaker")


@contextmanager
def bucket_and_registry() -> Iterator[tuple[Bucket, Any]]:
    """A bucket with versions, and such a client."""
    with registry() as sagemaker:
        s3 = _client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield Bucket(BUCKET, s3), sagemaker


def _client(service: Any) -> Any:
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    return session.client(service)


def finished_run(bucket: Bucket, sagemaker: Any, run: str) -> RegisteredModel:
    """A run whose model is sealed and registered."""
    model = register_model(sagemaker, new_model(run))
    body = f"model of {run}".encode()
    bucket.write(model.key, body)
    digest = {"Key": model.key, "Sha256": hashlib.sha256(body).hexdigest()}
    bucket.write(digest_key(run, model.job), json.dumps(digest).encode())
    return model


def new_model(run: str, dataset: str = "titanic", **others: Any) -> NewModel:
    fields = {
        "stack": STACK,
        "dataset": dataset,
        "run": run,
        "job": f"codefree-{run}-train-0-0-0",
        "bucket": BUCKET,
        "image": IMAGE,
        "metrics_sha256": "0" * 64,
        "report": f"results/{dataset}/{run}/{dataset}_report.html",
        "facts": {"model-sha256": "a" * 64, "train-etag": "b" * 32},
    }
    return NewModel(**{**fields, **others})
