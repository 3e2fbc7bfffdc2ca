"""What an execution that predicts was asked for: its input, which anybody may write who may start
one.

Two forms are known: S3's event about an upload, and what a person or Sweep asks for by the names of
the dataset and the file. Whatever else an input holds means nothing.
"""

import json
from dataclasses import dataclass
from typing import Any

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import ROWS, predictions_key
from lambdas.errors import RowsRejected, UploadMisnamed
from lambdas.language import spoken, to_speak
from lambdas.predictions.rows_file import RowsFile, rows_file_of
from lambdas.uploads.asked import DEEPEST, is_deeper, is_key, key_in
from lambdas.uploads.key import is_by_product
from lambdas.uploads.pair import Upload, find_existing_key, find_newest_upload, is_folder
from lambdas.uploads.spellings import spellings

_FIELDS = {"dataset": str, "file": str, "force": bool}
_RIGHT = to_speak(
    'Start it with {{"dataset": "NAME", "file": "FILE.csv"}}, where {rows}NAME/FILE.csv is the '
    'upload; add "force": true to predict the same file again.'
)


@dataclass(frozen=True)
class AskedRows:
    """An upload by its ``key`` as S3's event has it, or a file by its names; ``force`` is whether
    it is to be predicted again."""

    key: str | None = None
    file: RowsFile | None = None
    force: bool = False


@dataclass(frozen=True)
class RowsRequest:
    """Which file of new rows an execution is about, and the upload's key where one started it."""

    file: RowsFile
    key: str | None
    force: bool = False


def asked_rows(event: object) -> AskedRows:
    """What the input ``event`` asks for.

    Raises:
        RowsRejected: it has neither form; the text says what is wrong, and what is right.
        UploadMisnamed: it names a file that can't be one of new rows.
    """
    if is_deeper(event, DEEPEST):
        raise _wrong(spoken("The execution's input is nested more than {most} deep.", most=DEEPEST))
    if isinstance(event, dict) and "dataset" in event:
        return _by_name(event)
    key = key_in(event)
    if key is None or not is_key(key):
        raise _wrong(spoken("The execution's input names no file of new rows."))
    return AskedRows(key=key)


def asked_rows_in(text: str) -> AskedRows:
    """The same for an input that is still text, as DescribeExecution gives it.

    Raises:
        RowsRejected: it has neither form, or is no JSON.
        UploadMisnamed: it names a file that can't be one of new rows.
    """
    try:
        event = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(spoken("The execution's input can't be read as JSON.")) from error
    return asked_rows(event)


def resolve_rows(bucket: Bucket, asked: AskedRows) -> RowsRequest | None:
    """What was ``asked``, with the upload's key as it is in the bucket.

    None where the upload is nobody's rows: a folder that S3's console has made, or a file that
    programs leave beside those that they are told to write.

    Raises:
        UploadMisnamed: the upload has a name that can't be used.
    """
    if asked.key is None:
        return RowsRequest(asked.file, None, asked.force) if asked.file else None
    existing = find_existing_key(bucket, asked.key)
    if is_by_product(existing) or is_folder(bucket, existing):
        return None
    return RowsRequest(rows_file_of(existing), existing)


def find_rows(bucket: Bucket, request: RowsRequest) -> Upload | None:
    """The upload that is meant: the one that started the execution, or of all spellings of the
    file's name the newest. None where there is none any more."""
    if request.key is not None:
        return find_newest_upload(bucket, [request.key])
    folders = {f"{ROWS}{name}/" for name in spellings(request.file.dataset)}
    keys = [key for folder in sorted(folders) for key in bucket.keys(folder)]
    return find_newest_upload(bucket, [key for key in keys if is_of(request.file, key)])


def check_results_name(bucket: Bucket, file: RowsFile) -> None:
    """Nothing else may lie in the folder whose results would have the same name, as x.csv.gz beside
    x.csv: the one would take the place of the other.

    Raises:
        RowsRejected: something does; the text says what to do.
    """
    stems = {
        f"{ROWS}{dataset}/{name}."
        for dataset in spellings(file.dataset)
        for name in spellings(file.file)
    }
    keys = (key for stem in sorted(stems) for key in bucket.keys(stem))
    if other := next((one for one in map(_file_of, keys) if one and _is_rival(one, file)), None):
        raise RowsRejected(
            spoken(
                "{folder} has both {file} and {other}, whose results would have the same name, "
                "{results}. Nothing was charged. Rename or delete one of them, and upload the "
                "other again.",
                folder=f"{ROWS}{file.dataset}/",
                file=file.file_name,
                other=other.file_name,
                results=predictions_key(file.dataset, file.file),
            )
        )


def is_of(file: RowsFile, key: str) -> bool:
    """Whether the object under ``key`` is an upload of the ``file``."""
    return _file_of(key) == file


def forcing_input(file: RowsFile) -> str:
    """The input of an execution that predicts the file whether or not that was done before."""
    asked = {"dataset": file.dataset, "file": file.file_name, "force": True}
    return json.dumps(asked, ensure_ascii=False)


def _file_of(key: str) -> RowsFile | None:
    try:
        return rows_file_of(key)
    except UploadMisnamed:
        return None


def _is_rival(one: RowsFile, file: RowsFile) -> bool:
    return one != file and (one.dataset, one.file) == (file.dataset, file.file)


def _by_name(fields: dict[str, Any]) -> AskedRows:
    known = all(type(value) is _FIELDS.get(name) for name, value in fields.items())
    if not known or "file" not in fields:
        raise _wrong(
            spoken(
                'The execution\'s input needs "dataset" and "file", both in quotation marks, and '
                'may have "force".'
            )
        )
    file = RowsFile.named(fields["dataset"], fields["file"])
    return AskedRows(file=file, force=fields.get("force", False))


def _wrong(what: str) -> RowsRejected:
    return RowsRejected(f"{what} {spoken(_RIGHT, rows=ROWS)}")
