"""A file brought into the bucket part by part, which can be gone on with after a lost connection.

What has arrived is S3's own knowledge (ListParts), so nothing of it is kept here. Source: Amazon S3
User Guide, "Uploading and copying objects using multipart upload": at most 10,000 parts of 5 MiB to
5 GiB each, of which the last may be smaller.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from lambdas.bucket.bucket import Bucket
from operate.account import CannotDo
from operate.error_answer import error_answer
from operate.language import spoken

_MIB = 1024**2
_USUAL_PART = 8 * _MIB
_MOST_PARTS = 10_000
LARGEST_FILE = 5 * 1024**4
_GONE = {"NoSuchUpload", "404"}


class UploadGone(CannotDo):
    """The upload was completed, cancelled, or has expired."""


@dataclass(frozen=True)
class PartUpload:
    """One upload under way to ``key``; ``id`` is S3's."""

    bucket: Bucket
    key: str
    id: str

    def put_part(self, number: int, body: bytes | bytearray) -> None:
        """Uploads a part; ``number`` counts from 1. The same number again takes its place."""
        held: Any = body
        with _told_if_gone():
            self.bucket.s3.upload_part(**self._it, PartNumber=number, Body=held)

    def parts(self) -> dict[int, int]:
        """The parts that have arrived: how many bytes each has, by its number."""
        return {part["PartNumber"]: part["Size"] for part in self._listed()}

    def complete(self, size: int) -> None:
        """Makes the object of the parts, once all ``size`` bytes are there; twice is as once.

        Raises:
            CannotDo: parts are missing.
            UploadGone: it was cancelled.
        """
        try:
            listed = self._listed()
        except UploadGone:
            made = self.bucket.head(self.key)
            if made is None or made["ContentLength"] != size:
                raise
            return
        numbers = [part["PartNumber"] for part in listed]
        arrived = sum(part["Size"] for part in listed)
        if numbers != list(range(1, len(numbers) + 1)) or arrived != size:
            raise CannotDo(
                spoken(
                    "Only {arrived:,} of {size:,} bytes have arrived. Choose the same file again "
                    "to go on.",
                    arrived=arrived,
                    size=size,
                )
            )
        parts: Any = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in listed]
        with _told_if_gone():
            self.bucket.s3.complete_multipart_upload(**self._it, MultipartUpload={"Parts": parts})

    def abort(self) -> None:
        """Cancels it and removes its parts; nothing happens where there is none."""
        try:
            self.bucket.s3.abort_multipart_upload(**self._it)
        except ClientError as error:
            if error_answer(error).code not in _GONE:
                raise

    @property
    def _it(self) -> Any:
        return {"Bucket": self.bucket.name, "Key": self.key, "UploadId": self.id}

    def _listed(self) -> list[Any]:
        with _told_if_gone():
            pages = self.bucket.s3.get_paginator("list_parts").paginate(**self._it)
            return [part for page in pages for part in page.get("Parts", [])]


class StreamedUpload:
    """A file whose bytes come one after the other, uploaded part by part as they fill up.

    No more than one part of ``part_bytes`` is in memory.
    """

    def __init__(self, bucket: Bucket, key: str, part_bytes: int) -> None:
        self._upload = begin_upload(bucket, key)
        self._part_bytes = part_bytes
        self._part = bytearray()
        self._number = 0
        self.size = 0

    def write(self, content: bytes) -> None:
        """Takes the next bytes."""
        at = 0
        while at < len(content):
            taken = content[at : at + self._part_bytes - len(self._part)]
            self._part += taken
            at += len(taken)
            if len(self._part) == self._part_bytes:
                self._put()
        self.size += len(content)

    def finish(self) -> None:
        """Makes the object.

        Raises:
            CannotDo: there were no bytes.
        """
        part_bytes_for(self.size)
        if self._part:
            self._put()
        self._upload.complete(self.size)

    def abort(self) -> None:
        """Cancels it."""
        self._upload.abort()

    def _put(self) -> None:
        self._number += 1
        self._upload.put_part(self._number, self._part)
        self._part.clear()


def begin_upload(bucket: Bucket, key: str) -> PartUpload:
    """A new upload to ``key``."""
    made = bucket.s3.create_multipart_upload(Bucket=bucket.name, Key=key)
    return PartUpload(bucket, key, made["UploadId"])


def part_bytes_for(size: int) -> int:
    """How large the parts of a file of ``size`` bytes are, the last one apart.

    Raises:
        CannotDo: no object can be so large, or the file is empty.
    """
    if size < 1:
        raise CannotDo(spoken("The file is empty."))
    if size > LARGEST_FILE:
        raise CannotDo(spoken("The file is larger than S3 takes (5 TB)."))
    return max(_USUAL_PART, math.ceil(size / _MOST_PARTS / _MIB) * _MIB)


def part_sizes(size: int, part_bytes: int) -> dict[int, int]:
    """How many bytes each part of a file of ``size`` bytes has, by its number."""
    starts = range(0, size, part_bytes)
    return {number: min(part_bytes, size - at) for number, at in enumerate(starts, 1)}


@contextmanager
def _told_if_gone() -> Iterator[None]:
    """Turns S3's answer about an upload that is not there into :class:`UploadGone`."""
    try:
        yield
    except ClientError as error:
        if error_answer(error).code not in _GONE:
            raise
        raise UploadGone(
            spoken("This upload is not there any more: it was cancelled, or took too long.")
        ) from error
