"""Which uploads an execution has taken care of, whatever became of them then.

A claim tells who works on some content; a mark tells that these very uploads were seen together.
What has no mark was lost on the way: its events did not come. Marks are under ``runs/``, where the
bucket's lifecycle removes them after 30 days.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import NamedTuple

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import TAKEN_PAIRS, taken_pair_key
from lambdas.uploads.pair import Upload


class Listed(NamedTuple):
    """An upload by what a list of objects tells of it; ``uploaded`` in seconds since 1970."""

    key: str
    etag: str
    uploaded: int


def mark_as_taken(bucket: Bucket, dataset: str, uploads: Iterable[Upload], execution: str) -> None:
    """Marks the dataset's uploads, all that a run reads, as taken by ``execution``, an ARN."""
    mark = mark_of(*(Listed(u.key, u.etag, u.uploaded) for u in uploads))
    body = json.dumps({"dataset": dataset, "execution": execution}, ensure_ascii=False)
    bucket.write(taken_pair_key(mark), body.encode())


def read_marks(bucket: Bucket) -> set[str]:
    """The marks of all pairs that were taken."""
    return {key.removeprefix(TAKEN_PAIRS).removesuffix(".json") for key in bucket.keys(TAKEN_PAIRS)}


def mark_of(*uploads: Listed) -> str:
    """The mark of the uploads that a run reads, as 32 hexadecimal digits."""
    text = json.dumps(uploads, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
