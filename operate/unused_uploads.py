"""Uploads that no run will use: misnamed ones, halves without a partner, and older spellings."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import UPLOADS
from lambdas.errors import UploadMisnamed
from lambdas.uploads.dataset import Dataset, Part
from lambdas.uploads.key import half_of, is_by_product
from lambdas.uploads.misnamed import why_misnamed

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectTypeDef

Halves = Mapping[Dataset, Mapping[Part, list["ObjectTypeDef"]]]


@dataclass(frozen=True)
class UnusedUpload:
    """An upload by its name below ``data/``, and in words why no run will use it."""

    name: str
    why: str
    uploaded: datetime


def find_unused_uploads(bucket: Bucket) -> list[UnusedUpload]:
    """The uploads in ``data/`` that no run will use, the newest first."""
    return unused_uploads(bucket.objects(UPLOADS))


def unused_uploads(uploads: Iterable["ObjectTypeDef"]) -> list[UnusedUpload]:
    """The same of ``uploads``, as S3 lists them."""
    halves: dict[Dataset, dict[Part, list[ObjectTypeDef]]] = defaultdict(lambda: defaultdict(list))
    unused = []
    for upload in uploads:
        key = upload["Key"]
        try:
            half = half_of(key)
        except UploadMisnamed:
            is_folder = key.endswith("/") and not upload["Size"]
            if not is_folder and not is_by_product(key):
                unused.append(_unused(upload, f": {why_misnamed(key)}"))
        else:
            halves[half.dataset][half.part].append(upload)
    unused += _waiting(halves) + _replaced(halves)
    return sorted(unused, key=lambda upload: upload.uploaded, reverse=True)


def _waiting(halves: Halves) -> list[UnusedUpload]:
    """The halves whose partner is not there; perhaps it is there under a similar name."""
    alone = [(dataset, next(iter(there))) for dataset, there in halves.items() if len(there) == 1]
    written = {(_letters(dataset), part): dataset for dataset, part in alone}
    unused = []
    for dataset, part in alone:
        missing = next(other for other in Part if other is not part)
        why = f" waits for {dataset.file_name(missing)}."
        if similar := written.get((_letters(dataset), missing)):
            name = _name(_newest(halves[similar][missing]))
            why += f" If {name} is meant, give both the same NAME."
        unused += [_unused(upload, why) for upload in halves[dataset][part]]
    return unused


def _replaced(halves: Halves) -> list[UnusedUpload]:
    """The halves of complete pairs that are there in several spellings, but for the newest."""
    return [
        _unused(upload, f": {_name(_newest(spellings))} is newer and is used instead.")
        for there in halves.values()
        for spellings in there.values()
        for upload in spellings
        if len(there) == len(Part) and upload["LastModified"] < _newest(spellings)["LastModified"]
    ]


def _unused(upload: "ObjectTypeDef", why: str) -> UnusedUpload:
    return UnusedUpload(_name(upload), why, upload["LastModified"])


def _name(upload: "ObjectTypeDef") -> str:
    return upload["Key"].removeprefix(UPLOADS) or UPLOADS


def _newest(uploads: list["ObjectTypeDef"]) -> "ObjectTypeDef":
    return max(uploads, key=lambda upload: upload["LastModified"])


def _letters(dataset: Dataset) -> str:
    """What is left of the name where capitals, blanks and signs between words don't count."""
    text = unicodedata.normalize("NFKC", dataset.name).casefold()
    is_kept = {c: c.isalnum() or unicodedata.category(c) == "So" for c in text}
    return "".join(filter(is_kept.get, text)) or dataset.name
