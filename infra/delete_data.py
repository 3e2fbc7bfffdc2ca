"""Deletes the bucket and all that is in it when the stack is deleted.

In the template only where DataRetention is Delete. The build puts custom_resource.py before this.
"""

import boto3
from botocore.exceptions import ClientError

# DeleteObjects takes a thousand at once (Amazon S3 API reference).
AT_ONCE = 1000
# What KMS waits at least before a key is gone, in days; it costs nothing meanwhile.
KEY_WAITS_DAYS = 7
# An answer takes a moment, and Lambda gives 15 minutes.
RESERVE_SECONDS = 30


def handler(event, context):
    """Lambda's entry."""

    def fulfil(event):
        if event["RequestType"] == "Delete" and is_end_of_stack(event["StackId"]):
            properties = event["ResourceProperties"]
            delete_bucket(properties["Bucket"], lambda: context.get_remaining_time_in_millis())
            if "Key" in properties:
                boto3.client("kms").schedule_key_deletion(
                    KeyId=properties["Key"], PendingWindowInDays=KEY_WAITS_DAYS
                )

    answering(event, event["ResourceProperties"]["Bucket"], fulfil)


def delete_bucket(bucket, milliseconds_left):
    """Deletes the bucket and what is in it, also what comes in meanwhile."""
    s3 = boto3.client("s3")
    try:
        while not deleted_if_empty(s3, bucket):
            empty(s3, bucket, milliseconds_left)
    except s3.exceptions.NoSuchBucket:
        return  # it was deleted by hand, or the stack is deleted a second time


def deleted_if_empty(s3, bucket):
    """Deletes the bucket; False where there is something in it."""
    try:
        s3.delete_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "BucketNotEmpty":
            raise
        return False
    return True


def empty(s3, bucket, milliseconds_left):
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
                f"there is more in {bucket} than can be deleted in 15 minutes. "
                "Delete the stack again to go on."
            )


def delete_versions(s3, bucket, versions):
    """Deletes these versions, of which there are at most a thousand."""
    found = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in versions]
    if not found:
        return
    answered = s3.delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
    # No key and no text of AWS's, which may name one: this is logged.
    if errors := answered.get("Errors", []):
        raise RuntimeError(
            f"{len(errors)} of the objects in {bucket} can't be deleted ({errors[0]['Code']}). See "
            "in the S3 console which policy or lock forbids it, then delete the stack again."
        )
