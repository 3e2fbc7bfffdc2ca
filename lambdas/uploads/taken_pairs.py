"""Which uploaded pairs an execution has taken care of, whatever became of them then.

A claim tells who works on some content; a mark tells that these very uploads were seen together.
What has no mark was lost on the way: its events did not come. Marks are under ``runs/``, where the
bucket's lifecycle removes them after 30 days.
"""

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from lambdas.uploads.pair import Pair

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_FOLDER = "runs/taken/"


class Listed(NamedTuple):
    """An upload by what a list of objects tells of it; ``uploaded`` in seconds since 1970."""

    key: str
    etag: str
    uploaded: int


def take(s3: "S3Client", bucket: str, pair: Pair, execution: str) -> None:
    """Marks the pair as taken by ``execution``, an ARN."""
    mark = mark_of(
        *(Listed(half.key, half.etag, half.uploaded) for half in (pair.train, pair.test))
    )
    body = json.dumps({"dataset": pair.name, "execution": execution}, ensure_ascii=False)
    s3.put_object(Bucket=bucket, Key=f"{_FOLDER}{mark}.json", Body=body.encode())


def marks(s3: "S3Client", bucket: str) -> set[str]:
    """The marks of all pairs that were taken."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=_FOLDER)
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    return {key.removeprefix(_FOLDER).removesuffix(".json") for key in keys}


def mark_of(train: Listed, test: Listed) -> str:
    """The mark of two uploads, as 32 hexadecimal digits."""
    text = json.dumps([train, test], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
