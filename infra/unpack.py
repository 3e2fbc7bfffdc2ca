"""Unpacks the code in the template into the bucket, so that there is only one file to deploy."""

import base64
import lzma
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.custom_resource import Event, fulfil_and_answer
from infra.packed_code import CODE_VERSION, LAMBDAS, LAMBDAS_KEY, TRAINING_CODE

TRAINING_CODE_KEY = "source/sourcedir.tar.gz"


def handler(event: Event, _context: object) -> None:
    """Lambda's entry."""
    fulfil_and_answer(event, "codefree-code", fulfil)


def fulfil(event: Event) -> None:
    """Unpacks when the stack is created or updated; what was unpacked goes with the bucket."""
    if event["RequestType"] != "Delete":
        unpack(boto3.client("s3"), event["ResourceProperties"]["Bucket"])


def unpack(s3: Any, bucket: str) -> None:
    """Writes the Lambda functions' code, and the training code unless the user has their own."""
    s3.put_object(Bucket=bucket, Key=LAMBDAS_KEY, Body=_unpacked(LAMBDAS))
    if not has_custom_code(s3, bucket):
        s3.put_object(
            Bucket=bucket,
            Key=TRAINING_CODE_KEY,
            Body=_unpacked(TRAINING_CODE),
            Metadata={"codefree-version": CODE_VERSION},
        )


def _unpacked(packed: str) -> bytes:
    return lzma.decompress(base64.b85decode(packed))


def has_custom_code(s3: Any, bucket: str) -> bool:
    """Whether a user put their own training code there: only ours has our metadata."""
    try:
        head = s3.head_object(Bucket=bucket, Key=TRAINING_CODE_KEY)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
            return False
        raise
    return "codefree-version" not in head["Metadata"]
