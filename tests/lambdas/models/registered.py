"""Runs as they are registered, against moto's Model Registry."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto import mock_aws

from lambdas.models.registry import NewModel

STACK, BUCKET = "codefree", "bucket-for-models"
IMAGE = "763104351884.dkr.ecr.us-east-1.amazonaws.com/autogluon:1.6.3-cpu-amzn2023"


@contextmanager
def registry() -> Iterator[Any]:
    """A client of a registry that is empty."""
    with mock_aws():
        yield boto3.client(
            "sagemaker", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
        )


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
