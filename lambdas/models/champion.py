"""The approved model, frozen for the evaluation of the run that is compared with it."""

import json
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import champion_folder
from lambdas.errors import ModelUnusable, TryAgain
from lambdas.language import spoken
from lambdas.models.registry import RegisteredModel, approved_model
from lambdas.models.sealed import usable_model
from lambdas.refusals import in_words
from lambdas.state import RunState

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

# The evaluation's volume has 30 GB beside the tables (lambdas/instances/need.py). 20 of them hold
# both models, which with what is unpacked take five times the size of their archives.
_MOST_GIB = 4
_GIB = 1024**3


def freeze_approved(
    bucket: Bucket, sagemaker: "SageMakerClient", stack: str, run: RunState, own_bytes: int
) -> None:
    """Copies the dataset's approved model, if there is one, into the run's folder, and writes down
    which it is. What can't be frozen is not compared: the new model was paid for.

    Args:
        bucket: the stack's bucket.
        sagemaker: boto3's client.
        stack: the stack's name.
        run: the run that is compared with the approved model.
        own_bytes: how large the archive of its own model is, which the evaluation needs room for.

    Raises:
        TryAgain: AWS was busy.
    """
    folder = champion_folder(run["Id"])
    told: dict[str, object] = {}
    try:
        approved = approved_model(sagemaker, stack, run["Dataset"])
        if approved and approved.run != run["Id"]:
            told = {"run": approved.run, "version": approved.version}
            told |= _frozen(bucket, approved, f"{folder}model.tar.gz", own_bytes)
    except ClientError as error:
        refused = in_words(error)
        if isinstance(refused, TryAgain):
            raise refused from error
        told = {**told, "why": str(refused)} if told else {}
    body = json.dumps(told, ensure_ascii=False).encode()
    bucket.write(f"{folder}champion.json", body, "application/json")


def _frozen(
    bucket: Bucket, approved: RegisteredModel, key: str, own_bytes: int
) -> dict[str, object]:
    """The digest of the model, which is copied to ``key``, or why it can't be."""
    try:
        usable = usable_model(bucket, approved)
    except ModelUnusable as error:
        return {"why": str(error)}
    gib = (usable.bytes + own_bytes) / _GIB
    if gib > _MOST_GIB:
        return {
            "why": spoken(
                "The archives of both models have {gib:.1f} GB, and the evaluation has room for "
                "{most} GB.",
                gib=gib,
                most=_MOST_GIB,
            )
        }
    bucket.copy(usable.key, usable.version_id, key, usable.bytes)
    return {"sha256": usable.sha256}
