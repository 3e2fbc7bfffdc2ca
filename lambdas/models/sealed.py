"""What a registered model is recognised by before it is loaded.

Whoever may write to the registry or to results/ can name any file there. Under digests/ the
workflow alone writes, so what has no digest there is not loaded (seal_model.py).
"""

import re

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.kept_data import json_object
from lambdas.bucket.layout import digest_key
from lambdas.errors import KeptDataBroken
from lambdas.language import spoken
from lambdas.models.registry import RegisteredModel

_SHA256 = re.compile("[0-9a-f]{64}")


def read_digest(bucket: Bucket, model: RegisteredModel) -> str:
    """The SHA-256 of the model that the training made, 64 hexadecimal digits.

    Raises:
        KeptDataBroken: there is none, or it is not as SealModel writes it.
    """
    key = digest_key(model.run, model.job)
    kept = bucket.read(key)
    if kept is None:
        raise KeptDataBroken(
            spoken(
                "{key} is missing, which says what the model of run {run} must be. Without it the "
                "model is not loaded: a model is a pickle, and loading it runs the code in it. "
                "Approve the model of another run, or train again.",
                key=key,
                run=model.run,
            )
        )
    found = json_object(kept)
    sha256 = found.get("Sha256")
    if found.get("Key") != model.key or not isinstance(sha256, str):
        sha256 = ""
    if not _SHA256.fullmatch(sha256):
        raise KeptDataBroken(
            spoken(
                "{key} is not about the model of run {run} ({model}), so the model is not loaded. "
                "Approve the model of another run, or train again.",
                key=key,
                run=model.run,
                model=model.key,
            )
        )
    return sha256
