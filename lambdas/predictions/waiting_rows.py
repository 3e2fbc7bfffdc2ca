"""Files of new rows that wait for a model: each has left a note, and its execution has ended.

Sweep looks through the notes, and starts what has an approved model by now.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.kept_data import json_object
from lambdas.bucket.layout import WAITING_ROWS, waiting_rows_key
from lambdas.errors import KeptDataBroken, UploadMisnamed
from lambdas.predictions.rows_file import RowsFile
from lambdas.uploads.pair import Upload
from lambdas.uploads.taken_pairs import Listed, mark_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDING = ".json"


@dataclass(frozen=True)
class WaitingRows:
    """A file that waits, and the mark of its upload."""

    file: RowsFile
    mark: str


def wait_for_model(bucket: Bucket, file: RowsFile, upload: Upload) -> None:
    """Leaves a note; that of an older upload of the file is replaced."""
    note = {"mark": mark_of_rows(upload)}
    bucket.write(_key(file), json.dumps(note).encode())


def stop_waiting(bucket: Bucket, file: RowsFile) -> None:
    """Removes the file's note; nothing happens where there is none."""
    if bucket.head(_key(file)):
        bucket.delete(_key(file))


def list_waiting_rows(bucket: Bucket) -> "Iterator[WaitingRows]":
    """The files that wait, by dataset. What somebody else has put there is passed over."""
    for key in bucket.keys(WAITING_ROWS):
        dataset, _, name = key.removeprefix(WAITING_ROWS).partition("/")
        try:
            file = RowsFile.named(dataset, name.removesuffix(_ENDING))
            note = json_object(bucket.read(key) or b"")
        except (UploadMisnamed, KeptDataBroken):
            continue
        yield WaitingRows(file, str(note.get("mark")))


def mark_of_rows(upload: Upload) -> str:
    """What says of an upload of rows that it was taken."""
    return mark_of(Listed(upload.key, upload.etag, upload.uploaded))


def _key(file: RowsFile) -> str:
    return waiting_rows_key(file.dataset, file.file_name)
