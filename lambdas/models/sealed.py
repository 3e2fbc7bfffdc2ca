"""What a registered model is recognised by before it is loaded, and whether it can be used at all.

Whoever may write to the registry or to results/ can name any file there. Under digests/ the
workflow alone writes, so what has no digest there is not loaded (seal_model.py).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.kept_data import json_object
from lambdas.bucket.layout import digest_key
from lambdas.errors import KeptDataBroken, ModelUnusable
from lambdas.language import spoken
from lambdas.models.registry import RegisteredModel

_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class UsableModel:
    """A registered model's archive in the bucket: which version of the object, and how large.

    ``sha256`` is the digest of the model that the training made, 64 hexadecimal digits.
    ``is_as_sealed`` says that the archive is the very object that has it: a version never changes.
    Another one is only loaded if it has the same digest.
    """

    key: str
    version_id: str
    bytes: int
    sha256: str
    is_as_sealed: bool


def usable_model(bucket: Bucket, model: RegisteredModel) -> UsableModel:
    """The model's archive, with what it is recognised by.

    Raises:
        ModelUnusable: it is gone, or its digest is, or that is not as SealModel writes it.
    """
    sealed = _sealed(bucket, model)
    found = bucket.head(model.key)
    if found is None:
        raise ModelUnusable(
            spoken(
                "The model of run {run} is no longer in the bucket: {key} is missing. Approve the "
                "model of another run, or train again.",
                run=model.run,
                key=model.key,
            )
        )
    return UsableModel(
        key=model.key,
        version_id=found["VersionId"],
        bytes=found["ContentLength"],
        sha256=sealed["Sha256"],
        is_as_sealed=found["VersionId"] == sealed.get("VersionId"),
    )


def _sealed(bucket: Bucket, model: RegisteredModel) -> Mapping[str, Any]:
    """What SealModel has kept of the model."""
    key = digest_key(model.run, model.job)
    kept = bucket.read(key)
    if kept is None:
        raise ModelUnusable(
            spoken(
                "{key} is missing, which says what the model of run {run} must be. Without it the "
                "model is not loaded: a model is a pickle, and loading it runs the code in it. "
                "Approve the model of another run, or train again.",
                key=key,
                run=model.run,
            )
        )
    try:
        sealed = json_object(kept)
    except KeptDataBroken:
        sealed = {}
    is_its = sealed.get("Key") == model.key
    if not is_its or not _SHA256.fullmatch(str(sealed.get("Sha256"))):
        raise ModelUnusable(
            spoken(
                "{key} is not about the model of run {run} ({model}), so the model is not loaded. "
                "Approve the model of another run, or train again.",
                key=key,
                run=model.run,
                model=model.key,
            )
        )
    return sealed
