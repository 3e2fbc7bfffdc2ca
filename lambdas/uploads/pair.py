"""The uploaded pair as it is in the bucket: which two versions, and whether both are there."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import unquote_plus

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.kept_data import broken, json_object, made_of
from lambdas.bucket.layout import pair_key
from lambdas.errors import PairRejected
from lambdas.uploads.asked import Asked
from lambdas.uploads.dataset import Dataset, dataset_named, dataset_of


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


def resolve_request(bucket: Bucket, asked: Asked) -> RunRequest:
    """What was ``asked``, with the upload's key as it is in the bucket.

    Raises:
        PairRejected: the upload has a name that can't be used.
    """
    if asked.key is None:
        return RunRequest(dataset_named(asked.name or ""), None, asked.waited, asked.force)
    existing = _find_existing_key(bucket, asked.key)
    return RunRequest(dataset_of(existing), existing)


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


def _dataset_kept(name: object) -> str:
    """The dataset's name, if it is one.

    Raises:
        KeptDataBroken: it is none.
    """
    try:
        return dataset_named(name if isinstance(name, str) else "").name
    except PairRejected as error:
        raise broken("it names no dataset.") from error
