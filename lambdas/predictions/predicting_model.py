"""The model that predicts: the one that is approved, recognised by its digest, and the data that it
was trained on."""

from typing import TYPE_CHECKING

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.kept_data import json_object
from lambdas.bucket.layout import check_key
from lambdas.check.rows_check import BrokenTrainedFile, TrainedFile
from lambdas.errors import KeptDataBroken, ModelUnusable
from lambdas.language import spoken
from lambdas.models.registry import approved_model
from lambdas.models.sealed import usable_model
from lambdas.state import PredictingModelState

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient


def find_model(
    bucket: Bucket, sagemaker: "SageMakerClient", stack: str, dataset: str
) -> PredictingModelState | None:
    """The dataset's approved model; None where it has none.

    Raises:
        ModelUnusable: its file is gone, or what it is recognised by.
    """
    model = approved_model(sagemaker, stack, dataset)
    if model is None:
        return None
    usable = usable_model(bucket, model)
    return {
        "Run": model.run,
        "Job": model.job,
        "Version": model.version,
        "Uri": bucket.uri(usable.key),
        "Bytes": usable.bytes,
        "Sha256": usable.sha256,
    }


def read_trained_file(bucket: Bucket, dataset: str, run: str) -> TrainedFile:
    """What the model of the ``run`` was trained on.

    Raises:
        ModelUnusable: nothing tells it any more.
    """
    key = check_key(dataset, run)
    kept = bucket.read(key)
    try:
        if kept is not None:
            return TrainedFile.of(json_object(kept))
    except (BrokenTrainedFile, KeptDataBroken):
        pass
    raise ModelUnusable(
        spoken(
            "{key} is missing or was changed, which says what the model was trained on. Upload a "
            "file of {dataset} to data/ again to train a new model, or approve another one.",
            key=key,
            dataset=dataset,
        )
    )
