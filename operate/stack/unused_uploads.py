"""Uploads that no run will use: misnamed ones, such as wait for others, and older spellings."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import UPLOADS
from lambdas.errors import UploadMisnamed
from lambdas.uploads.dataset import HALVES, Dataset, Part
from lambdas.uploads.key import file_of, is_by_product
from lambdas.uploads.misnamed import why_misnamed
from operate.language import spoken, to_speak

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectTypeDef

Files = Mapping[Dataset, Mapping[Part, list["ObjectTypeDef"]]]
_REPLACED = to_speak("{name}: {newer} is newer and is used instead.")
_BESIDE_A_PAIR = to_speak("{name}: the dataset has a pair, which comes before a single table.")


@dataclass(frozen=True)
class UnusedUpload:
    """An upload: in words, which name it has below ``data/`` and why no run will use it."""

    sentences: str
    uploaded: datetime


def find_unused_uploads(bucket: Bucket) -> list[UnusedUpload]:
    """The uploads in ``data/`` that no run will use, the newest first."""
    return unused_uploads(bucket.objects(UPLOADS))


def unused_uploads(uploads: Iterable["ObjectTypeDef"]) -> list[UnusedUpload]:
    """The same of ``uploads``, as S3 lists them."""
    files: dict[Dataset, dict[Part, list[ObjectTypeDef]]] = defaultdict(lambda: defaultdict(list))
    unused = []
    for upload in uploads:
        key = upload["Key"]
        try:
            file = file_of(key)
        except UploadMisnamed:
            is_folder = key.endswith("/") and not upload["Size"]
            if not is_folder and not is_by_product(key):
                unused.append(_unused(upload, f"{_name(upload)}: {why_misnamed(key)}"))
        else:
            files[file.dataset][file.part].append(upload)
    unused += _waiting(files) + _replaced(files)
    return sorted(unused, key=lambda upload: upload.uploaded, reverse=True)


def _waiting(files: Files) -> list[UnusedUpload]:
    """The halves whose partner is not there, which may be there under a similar name; settings
    without data; and tables that a pair takes the place of."""
    alone = [
        (dataset, part)
        for dataset, there in files.items()
        for part in HALVES
        if part in there and not _is_pair(there)
    ]
    written = {(_letters(dataset), part): dataset for dataset, part in alone}
    unused = []
    for dataset, part in alone:
        [missing] = set(HALVES) - {part}
        hint = ""
        if similar := written.get((_letters(dataset), missing)):
            name = _name(_newest(files[similar][missing]))
            hint = spoken("If {name} is meant, give both the same NAME.", name=name)
        for upload in files[dataset][part]:
            waits = spoken(
                "{name} waits for {missing}.",
                name=_name(upload),
                missing=dataset.file_name(missing),
            )
            unused.append(_unused(upload, f"{waits} {hint}".rstrip()))
    for dataset, there in files.items():
        if set(there) == {Part.SETTINGS}:
            unused += [_unused(u, _settings_wait(dataset, u)) for u in there[Part.SETTINGS]]
        if _is_pair(there):
            unused += [_unused(u, spoken(_BESIDE_A_PAIR, name=_name(u))) for u in there[Part.WHOLE]]
    return unused


def _settings_wait(dataset: Dataset, settings: "ObjectTypeDef") -> str:
    first, second = HALVES
    return spoken(
        "{name} waits for {first} and {second}, or for {whole}.",
        name=_name(settings),
        first=dataset.file_name(first),
        second=dataset.file_name(second),
        whole=dataset.file_name(Part.WHOLE),
    )


def _replaced(files: Files) -> list[UnusedUpload]:
    """The files of complete datasets that are there in several spellings, but for the newest."""
    return [
        _unused(upload, spoken(_REPLACED, name=_name(upload), newer=_name(_newest(spellings))))
        for there in files.values()
        for part, spellings in there.items()
        for upload in spellings
        if _is_used(part, there) and upload["LastModified"] < _newest(spellings)["LastModified"]
    ]


def _is_pair(there: Mapping[Part, Any]) -> bool:
    return all(part in there for part in HALVES)


def _is_used(part: Part, there: Mapping[Part, Any]) -> bool:
    """Whether a run reads this file of the dataset."""
    if part is Part.SETTINGS:
        return len(there) > 1
    return _is_pair(there) == (part in HALVES)


def _unused(upload: "ObjectTypeDef", sentences: str) -> UnusedUpload:
    return UnusedUpload(sentences, upload["LastModified"])


def _name(upload: "ObjectTypeDef") -> str:
    return upload["Key"].removeprefix(UPLOADS) or UPLOADS


def _newest(uploads: list["ObjectTypeDef"]) -> "ObjectTypeDef":
    return max(uploads, key=lambda upload: upload["LastModified"])


def _letters(dataset: Dataset) -> str:
    """What is left of the name where capitals, blanks and signs between words don't count."""
    text = unicodedata.normalize("NFKC", dataset.name).casefold()
    is_kept = {c: c.isalnum() or unicodedata.category(c) == "So" for c in text}
    return "".join(filter(is_kept.get, text)) or dataset.name
