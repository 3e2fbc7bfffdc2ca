"""A draft: files that were brought for a dataset and have not started a run yet.

All of it lies below ``drafts/ID/`` in the stack's bucket, so it survives the console, and whoever
opens the same stack sees it. No rule watches that folder; S3 empties it after some days.
"""

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, Self, get_args

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import DRAFTS
from lambdas.settings.setting import SETTING_OF
from operate.drafts.part_upload import PartUpload

DraftPart = Literal["train", "test", "whole"]

_ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{12}")
_MOST_LISTED = 20


@dataclass(frozen=True)
class DraftFile:
    """One table of a draft.

    ``name`` is what it is called on the person's machine, ``modified`` when it was changed there,
    in milliseconds: by these and its ``size`` the file is recognised that an upload goes on with.
    ``upload`` is the id of its upload in parts of ``part_bytes``; empty once it is whole for
    certain.
    """

    id: str
    name: str
    size: int
    part: DraftPart
    part_bytes: int = 0
    upload: str = ""
    modified: int = 0


@dataclass(frozen=True)
class Draft:
    """A dataset's name, its tables and its settings, as they were brought so far.

    ``settings`` are pairs of a setting's field and what was written for it.
    """

    id: str
    dataset: str
    files: tuple[DraftFile, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()

    def file(self, file_id: str) -> DraftFile | None:
        """The table with this id."""
        return next((file for file in self.files if file.id == file_id), None)

    def key(self, file: DraftFile) -> str:
        """Where the table lies."""
        return f"{_folder(self.id)}{file.id}"

    def with_file(self, file: DraftFile) -> "Draft":
        """The same with one more table, in place of the one that played its part."""
        replaced = {"whole": {"train", "test", "whole"}}.get(file.part, {file.part, "whole"})
        kept = [other for other in self.files if other.part not in replaced]
        return replace(self, files=(*kept, file))

    @property
    def begun(self) -> datetime:
        """When the first file was brought."""
        begun = _begun(self.id)
        assert begun
        return begun

    @classmethod
    def of(cls, draft_id: str, content: bytes) -> Self:
        """The draft that :func:`keep_draft` wrote.

        Raises:
            ValueError, TypeError, KeyError: it was written by something else, or another version.
        """
        told: Any = json.loads(content)
        files = tuple(DraftFile(**file) for file in told["files"])
        settings = tuple((field, text) for field, text in told["settings"])
        made = cls(draft_id, told["dataset"], files, settings)
        texts = [made.dataset, *(text for pair in settings for text in pair)]
        texts += [text for file in files for text in (file.id, file.name, file.part, file.upload)]
        numbers = [n for file in files for n in (file.size, file.part_bytes, file.modified)]
        if not all(isinstance(text, str) for text in texts):
            raise TypeError(texts)
        if not all(isinstance(number, int) for number in numbers):
            raise TypeError(numbers)
        if any(file.part not in get_args(DraftPart) for file in files):
            raise ValueError(files)
        if not SETTING_OF.keys() >= dict(settings).keys():
            raise ValueError(settings)
        return made


def new_draft(dataset: str) -> Draft:
    """A draft without files, for a dataset called so."""
    return Draft(f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(6)}", dataset)


def new_file_id() -> str:
    """An id for a table of a draft."""
    return f"file-{secrets.token_hex(6)}"


def is_draft_id(text: str) -> bool:
    """Whether a draft may be called so."""
    return bool(_ID.fullmatch(text)) and _begun(text) is not None


def keep_draft(bucket: Bucket, draft: Draft) -> None:
    """Writes the draft down."""
    told = {key: value for key, value in asdict(draft).items() if key != "id"}
    bucket.write(_draft_key(draft.id), json.dumps(told, ensure_ascii=False).encode())


def read_draft(bucket: Bucket, draft_id: str) -> Draft | None:
    """The draft; None where it was started, cancelled or has expired, or something else is there:
    whoever may write into the bucket can put it there, and the other drafts are to be seen."""
    content = bucket.read(_draft_key(draft_id)) if is_draft_id(draft_id) else None
    try:
        return None if content is None else Draft.of(draft_id, content)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def list_drafts(bucket: Bucket) -> Iterator[Draft]:
    """The newest drafts, the newest first."""
    pages = bucket.s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket.name, Prefix=DRAFTS, Delimiter="/"
    )
    folders = [p["Prefix"] for page in pages for p in page.get("CommonPrefixes", [])]
    ids = filter(is_draft_id, (folder.removeprefix(DRAFTS).rstrip("/") for folder in folders))
    for draft_id in sorted(ids, reverse=True)[:_MOST_LISTED]:
        if draft := read_draft(bucket, draft_id):
            yield draft


def delete_file(bucket: Bucket, draft: Draft, file: DraftFile) -> None:
    """Cancels the upload of a table, and removes it."""
    if file.upload:
        PartUpload(bucket, draft.key(file), file.upload).abort()
    _delete_versions(bucket, draft.key(file))


def delete_draft(bucket: Bucket, draft: Draft) -> None:
    """Removes the draft and all that was brought for it; its record last, by which it is found."""
    for file in draft.files:
        delete_file(bucket, draft, file)
    for key in bucket.keys(_folder(draft.id)):
        if key != _draft_key(draft.id):
            _delete_versions(bucket, key)
    _delete_versions(bucket, _draft_key(draft.id))


def _begun(draft_id: str) -> datetime | None:
    told = draft_id.partition("-")[0]
    try:
        return datetime.strptime(told, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _folder(draft_id: str) -> str:
    return f"{DRAFTS}{draft_id}/"


def _draft_key(draft_id: str) -> str:
    return f"{_folder(draft_id)}draft.json"


def _delete_versions(bucket: Bucket, key: str) -> None:
    """Deletes all versions of an object: nobody wants gigabytes back that were never used."""
    pages = bucket.s3.get_paginator("list_object_versions").paginate(Bucket=bucket.name, Prefix=key)
    for page in pages:
        for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            if version["Key"] == key:
                bucket.s3.delete_object(Bucket=bucket.name, Key=key, VersionId=version["VersionId"])
