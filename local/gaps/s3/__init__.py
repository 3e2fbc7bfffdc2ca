"""What moto's S3 lacks."""

from local.gaps.s3 import (
    bucket_policies,
    bucket_properties,
    conditional_writes,
    kept_headers,
    multipart_uploads,
    object_events,
)


def patch() -> None:
    """Adds it."""
    bucket_policies.patch()
    bucket_properties.patch()
    object_events.patch()
    conditional_writes.patch()
    kept_headers.patch()
    multipart_uploads.patch()
