"""The uploaded pair as it is in the bucket: which two versions, and whether both are there."""

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import unquote_plus

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.kept_data import broken, json_object, made_of
from lambdas.bucket.layout import UPLOADS, pair_key
from lambdas.errors import PairRejected, UploadMisnamed
from lambdas.uploads.asked import Asked
from lambdas.uploads.dataset import Dataset, Part, dataset_named, written_name
from lambdas.uploads.key import dataset_of, half_of, is_by_product


@dataclass(frozen=True)
class Upload:
    """One version of one object. ``etag`` tells its content, ``version`` this very upload.

    ``uploaded`` is when it was written, in whole seconds since 1970, as S3 tells it.
    """

    key: str
    etag: str
    version: str
    size: int
    uploaded: int = 0

    @property
    def file_name(self) -> str:
        """The file as the person knows it."""
        return self.key.rpartition("/")[2]


@dataclass(frozen=True)
class Pair:
    """The two uploads that belong together, frozen: later uploads have other versions."""

    name: str
    train: Upload
    test: Upload

    def to_json(self) -> str:
        """The pair as text, read back by :func:`pair_from_json`."""
        return json.dumps(asdict(self), ensure_ascii=False)


def pair_from_json(text: str | bytes) -> Pair:
    """The pair that :meth:`Pair.to_json` wrote.

    Raises:
        KeptDataBroken: it is something else.
    """
    return pair_from_fields(json_object(text))


def pair_from_fields(fields: dict[str, Any]) -> Pair:
    """The pair in what ``asdict`` made of it.

    Raises:
        KeptDataBroken: it is something else.
    """
    return Pair(
        _dataset_kept(fields.get("name")),
        made_of(Upload, fields.get("train")),
        made_of(Upload, fields.get("test")),
    )


def read_pair(bucket: Bucket, run: str) -> Pair | None:
    """What the run read when it was first checked; None where it never came so far.

    Raises:
        KeptDataBroken: somebody has written something else there.
    """
    kept = bucket.read(pair_key(run))
    return None if kept is None else pair_from_json(kept)


def keep_pair(bucket: Bucket, run: str, pair: Pair) -> None:
    """Writes down what the run reads, so that a retry or redrive reads the same."""
    bucket.write(pair_key(run), pair.to_json().encode())


@dataclass(frozen=True)
class RunRequest:
    """What an execution was started for.

    Args:
        dataset: which dataset it is about.
        key: the upload's, where one started it.
        waited: the place in line whose turn it is, where one waited before.
        force: whether the same files are to be trained again.
    """

    dataset: Dataset
    key: str | None
    waited: str | None = None
    force: bool = False


def resolve_request(bucket: Bucket, asked: Asked) -> RunRequest | None:
    """What was ``asked``, with the upload's key as it is in the bucket.

    None where the upload is no file of anybody's: S3's console makes an empty object of a folder,
    whose key ends in a slash, and programs leave files beside those that they are told to write.

    Raises:
        UploadMisnamed: the upload has a name that can't be used.
    """
    if asked.key is None:
        return RunRequest(dataset_named(asked.name or ""), None, asked.waited, asked.force)
    existing = _find_existing_key(bucket, asked.key)
    if is_by_product(existing) or _is_folder(bucket, existing):
        return None
    return RunRequest(dataset_of(existing), existing)


def find_halves(bucket: Bucket, request: RunRequest) -> dict[Part, Upload]:
    """The newest uploads of the two halves, as far as they are there, whatever their spelling.

    Each spelling of a name is a key of its own, so they are looked for in lists of keys.
    """
    listed = {key for beginning in _beginnings(request) for key in bucket.keys(beginning)}
    part_of = {key: _part_of(request.dataset, key) for key in sorted(listed)}
    halves: dict[Part, Upload] = {}
    for part in Part:
        keys = [key for key in part_of if part_of[key] is part]
        if newest := find_newest_upload(bucket, keys, request.key):
            halves[part] = newest
    return halves


def find_newest_upload(
    bucket: Bucket, keys: Iterable[str], announced: str | None = None
) -> Upload | None:
    """The upload that came last among those under ``keys``, or None where there is none.

    S3 tells times in whole seconds: within one, the ``announced`` key counts.
    """
    found = [(head["LastModified"], key, head) for key in keys if (head := bucket.head(key))]
    if not found:
        return None
    _, key, head = max(found, key=lambda upload: (upload[0], upload[1] == announced))
    return Upload(
        key,
        head["ETag"].strip('"'),
        head["VersionId"],
        head["ContentLength"],
        int(head["LastModified"].timestamp()),
    )


def find_upload(bucket: Bucket, key: str) -> Upload | None:
    """The newest version of ``key``, or None where there is none."""
    return find_newest_upload(bucket, [key])


def _find_existing_key(bucket: Bucket, key: str) -> str:
    """``key`` as S3 knows it: sources disagree on whether the event carries it URL-encoded."""
    decoded = unquote_plus(key)
    if decoded == key or find_upload(bucket, key):
        return key
    return decoded if find_upload(bucket, decoded) else key


def _is_folder(bucket: Bucket, key: str) -> bool:
    if not key.endswith("/"):
        return False
    upload = find_upload(bucket, key)
    return upload is None or upload.size == 0


def _beginnings(request: RunRequest) -> set[str]:
    """How the keys begin among which the halves are looked for.

    Whoever asks by name, as Sweep does, gets a look at all of them. For an upload's event, of which
    there may be many at once, the name's two usual forms and the upload's own are enough: what is
    written in another one, Sweep finds.
    """
    if request.key is None:
        return {UPLOADS}
    forms = {unicodedata.normalize(form, request.dataset.name) for form in ("NFC", "NFD")}
    own = written_name(request.key.removeprefix(UPLOADS))
    return {f"{UPLOADS}{name}_" for name in {*forms, own}}


def _part_of(dataset: Dataset, key: str) -> Part | None:
    """Which half of the dataset is under the key; None where neither is."""
    try:
        half = half_of(key)
    except UploadMisnamed:
        return None
    return half.part if half.dataset == dataset else None


def _dataset_kept(name: object) -> str:
    """The dataset's name, if it is one.

    Raises:
        KeptDataBroken: it is none.
    """
    try:
        return dataset_named(name if isinstance(name, str) else "").name
    except PairRejected as error:
        raise broken("it names no dataset.") from error
