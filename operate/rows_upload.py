"""A file of new rows brought to where its dataset's model predicts it, and what that costs."""

from dataclasses import dataclass
from datetime import datetime

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import ROWS
from lambdas.errors import BudgetTooSmall, UploadMisnamed
from lambdas.instances.catalog import snapshot_catalog
from lambdas.instances.prediction import prediction_instance, prediction_need
from lambdas.instances.quotas import Forbidden
from lambdas.predictions.rows_file import RowsFile
from operate.account import CannotDo
from operate.part_upload import StreamedUpload
from operate.place import Place
from operate.predicting_model import PredictingModel, bucket_of

__all__ = [
    "SMALL_ROWS",
    "PredictionCost",
    "RowsFile",
    "prediction_cost",
    "rows_file",
    "upload_of",
    "uploaded_at",
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


def upload_of(place: Place, file: RowsFile) -> StreamedUpload:
    """An upload of the file; as soon as it is whole, its prediction starts by itself."""
    return StreamedUpload(bucket_of(place), _key(file), _PART_BYTES)


def uploaded_at(bucket: Bucket, file: RowsFile) -> datetime | None:
    """When the file was uploaded last; None where it is not there."""
    head = bucket.head(_key(file))
    return head["LastModified"] if head else None


def _key(file: RowsFile) -> str:
    return f"{ROWS}{file.dataset}/{file.file_name}"
