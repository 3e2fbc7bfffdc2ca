"""Which model is served, and that it is the one that the training made."""

import hashlib
from dataclasses import dataclass
from shlex import quote

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.kept_data import json_object
from lambdas.bucket.layout import digest_key
from lambdas.errors import KeptDataBroken
from lambdas.models.registry import RegisteredModel, approved_model, list_models
from lambdas.models.sealed import read_digest
from operate.account import CannotDo
from operate.language import spoken
from operate.place import Place
from operate.visible_text import shown

_CHUNK_BYTES = 4 * 2**20
_MOST_NAMED = 5


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
        known = list_models(sagemaker, stack, dataset)
        model = next((one for one in known if asked in (one.run, str(one.version))), None)
        if model is None:
            raise CannotDo(_no_such_model(dataset, asked, known))
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


def _no_such_model(dataset: str, asked: str, known: list[RegisteredModel]) -> str:
    names = [one.run for one in known[:_MOST_NAMED]]
    return spoken(
        "{dataset} has no model {asked}. The newest are of the runs: {runs}.",
        dataset=shown(dataset),
        asked=shown(asked),
        runs=", ".join(names) or spoken("none"),
    )


def _as_sealed(bucket: Bucket, model: RegisteredModel) -> ServedModel:
    """The model, once its archive was compared with its digest."""
    try:
        sha256 = read_digest(bucket, model)
    except KeptDataBroken as error:
        raise CannotDo(str(error)) from error
    found = bucket.head(model.key)
    if found is None:
        raise CannotDo(
            spoken(
                "The model of the run {run} is no longer in the bucket: {key} was deleted. Choose "
                "another with --model RUN, or train again.",
                run=model.run,
                key=shown(model.key),
            )
        )
    # A version never changes: where it is the sealed one, there is nothing to read.
    sealed = json_object(bucket.read(digest_key(model.run, model.job)) or b"{}")
    if found["VersionId"] != sealed.get("VersionId") and _sha256(bucket, model.key) != sha256:
        raise CannotDo(
            spoken(
                "{key} is not the model that the training made: its SHA-256 is not {sha256}, which "
                "is kept in digests/. Somebody has replaced it, so it is not served. Find out who "
                "may write to results/ in the bucket, and choose another with --model RUN.",
                key=shown(model.key),
                sha256=sha256,
            )
        )
    return ServedModel(model.dataset, model.run, model.key, found["ContentLength"])


def _sha256(bucket: Bucket, key: str) -> str:
    digest, found = hashlib.sha256(), bucket.open(key)
    if found:
        for chunk in found["Body"].iter_chunks(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
