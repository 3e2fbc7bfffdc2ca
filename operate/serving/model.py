"""Which model is served, and that it is the one that the training made."""

import hashlib
from dataclasses import dataclass
from shlex import quote

from lambdas.bucket.bucket import Bucket
from lambdas.models.registry import RegisteredModel, approved_model, list_models
from operate.account import CannotDo
from operate.language import spoken
from operate.models.registered_models import model_asked_for, usable_archive
from operate.place import Place
from operate.visible_text import shown

_CHUNK_BYTES = 4 * 2**20


@dataclass(frozen=True)
class ServedModel:
    """A model whose archive is as it was sealed. ``key`` is the archive's, in the bucket."""

    dataset: str
    run: str
    key: str
    bytes: int


def model_to_serve(place: Place, bucket: Bucket, dataset: str, asked: str | None) -> ServedModel:
    """The model that is ``asked`` for by its run or its version, or the approved one.

    Raises:
        CannotDo: there is none, or its archive is not the one that the training made.
    """
    sagemaker, stack = place.account.sagemaker, place.stack
    if asked is None:
        model = approved_model(sagemaker, stack, dataset)
        if model is None:
            raise CannotDo(_none_approved(place, dataset))
    else:
        model = model_asked_for(list_models(sagemaker, stack, dataset), dataset, asked)
    return _as_sealed(bucket, model)


def _none_approved(place: Place, dataset: str) -> str:
    if not list_models(place.account.sagemaker, place.stack, dataset):
        return spoken(
            "{dataset} has no model yet. A model is there once a run has finished: codefree "
            "status{options}",
            dataset=shown(dataset),
            options=place.options,
        )
    return spoken(
        "No model of {dataset} is approved. Choose one with --model RUN, or approve one: codefree "
        "models {name}{options}",
        dataset=shown(dataset),
        name=quote(dataset),
        options=place.options,
    )


def _as_sealed(bucket: Bucket, model: RegisteredModel) -> ServedModel:
    """The model, once its archive was compared with its digest."""
    archive = usable_archive(bucket, model)
    if not archive.is_as_sealed and _sha256(bucket, archive.key) != archive.sha256:
        raise CannotDo(
            spoken(
                "{key} is not the model that the training made: its SHA-256 is not {sha256}, which "
                "is kept in digests/. Somebody has replaced it, so it is not served. Find out who "
                "may write to results/ in the bucket, and choose another with --model RUN.",
                key=shown(archive.key),
                sha256=archive.sha256,
            )
        )
    return ServedModel(model.dataset, model.run, archive.key, archive.bytes)


def _sha256(bucket: Bucket, key: str) -> str:
    digest, found = hashlib.sha256(), bucket.open(key)
    if found:
        for chunk in found["Body"].iter_chunks(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
