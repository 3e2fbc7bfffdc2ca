"""Objects of any size in little memory: bodies go to the disk as they come, answers from there.

moto reads each body into memory as a whole, and copies it several times. Here an object above
64 KiB is a file (``object_bytes.py``) from its first byte on. A body is verified before S3 answers
(``upload_bodies.py``). What moto does with an object beside that stays moto's.
"""

import base64
import contextlib
import hashlib
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from moto.core.responses import ActionResult
from moto.s3 import models, responses
from moto.s3.exceptions import EntityTooSmall, InvalidPart, MalformedXML, S3ClientError
from moto.s3.models import FakeKey, FakeMultipart, MultipartChecksumBuilder, S3Backend
from moto.s3.responses import S3Response

from local.disk import lacks_room
from local.patches import replace, wrap
from local.streaming import request_bodies
from local.streaming.object_bytes import SMALL_BYTES, FileBytes, Incoming
from local.streaming.request_bodies import UPLOAD
from local.streaming.upload_bodies import Upload, checksum

# Where a request's environment tells why its bytes could not be kept.
FAILED = "codefree.failed"
_here = threading.local()


class _NotKept(S3ClientError):  # type: ignore[misc]
    def __init__(self, error: OSError) -> None:
        if lacks_room(error):
            super().__init__("InsufficientStorage", "The disk is full. Free some space and retry.")
        else:
            super().__init__("InternalError", f"The disk failed ({error.strerror}). Retry.")


def patch(folder: Path) -> None:
    """Makes moto's S3 keep the bytes of objects in files; those that come in, in ``folder``."""
    request_bodies.patch(folder)
    _take_uploads()
    _hold_files()
    _stream_answers()
    _join_parts(Incoming(folder))


def _take_uploads() -> None:
    wrap(S3Response, "setup_class", _setup_class)
    wrap(S3Response, "key_response", _key_response)
    wrap(S3Response, "_get_checksum", _get_checksum)


def _setup_class(set_up: Any, self: S3Response, request: Any, *args: Any, **kwargs: Any) -> None:
    set_up(self, request, *args, **kwargs)
    if isinstance(upload := request.environ.get(UPLOAD), Upload):
        self.body = upload.content


def _key_response(respond: Any, self: S3Response, request: Any, *args: Any, **kwargs: Any) -> Any:
    try:
        if isinstance(wrong := request.environ.get(UPLOAD), Exception):
            raise wrong
        return respond(self, request, *args, **kwargs)
    except S3ClientError as error:
        return _refused(self, request, error)
    except OSError as error:
        request.environ[FAILED] = error
        status = 507 if lacks_room(error) else 500
        return status, *_refused(self, request, _NotKept(error))[1:]


def _get_checksum(
    get: Any, self: S3Response, response_headers: dict[str, Any]
) -> tuple[str, str | None]:
    upload = self.request.environ.get(UPLOAD)
    algorithm = self.headers.get("x-amz-sdk-checksum-algorithm", "")
    name = f"x-amz-checksum-{algorithm.lower()}"
    if upload and algorithm and name in upload.trailers:
        response_headers[name] = upload.trailers[name]
        return algorithm, upload.trailers[name]
    if upload and algorithm and name not in self.headers:
        computed = responses.compute_checksum(upload.content, algorithm).decode()
        response_headers[name] = computed
        return algorithm, computed
    known: tuple[str, str | None] = get(self, response_headers)
    return known


def _refused(response: S3Response, request: Any, error: S3ClientError) -> Any:
    response.setup_class(request)
    return response._send_response(response.serialized(ActionResult(error)))


def _hold_files() -> None:
    """Makes an object hold a file as it holds bytes."""
    wrap(FakeKey, "value", _value_of, setter=_hold)
    wrap(FakeKey, "etag", _etag_of)
    for module in (models, responses):
        wrap(module, "compute_checksum", _compute_checksum)


def _value_of(_: Any, self: FakeKey) -> bytes | FileBytes:
    with self.lock:  # or another request may put a file in the buffer's place meanwhile
        held = self._value_buffer
        if not isinstance(held, FileBytes):
            held.seek(0)
            content: bytes = held.read()
            return content
    with contextlib.closing(held.opened()) as opened:
        if not _streams() or len(held) <= SMALL_BYTES:
            return bytes(opened)
    return held.opened()


def _hold(set_value: Any, self: FakeKey, content: bytes | FileBytes) -> None:
    if not isinstance(content, FileBytes):
        set_value(self, content)
        return
    self._value_buffer.close()
    # What nobody owns may lose its name at any time: it is held open.
    self._value_buffer = content if content.owner is None else content.unopened()
    self.contentsize = len(content)
    self._etag = self._etag or content.md5


def _etag_of(etag: Any, self: FakeKey) -> str:
    if self._etag is None and isinstance(self._value_buffer, FileBytes):
        digest = hashlib.md5(usedforsecurity=False)
        for block in self._value_buffer:
            digest.update(block)
        self._etag = digest.hexdigest()
    return str(etag(self))


def _compute_checksum(
    compute: Any,
    body: bytes | FileBytes,
    algorithm: str,
    encode_base64: bool = True,  # noqa: FBT002 (as moto has it)
) -> bytes:
    if not isinstance(body, FileBytes):
        known: bytes = compute(body, algorithm, encode_base64)
        return known
    digest = checksum(body, algorithm)
    return base64.b64encode(digest) if encode_base64 else digest


def _streams() -> bool:
    return getattr(_here, "streams", False)


@contextlib.contextmanager
def _streaming() -> Iterator[None]:
    """Lets an object's value be its file, for those who can take it so."""
    before, _here.streams = _streams(), True
    try:
        yield
    finally:
        _here.streams = before


def _stream_answers() -> None:
    """Makes GetObject and copies pass files on."""
    for owner, name in (
        (S3Response, "get_object"),
        (S3Response, "copy_object"),
        (S3Backend, "upload_part_copy"),
    ):
        wrap(owner, name, _with_files)


def _with_files(method: Any, *args: Any, **kwargs: Any) -> Any:
    with _streaming():
        return method(*args, **kwargs)


def _join_parts(incoming: Incoming) -> None:
    """Makes a multipart upload one file, of which its parts are parts then."""

    def set_part(put: Any, self: FakeMultipart, number: int, value: bytes | FileBytes) -> FakeKey:
        if isinstance(value, FileBytes) and value.owner is None:  # a copy of an object's bytes
            with contextlib.closing(value):
                value = incoming.store(value)
        return put(self, number, value)

    def complete(self: FakeMultipart, body: Iterable[tuple[int, str]]) -> Any:
        parts = _wanted(self, body)
        with _streaming():
            details = _checksum_of(self, parts)
            whole = incoming.store(block for part in parts for block in _blocks(part.value))
        if isinstance(whole, FileBytes):
            _share(whole, parts)
        etags = b"".join(bytes.fromhex(part.etag.strip('"')) for part in parts)
        digest = hashlib.md5(etags, usedforsecurity=False).hexdigest()
        return whole, f"{digest}-{len(parts)}", details(whole)

    wrap(FakeMultipart, "set_part", set_part)
    replace(FakeMultipart, "complete", complete)


def _wanted(multipart: FakeMultipart, body: Iterable[tuple[int, str]]) -> list[FakeKey]:
    """The parts that the request names, which must be as it says (CompleteMultipartUpload)."""
    parts: list[FakeKey] = []
    for number, etag in body:
        part = multipart.parts.get(number)
        if part is None or part.etag.strip('"') != etag.strip('"'):
            raise InvalidPart
        if parts and parts[-1].contentsize < models.S3_UPLOAD_PART_MIN_SIZE:
            raise EntityTooSmall
        parts.append(part)
    if not parts:
        raise MalformedXML
    return parts


def _checksum_of(multipart: FakeMultipart, parts: list[FakeKey]) -> Any:
    """What tells type, value and number of parts of the checksum, of the whole object."""
    wanted = (multipart.metadata.get(f"x-amz-checksum-{name}") for name in ("algorithm", "type"))
    builder = MultipartChecksumBuilder(*wanted)
    if builder.checksum_type == "COMPOSITE":
        for part in parts:
            builder.addPart(part.value)
        return lambda _: builder.build()
    algorithm = builder.checksum_algorithm
    return lambda whole: (
        builder.checksum_type,
        models.compute_checksum(whole, algorithm).decode(),
        1,
    )


def _blocks(content: bytes | FileBytes) -> Iterable[bytes]:
    return [content] if isinstance(content, bytes) else content


def _share(whole: FileBytes, parts: list[FakeKey]) -> None:
    at = 0
    for part in parts:
        part.etag  # noqa: B018 (known before the part becomes another's)
        part.value = whole[at : at + part.contentsize]
        at += part.contentsize
