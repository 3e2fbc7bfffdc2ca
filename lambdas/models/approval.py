"""Whether the model of a finished run takes over from the approved one, and the sentence about it.

The comparison is the evaluation's (training/evaluation/champion.py). What has been decided about a
version is not decided again: a person may have done otherwise since.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lambdas.bucket.bucket import Bucket
from lambdas.errors import ModelUnusable, TryAgain
from lambdas.language import spoken, to_speak
from lambdas.models.registry import (
    NewModel,
    RegisteredModel,
    approve_model,
    approved_model,
    keep_waiting,
    register_model,
    withdraw_earlier,
)
from lambdas.models.sealed import usable_model
from lambdas.refusals import in_words
from lambdas.state import ApprovalState

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

# What tells Codefree's own description of an approval from a person's.
_OURS = "Codefree: "
_FIRST = to_speak("No other model was approved, so this one is now (version {version}).")
_GONE = to_speak(
    "The approved model, that of run {run}, can no longer be used, so this one takes over (version "
    "{version})."
)
_BETTER = to_speak(
    "This model is clearly better than the approved one, that of run {run}, and takes over "
    "(version {version})."
)
_STAYS = {
    "no clear difference": to_speak(
        "There is no clear difference from the approved model, that of run {run}, which stays "
        "approved (this one is version {version})."
    ),
    "worse": to_speak(
        "This model is clearly worse than the approved one, that of run {run}, which stays "
        "approved (this one is version {version})."
    ),
}
_NOT_COMPARED = to_speak(
    "This model was not compared with the approved one, that of run {run}, which stays approved "
    "(this one is version {version})."
)
_CHANGED = to_speak(
    "This model was compared with that of run {compared}, but that of run {run} was approved "
    "meanwhile and stays so (this one is version {version})."
)
_BY_A_PERSON = {
    "Approved": to_speak("Somebody has approved this model (version {version})."),
    "Rejected": to_speak("Somebody has rejected this model (version {version})."),
    "PendingManualApproval": to_speak(
        "This model waits for somebody to approve it (version {version})."
    ),
}


def register_and_decide(
    bucket: Bucket, sagemaker: "SageMakerClient", new: NewModel, compared: object
) -> ApprovalState:
    """Registers the model; approves it if it is the first, or clearly better than the one that is
    still approved.

    Args:
        bucket: the stack's bucket.
        sagemaker: boto3's client.
        new: the model.
        compared: what metrics.json says of the comparison, if it says anything.

    Raises:
        TryAgain: AWS was busy.
    """
    try:
        return _decided(bucket, sagemaker, new, compared if isinstance(compared, dict) else {})
    except ClientError as error:
        refused = in_words(error)
        if isinstance(refused, TryAgain):
            raise refused from error
        told = spoken(
            "This model could not be entered in SageMaker's Model Registry, so it is not approved: "
            "{reason}",
            reason=refused,
        )
        return {"Version": None, "Status": "", "Text": told}


def _decided(
    bucket: Bucket, sagemaker: "SageMakerClient", new: NewModel, compared: Mapping[str, Any]
) -> ApprovalState:
    model = register_model(sagemaker, new)
    if not model.is_undecided:
        withdraw_earlier(sagemaker, new.stack, model)  # perhaps it did not come to that before
        return _state(model)
    approved = approved_model(sagemaker, new.stack, new.dataset)
    takes_over, template = _verdict(bucket, approved, compared)
    told = spoken(
        template,
        run=approved.run if approved else "",
        compared=compared.get("run", ""),
        version=model.version,
    )
    if takes_over:
        approve_model(sagemaker, new.stack, model, f"{_OURS}{told}")
        return {"Version": model.version, "Status": "Approved", "Text": told}
    keep_waiting(sagemaker, model, f"{_OURS}{told}")
    return {"Version": model.version, "Status": "PendingManualApproval", "Text": told}


def _state(model: RegisteredModel) -> ApprovalState:
    """What was decided before. The words of a person stay in the registry."""
    told = spoken(_BY_A_PERSON[model.status], version=model.version)
    if model.why.startswith(_OURS):
        told = model.why.removeprefix(_OURS)
    return {"Version": model.version, "Status": model.status, "Text": told}


def _verdict(
    bucket: Bucket, approved: RegisteredModel | None, compared: Mapping[str, Any]
) -> tuple[bool, str]:
    """Whether the new model takes over from the ``approved`` one, and the sentence about it."""
    if approved is None:
        return True, _FIRST
    if not _can_be_used(bucket, approved):
        return True, _GONE
    verdict = compared.get("verdict")
    if verdict not in {"better", *_STAYS}:
        return False, _NOT_COMPARED
    if compared.get("run") != approved.run:
        return False, _CHANGED
    return (True, _BETTER) if verdict == "better" else (False, _STAYS[verdict])


def _can_be_used(bucket: Bucket, model: RegisteredModel) -> bool:
    try:
        usable_model(bucket, model)
    except ModelUnusable:
        return False
    return True
