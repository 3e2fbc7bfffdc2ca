"""One version of an object: what is written down of it, and how it is made again of that."""

import functools
import json
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from moto.s3 import models
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, s3_backends
from moto.settings import get_s3_default_key_buffer_size
from moto.utilities.utils import LowercaseDict

from local.patches import add, wrap
from local.streaming.object_bytes import FileBytes

_FIELDS = (
    "_version_id",
    "_is_versioned",
    "_storage_class",
    "contentsize",
    "encryption",
    "kms_key_id",
    "bucket_key_enabled",
    "lock_mode",
    "lock_legal_status",
    "lock_until",
    "checksum_algorithm",
    "checksum_value",
    "checksum_type",
    "checksum_parts",
    "website_redirect_location",
)
# A version has so many fields that Python makes a large table for them, of which these are empty
# places: nothing is restored from Glacier here, locked, or redirected.
_DEFAULTS: dict[str, Any] = {
    "_transitions": [(None, "IN_PROGRESS"), ("IN_PROGRESS", "RESTORED")],
    "_status": None,
    "_tick": 0,
    "model_name": "s3::keyrestore",
    "website_redirect_location": None,
    "checksum_algorithm": None,
    "_storage_class": "STANDARD",
    "_expiry": None,
    "multipart": None,
    "_max_buffer_size": get_s3_default_key_buffer_size(),
    "encryption": None,
    "kms_key_id": None,
    "bucket_key_enabled": None,
    "lock_mode": None,
    "lock_legal_status": None,
    "lock_until": None,
    "checksum_value": None,
    "checksum_type": None,
    "checksum_parts": None,
}
# What is the same for all versions but those of a few kinds, such as of another bucket.
_OF_A_KIND = (
    "account_id",
    "region_name",
    "partition",
    "bucket_name",
    "_is_versioned",
    "encryption",
    "bucket_key_enabled",
    "checksum_algorithm",
    "disposed",
)


def fields_of(version: FakeKey | FakeDeleteMarker) -> str:
    """All of a version but its bytes, as text."""
    fields = {name: getattr(version, name) for name in _FIELDS if hasattr(version, name)}
    fields["last_modified"] = version.last_modified.isoformat()
    if isinstance(version, FakeKey):
        backend = s3_backends[version.account_id][version.partition]
        fields["_etag"] = version.etag.strip('"')
        fields["metadata"] = dict(version.metadata)
        fields["tags"] = backend.tagger.get_tag_dict_for_resource(version.arn)
    return json.dumps(fields)


def hold_defaults() -> None:
    """Makes the class of objects have what is the same for most of them, so that they need not."""
    for name, value in _DEFAULTS.items():
        add(FakeKey, name, value)
    wrap(FakeKey, "set_metadata", _set_own_metadata)


def slim(version: FakeKey) -> None:
    """Takes from a version what others have, too: its bytes are on the disk, and little else is its
    own. To be called by the request that makes it, as long as nobody else changes it."""
    shared = {name: getattr(version, name) for name in _OF_A_KIND}
    if version.acl is models.get_canned_acl("private"):
        shared["acl"] = version.acl
    if version.kept_at == 0:
        shared["kept_at"] = 0
    content_type = None
    if type(version._metadata) is LowercaseDict and list(version._metadata) == ["content-type"]:
        content_type = version._metadata["content-type"]
    kind = _kind(tuple(shared.items()), content_type)
    own = {
        name: value
        for name, value in version.__dict__.items()
        if name not in vars(kind) and (name not in _DEFAULTS or value != _DEFAULTS[name])
    }
    version.__class__, version.__dict__ = kind, own


@functools.cache
def _kind(shared: tuple[tuple[str, Any], ...], content_type: str | None) -> type[FakeKey]:
    """The class of the versions that have this in common; what one is given later is its own."""
    fields: dict[str, Any] = dict(shared)
    # It guards the moment in which a file takes the place of the bytes, which is over.
    fields["lock"] = threading.Lock()
    # Since when it is being restored from Glacier.
    fields["_time_progressed"] = datetime.min  # noqa: DTZ901 (moto's has no zone either)
    if content_type is not None:
        fields["_metadata"] = LowercaseDict({"Content-Type": content_type})
    kind: type[FakeKey] = type(FakeKey)(
        FakeKey.__name__, (FakeKey,), fields | {"__module__": FakeKey.__module__}
    )
    return kind


def _set_own_metadata(set_metadata: Any, version: FakeKey, *args: Any, **kwargs: Any) -> None:
    version._metadata = LowercaseDict(version._metadata)
    set_metadata(version, *args, **kwargs)


def checked_fields(text: str, is_marker: bool) -> dict[str, Any]:
    """What :func:`fields_of` wrote down.

    Raises:
        ValueError: it is something else.
    """
    fields = json.loads(text)
    needed = {"_version_id", "last_modified"}
    if not is_marker:
        needed |= {"contentsize", "metadata", "tags"}
    if not isinstance(fields, dict) or not needed <= fields.keys():
        raise ValueError(f"{text[:50]!r} tells no version of an object")
    datetime.fromisoformat(fields["last_modified"])
    return fields


def restored_version(
    bucket: FakeBucket, key: str, path: Path | None, text: str, before: Any
) -> FakeKey | FakeDeleteMarker:
    """The version that :func:`fields_of` wrote down, with its bytes at ``path``.

    A delete marker has none; moto wants to know which version came ``before`` it.
    """
    fields = json.loads(text)
    modified = datetime.fromisoformat(fields.pop("last_modified"))
    version = FakeKey(key, b"", bucket.account_id, bucket.region_name, bucket_name=bucket.name)
    if path is None:
        marker = FakeDeleteMarker(before or version)
        marker._version_id, marker.last_modified = fields["_version_id"], modified
        return marker
    metadata, tags = fields.pop("metadata"), fields.pop("tags")
    version._metadata.update(metadata)
    version.__dict__.update(fields, last_modified=modified, kept_as=path.name)
    version._value_buffer.close()
    version._value_buffer = FileBytes(path, size=fields["contentsize"])
    slim(version)
    tagger = s3_backends[bucket.account_id][bucket.partition].tagger
    tagger.tag_resource(version.arn, tagger.convert_dict_to_tags_input(tags))
    return version
