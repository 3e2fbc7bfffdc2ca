"""SealModel: the digest of the model that the training made, kept where only this step writes; and
the approved model, frozen for the evaluation.

A model is a pickle, which runs code when it is loaded. Whoever may write to results/ could put
another one there; Evaluate and the notebook load only what has this digest.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import IncompleteReadError, ReadTimeoutError, ResponseStreamingError

from lambdas import clients
from lambdas.bucket.bucket import Bucket
from lambdas.bucket.kept_data import json_object
from lambdas.bucket.layout import digest_key, model_key
from lambdas.errors import JobFailed, KeptDataBroken, TryAgain
from lambdas.language import speaking, spoken
from lambdas.models.champion import freeze_approved
from lambdas.refusals import explain_refusals
from lambdas.state import ModelState, State, language_of

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

_CHUNK_BYTES = 4 * 2**20
_BROKEN_STREAM = (IncompleteReadError, ReadTimeoutError, ResponseStreamingError)


@speaking(language_of)
@explain_refusals
def handler(event: State, _context: object) -> State:
    """Lambda's entry: ``event`` is the state of a run whose training is done."""
    bucket = Bucket(os.environ["BUCKET"], clients.s3())
    return seal_model(event, bucket, clients.sagemaker(), os.environ["STACK"])


def seal_model(state: State, bucket: Bucket, sagemaker: "SageMakerClient", stack: str) -> State:
    """The same state with the ``Model``: its ``Key``, ``VersionId``, ``Bytes`` and ``Sha256``.

    The model of the ``stack``'s that is approved for the dataset is copied to where the evaluation
    finds it. Doing it again gives the same, so a retry or redrive does no harm.

    Raises:
        JobFailed: the training left no model.
        KeptDataBroken: the model is another one than when it was sealed.
        TryAgain: the connection broke while the model was read.
    """
    job, run = state["Training"]["JobName"], state["Run"]
    folder = f"{bucket.key(run['Results'])}/"
    model = _model(bucket, model_key(folder, job), job)
    _keep_digest(bucket, digest_key(run["Id"], job), model)
    freeze_approved(bucket, sagemaker, stack, run, model["Bytes"])
    return {**state, "Model": model}


def _model(bucket: Bucket, key: str, job: str) -> ModelState:
    found = bucket.open(key)
    if found is None:
        raise JobFailed(
            spoken(
                "The training job {job} ended as Completed, but its model is not in the bucket: "
                "{key} is missing. Nothing was evaluated. Upload one of the two files again.",
                job=job,
                key=key,
            )
        )
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(found["Body"]):
        digest.update(chunk)
        size += len(chunk)
    return {
        "Key": key,
        "VersionId": found["VersionId"],
        "Bytes": size,
        "Sha256": digest.hexdigest(),
    }


def _chunks(body: Any) -> Iterator[bytes]:
    try:
        yield from body.iter_chunks(_CHUNK_BYTES)
    except _BROKEN_STREAM as error:
        raise TryAgain(spoken("The connection broke while the model was read.")) from error


def _keep_digest(bucket: Bucket, key: str, model: ModelState) -> None:
    """Writes the digest where there is none yet, and compares it where there is one."""
    body = json.dumps(model, indent=2).encode()
    if bucket.write_if_absent(key, body, "application/json"):
        return
    kept = bucket.read(key)
    if kept is None:
        raise TryAgain(spoken("Somebody deleted {key} at the same moment.", key=key))
    _compare(json_object(kept), key, model)


def _compare(kept: Mapping[str, object], key: str, model: ModelState) -> None:
    if kept.get("Sha256") != model["Sha256"]:
        raise KeptDataBroken(
            spoken(
                "{model} is not the model that the training made: its SHA-256 is {found}, and "
                "{key} says {kept}. Somebody has replaced it, so it is not loaded. Find out who "
                "may write to results/ in the bucket, then upload one of the two files again to "
                "retrain.",
                model=model["Key"],
                found=model["Sha256"],
                key=key,
                kept=kept.get("Sha256"),
            )
        )
