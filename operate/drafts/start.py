"""A draft started: its files copied to where uploads start runs, in the order that starts one."""

from typing import Any

from boto3.s3.transfer import TransferConfig

from lambdas.bucket.bucket import Bucket
from lambdas.errors import PairRejected
from lambdas.uploads.dataset import Dataset, Part, dataset_named
from lambdas.uploads.key import file_of
from lambdas.uploads.pair import RunRequest, Upload, find_uploads
from operate.account import CannotDo
from operate.drafts.check import Table
from operate.language import spoken, to_speak

_GIB = 1024**3
# S3 copies up to 5 GiB at once; in parts it is quicker, and there are no more than 10,000.
_COPYING = TransferConfig(multipart_threshold=_GIB, multipart_chunksize=_GIB // 2)

_A_TABLE = to_speak(
    "{file} was uploaded before, so {name} is a single table and can't also be a pair. Choose "
    "another name."
)
_A_PAIR = to_speak(
    "{file} was uploaded before, so {name} is a pair and can't also be a single table. Choose "
    "another name."
)


def earlier_uploads(bucket: Bucket, name: str) -> dict[Part, Upload]:
    """What was uploaded for the dataset before.

    Raises:
        CannotDo: no dataset can be called so.
    """
    return find_uploads(bucket, RunRequest(usable_dataset(name, is_pair=True), None))


def usable_dataset(name: str, *, is_pair: bool) -> Dataset:
    """The dataset called ``name``.

    Raises:
        CannotDo: no dataset can be called so.
    """
    try:
        dataset = dataset_named(name)
        file_of(dataset.key(Part.TRAIN if is_pair else Part.WHOLE))
    except PairRejected as error:
        raise CannotDo(str(error)) from error
    return dataset


def refuse_other_kind(name: str, earlier: dict[Part, Upload], *, is_pair: bool) -> None:
    """A dataset is one table or two: which of them was meant would not be certain.

    Raises:
        CannotDo: the other kind is there under this name.
    """
    others = [Part.WHOLE] if is_pair else [Part.TRAIN, Part.TEST]
    if found := next((earlier[part] for part in others if part in earlier), None):
        raise CannotDo(spoken(_A_TABLE if is_pair else _A_PAIR, file=found.file_name, name=name))


def start_tables(bucket: Bucket, name: str, tables: dict[Part, Table], settings: bytes) -> None:
    """Uploads the dataset's settings and tables by copying them; the last one starts the run.

    Whatever was uploaded under the name before would start runs of its own together with each file
    that is replaced, which nobody asked for: so the file that makes the dataset complete is deleted
    first, and comes last. Done again after it was interrupted, it leads to the same.
    """
    last = Part.WHOLE if Part.WHOLE in tables else Part.TRAIN
    dataset = usable_dataset(name, is_pair=last is Part.TRAIN)
    earlier = earlier_uploads(bucket, name)
    refuse_other_kind(name, earlier, is_pair=last is Part.TRAIN)
    while last in earlier:  # in each spelling of its name
        bucket.delete(earlier[last].key)
        earlier = earlier_uploads(bucket, name)
    if settings or Part.SETTINGS in earlier:
        kept = earlier.get(Part.SETTINGS)
        key = kept.key if kept else dataset.key(Part.SETTINGS)
        if not kept or bucket.read(key) != settings:
            bucket.write(key, settings, "text/plain; charset=utf-8")
    for part in [Part.TEST, last] if last is Part.TRAIN else [last]:
        table = tables[part]
        if part is last or not table.is_earlier:
            packed = ".gz" if table.name.lower().endswith(".gz") else ""
            copy_upload(bucket, table.upload, dataset.key(part) + packed)


def copy_upload(bucket: Bucket, upload: Upload, to: str) -> None:
    """Copies a version of an object of any size; its bytes don't come by here."""
    source: Any = {"Bucket": bucket.name, "Key": upload.key, "VersionId": upload.version}
    tags: Any = {"TaggingDirective": "REPLACE"}  # to read them would need a right of its own
    bucket.s3.copy(source, bucket.name, to, ExtraArgs=tags, Config=_COPYING)
