"""A file of new rows brought to where its dataset's model predicts it, and what that costs."""

from dataclasses import dataclass
from datetime import datetime

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import ROWS, taken_pair_key
from lambdas.errors import BudgetTooSmall, UploadMisnamed
from lambdas.instances.catalog import snapshot_catalog
from lambdas.instances.prediction import prediction_instance, prediction_need
from lambdas.instances.quotas import Forbidden
from lambdas.predictions.rows_file import RowsFile
from lambdas.uploads.taken_pairs import Listed, mark_of
from operate.account import CannotDo
from operate.drafts.part_upload import StreamedUpload
from operate.language import spoken
from operate.models.predicting_model import PredictingModel
from operate.place import Place

__all__ = [
    "SMALL_ROWS",
    "PredictionCost",
    "RowsFile",
    "RowsUpload",
    "Uploaded",
    "prediction_cost",
    "rows_file",
    "upload_seen",
]

_PART_BYTES = 8 * 1024**2
_PARAMETER = "PredictionCost"
# What the cost of "a small file" is told for.
SMALL_ROWS = 10_000
_SMALL_BYTES = 10 * 1024**2


@dataclass(frozen=True)
class PredictionCost:
    """In USD: the most that a file may cost, and what one of ``SMALL_ROWS`` rows is expected to,
    None where even that can't be within the most; ``as_of`` is the date of the prices."""

    most: float
    usual: float | None
    as_of: str


def prediction_cost(place: Place, model: PredictingModel | None) -> PredictionCost | None:
    """What predicting a file costs; None for a stack of before there were predictions."""
    now = place.deployment.now()
    if now is None or _PARAMETER not in now.parameters:
        return None
    most = float(now.parameters[_PARAMETER])
    catalog = snapshot_catalog(place.account.s3.meta.region_name)
    if model is None:
        return PredictionCost(most, None, catalog.as_of)
    small = {"Rows": SMALL_ROWS, "Columns": 1, "Bytes": _SMALL_BYTES, "MemoryBytes": 0}
    need = prediction_need(small, model.archive.bytes)  # type: ignore[arg-type]
    try:
        instance = prediction_instance(need, catalog, Forbidden(), most, redrives=0)
    except BudgetTooSmall:
        return PredictionCost(most, None, catalog.as_of)
    return PredictionCost(most, instance["UsualUSD"], catalog.as_of)


def rows_file(dataset: str, file_name: str) -> RowsFile:
    """The file of new rows of these names; of a path, the last part counts.

    Raises:
        CannotDo: it can't be one of new rows; the text says why.
    """
    name = file_name.replace("\\", "/").rpartition("/")[2]
    try:
        return RowsFile.named(dataset, name)
    except UploadMisnamed as error:
        raise CannotDo(str(error)) from error


class RowsUpload:
    """A file whose bytes come one after the other, put to where it is predicted.

    The same content gets the same ETag as from AWS's own clients, which send what is shorter than
    a part at once: so it is predicted once, wherever it comes from.
    """

    def __init__(self, bucket: Bucket, file: RowsFile) -> None:
        self._bucket = bucket
        self._key = _key(file)
        self._first = bytearray()
        self._parts: StreamedUpload | None = None

    def write(self, content: bytes) -> None:
        """Takes the next bytes."""
        if self._parts:
            self._parts.write(content)
            return
        self._first += content
        if len(self._first) >= _PART_BYTES:
            self._parts = StreamedUpload(self._bucket, self._key, _PART_BYTES)
            self._parts.write(bytes(self._first))
            self._first.clear()

    def finish(self) -> None:
        """The file is whole, and its prediction starts by itself.

        Raises:
            CannotDo: it is empty.
        """
        if self._parts:
            self._parts.finish()
        elif self._first:
            self._bucket.write(self._key, bytes(self._first))
        else:
            raise CannotDo(spoken("The file is empty."))

    def abort(self) -> None:
        """The file will not be whole: nothing of it is kept."""
        if self._parts:
            self._parts.abort()


@dataclass(frozen=True)
class Uploaded:
    """The newest upload of a file: when it came, and whether an execution has seen it."""

    at: datetime
    is_seen: bool


def upload_seen(bucket: Bucket, file: RowsFile) -> Uploaded | None:
    """The newest upload of the file; None where there is none."""
    key = _key(file)
    head = bucket.head(key)
    if head is None:
        return None
    at = head["LastModified"]
    mark = mark_of(Listed(key, head["ETag"].strip('"'), int(at.timestamp())))
    return Uploaded(at, bucket.head(taken_pair_key(mark)) is not None)


def _key(file: RowsFile) -> str:
    return f"{ROWS}{file.dataset}/{file.file_name}"
