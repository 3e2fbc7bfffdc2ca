"""The uploaded pair as it lies in the bucket: which two versions, and whether both are there."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from botocore.exceptions import ClientError

from lambdas.dataset import Dataset, dataset_named, dataset_of
from lambdas.errors import PairRejected

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

# A place in line, as lambdas/execution.py calls it.
PLACE = re.compile(r"\d{8}-\d{9}-[0-9a-f]{6}")
_NOT_THERE = {"404", "NoSuchKey", "NotFound"}


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


def pair_from_json(text: str) -> Pair:
    """The pair that :meth:`Pair.to_json` wrote."""
    return pair_from_fields(json.loads(text))


def pair_from_fields(fields: dict[str, Any]) -> Pair:
    """The pair in what ``asdict`` made of it."""
    return Pair(fields["name"], Upload(**fields["train"]), Upload(**fields["test"]))


def pair_of_run(s3: "S3Client", bucket: str, run: str) -> Pair:
    """What the run read when it was first checked."""
    kept = s3.get_object(Bucket=bucket, Key=f"runs/{run}/pair.json")
    return pair_from_json(kept["Body"].read().decode())


def keep_pair_of_run(s3: "S3Client", bucket: str, run: str, pair: Pair) -> None:
    """Writes down what the run reads, so that a retry or redrive reads the same."""
    s3.put_object(Bucket=bucket, Key=f"runs/{run}/pair.json", Body=pair.to_json().encode())


@dataclass(frozen=True)
class Request:
    """What an execution was started for.

    Args:
        dataset: which dataset it is about.
        key: the upload's, where one started it.
        waited: the place in line whose turn it is, where one waited before.
    """

    dataset: Dataset
    key: str | None
    waited: str | None = None


def request_of(s3: "S3Client", bucket: str, event: object) -> Request:
    """What ``event`` asks for: S3's Object Created event, or ``{"dataset": NAME}`` from a person.

    Raises:
        PairRejected: neither form, or a name that can't be used.
    """
    match event:
        case {"detail": {"object": {"key": str(key)}}}:
            existing = _existing_key(s3, bucket, key)
            return Request(dataset_of(existing), existing)
        case {"dataset": str(name), "waited": str(since)} if PLACE.fullmatch(since):
            return Request(dataset_named(name), None, since)
        case {"dataset": str(name)}:
            return Request(dataset_named(name), None)
    raise PairRejected(
        "The execution's input names no dataset. Start it with "
        '{"dataset": "NAME"}, where NAME_train.csv and NAME_test.csv lie in data/; '
        'add "force": true to train the same files once more.'
    )


def newest_uploaded(
    s3: "S3Client", bucket: str, keys: Iterable[str], announced: str | None = None
) -> Upload | None:
    """The upload that came last among those under ``keys``, or None where there is none.

    S3 tells times in whole seconds: within one, the ``announced`` key counts.
    """
    found = [(head["LastModified"], key, head) for key in keys if (head := _head(s3, bucket, key))]
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


def uploaded(s3: "S3Client", bucket: str, key: str) -> Upload | None:
    """The newest version of ``key``, or None where there is none."""
    return newest_uploaded(s3, bucket, [key])


def _head(s3: "S3Client", bucket: str, key: str) -> "HeadObjectOutputTypeDef | None":
    try:
        return s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in _NOT_THERE:
            return None
        raise


def _existing_key(s3: "S3Client", bucket: str, key: str) -> str:
    """``key`` as S3 knows it: sources disagree on whether the event carries it URL-encoded."""
    decoded = unquote_plus(key)
    if decoded == key or uploaded(s3, bucket, key):
        return key
    return decoded if uploaded(s3, bucket, decoded) else key
