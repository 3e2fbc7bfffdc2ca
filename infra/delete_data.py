"""Deletes the bucket and everything in it when the stack is deleted.

In the template only where DataRetention is Delete.
"""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.custom_resource import Event, fulfil_and_answer, is_end_of_stack

# DeleteObjects takes a thousand at once (Amazon S3 API reference).
AT_ONCE = 1000
# The least that KMS waits before it deletes a key, in days; the key costs nothing meanwhile.
KEY_WAITS_DAYS = 7
# To answer in time: Lambda gives 15 minutes.
RESERVE_SECONDS = 30


def handler(event: Event, context: Any) -> None:
    """Lambda's entry."""

    def fulfil(event: Event) -> None:
        if event["RequestType"] == "Delete" and is_end_of_stack(event["StackId"]):
            properties = event["ResourceProperties"]
            delete_bucket(properties["Bucket"], context.get_remaining_time_in_millis)
            if "Key" in properties:
                boto3.client("kms").schedule_key_deletion(
                    KeyId=properties["Key"], PendingWindowInDays=KEY_WAITS_DAYS
                )

    fulfil_and_answer(event, event["ResourceProperties"]["Bucket"], fulfil)


def delete_bucket(bucket: str, milliseconds_left: Callable[[], int]) -> None:
    """Deletes the bucket and its content, including what arrives meanwhile."""
    s3 = boto3.client("s3")
    try:
        while not delete_if_empty(s3, bucket):
            empty(s3, bucket, milliseconds_left)
    except s3.exceptions.NoSuchBucket:
        return  # it was deleted by hand, or the stack is deleted a second time


def delete_if_empty(s3: Any, bucket: str) -> bool:
    """Deletes the bucket; False if there is something in it."""
    try:
        s3.delete_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "BucketNotEmpty":
            raise
        return False
    return True


def empty(s3: Any, bucket: str, milliseconds_left: Callable[[], int]) -> None:
    """Deletes every version, every delete marker and every unfinished upload."""
    for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
        for upload in page.get("Uploads", []):
            s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    for page in s3.get_paginator("list_object_versions").paginate(
        Bucket=bucket, PaginationConfig={"PageSize": AT_ONCE}
    ):
        delete_versions(s3, bucket, page.get("Versions", []) + page.get("DeleteMarkers", []))
        if milliseconds_left() < RESERVE_SECONDS * 1000:
            raise TimeoutError(
                f"{bucket} has more objects than can be deleted in 15 minutes. "
                "Delete the stack again to continue."
            )


def delete_versions(s3: Any, bucket: str, versions: list[dict[str, str]]) -> None:
    """Deletes these versions, of which there are at most a thousand."""
    found = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in versions]
    if not found:
        return
    answered = s3.delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
    # Without keys, and without AWS's text, which may have one: this is logged.
    if errors := answered.get("Errors", []):
        raise RuntimeError(
            f"Objects in {bucket} that can't be deleted: {len(errors)} ({errors[0]['Code']}). Find "
            "the policy or lock that forbids it in the S3 console, then delete the stack again."
        )
