"""Unpacks what the template carries into the bucket, so that one file is all there is to deploy.

The build puts custom_resource.py before this, and the constants LAMBDAS_KEY, LAMBDAS and
TRAINING_CODE (base64, the former compressed) and CODE_VERSION after it.
"""

import base64
import zlib

import boto3
from botocore.exceptions import ClientError

TRAINING_CODE_KEY = "source/sourcedir.tar.gz"


def handler(event, context):
    """Lambda's entry."""
    answering(event, "codefree-code", fulfil)


def fulfil(event):
    """Unpacks when the stack is made or changed; what was unpacked goes with the bucket."""
    if event["RequestType"] != "Delete":
        unpack(boto3.client("s3"), event["ResourceProperties"]["Bucket"])


def unpack(s3, bucket):
    """Puts the Lambda functions' code, and the training code where no own version lies."""
    lambdas = zlib.decompress(base64.b64decode(LAMBDAS))
    s3.put_object(Bucket=bucket, Key=LAMBDAS_KEY, Body=lambdas)
    if not users_own(s3, bucket):
        s3.put_object(
            Bucket=bucket,
            Key=TRAINING_CODE_KEY,
            Body=base64.b64decode(TRAINING_CODE),
            Metadata={"codefree-version": CODE_VERSION},
        )


def users_own(s3, bucket):
    """Whether a user put an own training code there: only ours carries our metadata."""
    try:
        head = s3.head_object(Bucket=bucket, Key=TRAINING_CODE_KEY)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
            return False
        raise
    return "codefree-version" not in head["Metadata"]
