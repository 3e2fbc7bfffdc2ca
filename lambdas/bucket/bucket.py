"""The stack's bucket, and the few things that the steps do with it.

S3 answers a conditional write with 412 where the condition does not hold, with 404 where the object
was deleted meanwhile, and with 409 where two writes collide (Amazon S3 User Guide, "Conditional
writes").
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lambdas.errors import TryAgain
from lambdas.language import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import (
        GetObjectOutputTypeDef,
        HeadObjectOutputTypeDef,
        ObjectTypeDef,
    )

_NOT_THERE = {"NoSuchKey", "NoSuchVersion"}
# The answer to a HEAD request has no body: its status stands for the error's name.
_NOT_THERE_BY_HEAD = {"404", "NoSuchKey", "NotFound"}
_NOT_WRITTEN = {404, 412}
_COLLIDED = 409
_MOST_ON_A_PAGE = 1000
# From here on boto3 copies in parts, several at a time.
_COPIED_IN_PARTS = 8 * 1024**2


@dataclass(frozen=True)
class Stored:
    """What an object held when it was read; the ETag tells whether it still does. ``metadata`` is
    what its writer has said of it."""

    body: bytes
    etag: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Bucket:
    """A bucket by its name, and the client that reaches it."""

    name: str
    s3: "S3Client"

    def uri(self, key: str) -> str:
        """The ``s3://`` address of a key."""
        return f"s3://{self.name}/{key}"

    def key(self, uri: str) -> str:
        """The key at an ``s3://`` address in this bucket."""
        return uri.removeprefix(self.uri(""))

    def read(self, key: str) -> bytes | None:
        """What the object holds; None where there is none."""
        stored = self.read_stored(key)
        return stored.body if stored else None

    def read_stored(self, key: str) -> Stored | None:
        """What the object holds, with its ETag; None where there is none."""
        found = self.open(key)
        if found is None:
            return None
        return Stored(found["Body"].read(), found["ETag"], found.get("Metadata", {}))

    def open(
        self, key: str, version: str | None = None, limits: tuple[int, int] | None = None
    ) -> "GetObjectOutputTypeDef | None":
        """S3's answer with the object as a stream; None where there is none.

        Args:
            key: the object's.
            version: which of its versions, if not the newest.
            limits: the first and the last byte, if not all.
        """
        request = {"Bucket": self.name, "Key": key}
        if version is not None:
            request["VersionId"] = version
        if limits is not None:
            request["Range"] = f"bytes={limits[0]}-{limits[1]}"
        try:
            return self.s3.get_object(**request)  # type: ignore[arg-type]
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOT_THERE:
                return None
            raise

    def head(self, key: str) -> "HeadObjectOutputTypeDef | None":
        """What S3 tells of the newest version of the object; None where there is none."""
        try:
            return self.s3.head_object(Bucket=self.name, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOT_THERE_BY_HEAD:
                return None
            raise

    def write(self, key: str, body: bytes, content_type: str | None = None) -> None:
        """Writes the object, whatever is there."""
        self._put(key, body, content_type)

    def write_if_absent(
        self,
        key: str,
        body: bytes,
        content_type: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> bool:
        """Writes the object unless there is one; returns whether it was written.

        Raises:
            TryAgain: somebody else wrote it at the same moment.
        """
        return self._put_if(key, body, content_type, metadata, IfNoneMatch="*")

    def write_if_unchanged(
        self,
        key: str,
        body: bytes,
        before: Stored | None,
        content_type: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> bool:
        """Writes the object if it is as it was ``before``; returns whether it was written.

        Args:
            key: the object's.
            body: what it is to hold.
            before: what :meth:`read_stored` returned.
            content_type: what kind of thing it is.
            metadata: what is to be said of it, in ASCII.

        Raises:
            TryAgain: somebody else wrote it at the same moment.
        """
        if before is None:
            return self.write_if_absent(key, body, content_type, metadata)
        return self._put_if(key, body, content_type, metadata, IfMatch=before.etag)

    def objects(self, prefix: str, most: int | None = None) -> "Iterator[ObjectTypeDef]":
        """The objects whose keys begin with ``prefix``, in the keys' order, ``most`` of them."""
        limits = {} if most is None else {"MaxItems": most, "PageSize": min(most, _MOST_ON_A_PAGE)}
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.name,
            Prefix=prefix,
            PaginationConfig=limits,  # type: ignore[arg-type]
        )
        for page in pages:
            yield from page.get("Contents", [])

    def keys(self, prefix: str, most: int | None = None) -> list[str]:
        """The keys of :meth:`objects`."""
        return [entry["Key"] for entry in self.objects(prefix, most)]

    def copy(self, key: str, version: str, to: str, size: int) -> None:
        """Copies a version of an object, of so many bytes, to the key ``to``, without its tags.

        To read the tags would need a right of its own.
        """
        source: Any = {"Bucket": self.name, "Key": key, "VersionId": version}
        if size < _COPIED_IN_PARTS:  # boto3 would ask for the size first, and start threads
            self.s3.copy_object(
                Bucket=self.name, Key=to, CopySource=source, TaggingDirective="REPLACE"
            )
        else:
            self.s3.copy(source, self.name, to, ExtraArgs={"TaggingDirective": "REPLACE"})

    def delete(self, key: str) -> None:
        """Deletes the object; nothing happens where there is none."""
        self.s3.delete_object(Bucket=self.name, Key=key)

    def _put_if(
        self,
        key: str,
        body: bytes,
        content_type: str | None,
        metadata: Mapping[str, str] | None,
        **condition: str,
    ) -> bool:
        said: dict[str, Any] = {"Metadata": metadata} if metadata else {}
        try:
            self._put(key, body, content_type, **condition, **said)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == _COLLIDED:
                raise TryAgain(
                    spoken("Two executions wrote {key} at the same moment.", key=key)
                ) from error
            if status in _NOT_WRITTEN:
                return False
            raise
        return True

    def _put(self, key: str, body: bytes, content_type: str | None, **request: Any) -> None:
        if content_type is not None:
            request["ContentType"] = content_type
        self.s3.put_object(Bucket=self.name, Key=key, Body=body, **request)
