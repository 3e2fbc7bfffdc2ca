"""The bodies of uploads to S3: decoded, digested and verified block by block while they are read.

Sources: Amazon S3 API Reference, PutObject; Amazon S3 User Guide, "Checking object integrity".
Not verified: CRC32C and CRC64NVME, which need libraries that are not here, as in moto.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.s3.exceptions import S3ClientError
from werkzeug.exceptions import ClientDisconnected

from local.streaming.object_bytes import FileBytes, Incoming

_BLOCK_BYTES = 1024**2
_LONGEST_LINE = 1024
_MOST_TRAILERS = 20
_PREFIX = "x-amz-checksum-"
_CHUNK_SIZE = re.compile(rb"[0-9a-fA-F]{1,16}")


class IncompleteBody(S3ClientError):  # type: ignore[misc]
    """Fewer bytes came than were announced."""

    def __init__(self) -> None:
        super().__init__(
            "IncompleteBody",
            "You did not provide the number of bytes specified by the Content-Length HTTP header",
        )


class BadDigest(S3ClientError):  # type: ignore[misc]
    """Other bytes came than were announced."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "BadDigest", f"The {name} you specified did not match the calculated checksum."
        )


class MalformedTrailer(S3ClientError):  # type: ignore[misc]
    """A header that was announced for after the body did not come."""

    def __init__(self) -> None:
        super().__init__(
            "MalformedTrailerError",
            "The request contained trailing data that was not well-formed or did not conform to "
            "our published schema.",
        )


@dataclass
class Upload:
    """A body that has been read, and the headers that came after it."""

    content: bytes | FileBytes = b""
    trailers: dict[str, str] = field(default_factory=dict)


def received(stream: Any, headers: Mapping[str, str], incoming: Incoming) -> Upload:
    """Reads the body to its end; the headers have names in small letters.

    Raises:
        IncompleteBody: it was cut off.
        BadDigest: its MD5 or a checksum is not what the request says.
        MalformedTrailer: a checksum was to come after it, and did not.
        TimeoutError: no more of it comes.
        OSError: there is no room for it.
    """
    upload = Upload()
    sums = _Sums(headers)
    try:
        upload.content = incoming.store(sums.seen(_blocks(stream, headers, upload.trailers)))
    except ClientDisconnected as gone:
        if isinstance(gone.__context__, TimeoutError):  # it may still be there, but sends nothing
            raise gone.__context__ from None
        raise IncompleteBody from None
    sums.verify({**headers, **upload.trailers})
    return upload


def checksum(content: FileBytes, algorithm: str) -> bytes:
    """The checksum of bytes in a file, by the algorithms that moto computes, or CRC32 instead."""
    running = _running(algorithm) or _Crc32()
    for block in content:
        running.update(block)
    return running.digest()


def _blocks(stream: Any, headers: Mapping[str, str], trailers: dict[str, str]) -> Iterator[bytes]:
    if not headers.get("x-amz-content-sha256", "").startswith("STREAMING-"):
        while block := stream.read(_BLOCK_BYTES):
            yield block
        return
    announced, length = headers.get("x-amz-decoded-content-length"), 0
    for block in _decoded(stream, trailers):
        length += len(block)
        yield block
    if announced is not None and announced != str(length):
        raise IncompleteBody
    if _trailer_names(headers) - set(trailers):
        raise MalformedTrailer


def _decoded(stream: Any, trailers: dict[str, str]) -> Iterator[bytes]:
    """What is in the chunks of an ``aws-chunked`` body."""
    while left := _chunk_size(stream):
        while left:
            block = stream.read(min(left, _BLOCK_BYTES))
            if not block:
                raise IncompleteBody
            left -= len(block)
            yield block
        stream.readline(_LONGEST_LINE)
    for _ in range(_MOST_TRAILERS):
        name, separator, value = stream.readline(_LONGEST_LINE).decode("latin-1").partition(":")
        if not separator:
            return
        trailers[name.strip().lower()] = value.strip()


def _chunk_size(stream: Any) -> int:
    size = stream.readline(_LONGEST_LINE).partition(b";")[0].strip()
    if not _CHUNK_SIZE.fullmatch(size):  # int() takes more: signs, underscores
        raise IncompleteBody
    return int(size, 16)


def _trailer_names(headers: Mapping[str, str]) -> set[str]:
    """The headers that are to come after the body."""
    named = headers.get("x-amz-trailer", "").lower().split(",")
    return {name.strip() for name in named} - {""}


class _Sums:
    """The sums that the request announces, of the bytes that are seen."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        named = set(headers) | _trailer_names(headers)
        self._running: dict[str, Any] = {
            name: running
            for name in named
            if name.startswith(_PREFIX) and (running := _running(name.removeprefix(_PREFIX)))
        }
        if "content-md5" in named:
            self._running["content-md5"] = hashlib.md5(usedforsecurity=False)

    def seen(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        for block in blocks:
            for running in self._running.values():
                running.update(block)
            yield block

    def verify(self, announced: Mapping[str, str]) -> None:
        for name, running in self._running.items():
            right = base64.b64encode(running.digest()).decode()
            if name in announced and announced[name] != right:
                raise BadDigest("Content-MD5" if name == "content-md5" else name)


class _Crc32:
    def __init__(self) -> None:
        self._sum = 0

    def update(self, block: bytes) -> None:
        self._sum = binascii.crc32(block, self._sum)

    def digest(self) -> bytes:
        return self._sum.to_bytes(4, "big")


def _running(algorithm: str) -> Any:
    """A sum to be continued; None where there is no way to compute it here."""
    match algorithm.upper():
        case "CRC32":
            return _Crc32()
        case "SHA1":
            return hashlib.sha1(usedforsecurity=False)
        case "SHA256":
            return hashlib.sha256()
    return None
