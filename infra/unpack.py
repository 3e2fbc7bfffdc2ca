"""Unpacks the code in the template into the bucket, so that there is only one file to deploy.

It also tells the template how the names of the stack's groups of models begin, which
CloudFormation, without a function that shortens a text, can't.
"""

import base64
import hashlib
import lzma
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.custom_resource import Event, fulfil_and_answer
from infra.packed_code import CODE_VERSION, LAMBDAS, LAMBDAS_KEY, TRAINING_CODE

TRAINING_CODE_KEY = "source/sourcedir.tar.gz"
_LONGEST_BEGINNING = 44


def handler(event: Event, _context: object) -> None:
    """Lambda's entry."""
    fulfil_and_answer(event, "codefree-code", fulfil)


def fulfil(event: Event) -> dict[str, str] | None:
    """Unpacks when the stack is created or updated; what was unpacked goes with the bucket."""
    if event["RequestType"] == "Delete":
        return None
    properties = event["ResourceProperties"]
    unpack(boto3.client("s3"), properties["Bucket"])
    return {"ModelGroups": group_beginning(properties["Stack"])}


def group_beginning(stack: str) -> str:
    """How the names of the stack's groups of models begin, as lambdas/models/registry.py has it."""
    if len(stack) <= _LONGEST_BEGINNING:
        return stack
    mark = hashlib.sha256(stack.encode()).hexdigest()[:8]
    return f"{stack[: _LONGEST_BEGINNING - 9]}-{mark}"


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
