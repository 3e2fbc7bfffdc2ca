"""Which bucket and which key a request to S3 is about."""

import re
from typing import Any

_S3 = re.compile(r"/s3/aws4_request")


def is_for_s3(environ: dict[str, Any]) -> bool:
    """Whether the request (WSGI) was signed for S3."""
    return bool(_S3.search(environ.get("HTTP_AUTHORIZATION", "")))


def place_of(environ: dict[str, Any]) -> tuple[str, str]:
    """Bucket and key; empty where the request names none, or is for another service."""
    if not is_for_s3(environ):
        return "", ""
    host = environ.get("HTTP_HOST", "").partition(":")[0]
    bucket, _, key = environ["PATH_INFO"].lstrip("/").partition("/")
    if not key and "." in host and not host.replace(".", "").isdigit():
        bucket, key = host, bucket  # the bucket is named by the host
    return bucket, key
