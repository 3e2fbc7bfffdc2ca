"""The custom resource that unpacks what the template carries into the bucket.

Runs inline in Lambda, so that one file is all there is to deploy. The build appends the constants
LAMBDAS_KEY, LAMBDAS and TRAINING_CODE (base64) and CODE_VERSION.
"""

import base64
import json
import urllib.request

import boto3
from botocore.exceptions import ClientError

TRAINING_CODE_KEY = "source/sourcedir.tar.gz"


def handler(event, context):
    """CloudFormation's custom resource protocol: do the work, then PUT the outcome to a URL."""
    status, reason = "SUCCESS", ""
    try:
        if event["RequestType"] != "Delete":
            unpack(boto3.client("s3"), event["ResourceProperties"]["Bucket"])
    except Exception as error:  # whatever happened, CloudFormation would wait an hour for a word
        status, reason = "FAILED", f"Unpacking Codefree's code failed: {error}"
    answer(event, status, reason)


def unpack(s3, bucket):
    """Puts the Lambda functions' code, and the training code where no own version lies."""
    s3.put_object(Bucket=bucket, Key=LAMBDAS_KEY, Body=base64.b64decode(LAMBDAS))
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


def answer(event, status, reason):
    """Tells CloudFormation how it went."""
    body = {
        "Status": status,
        "Reason": reason[:1000],
        "PhysicalResourceId": "codefree-code",
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": {"LambdasKey": LAMBDAS_KEY},
    }
    request = urllib.request.Request(
        event["ResponseURL"],
        data=json.dumps(body).encode(),
        method="PUT",
        headers={"Content-Type": ""},
    )
    urllib.request.urlopen(request)
