"""Parts of an upload that is not there: it was completed, cancelled, or local mode was killed.

moto fails at that with an error of its own, which clients take for one that passes. Source: Amazon
S3 API reference, "UploadPart" (NoSuchUpload).
"""

from typing import Any

from moto.s3.exceptions import NoSuchUpload
from moto.s3.models import S3Backend

from local.patches import wrap


def patch() -> None:
    """Makes S3 say that there is no such upload."""

    def known(request: Any, self: S3Backend, bucket_name: str, *args: Any, **given: Any) -> Any:
        upload = given["multipart_id"] if "multipart_id" in given else args[0]
        if upload not in self.get_bucket(bucket_name).multiparts:
            raise NoSuchUpload(upload_id=upload)
        return request(self, bucket_name, *args, **given)

    wrap(S3Backend, "upload_part", known)
    wrap(S3Backend, "complete_multipart_upload", known)
