"""SealModel: the digest of the model that the training made, kept where only this step writes.

A model is a pickle, which runs code when it is loaded. Whoever may write to results/ could put
another one there; Evaluate and the notebook load only what has this digest.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import (
    ClientError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from lambdas.bucket.kept_data import json_object
from lambdas.errors import JobFailed, KeptDataBroken, TryAgain
from lambdas.refusals import told_in_words
from lambdas.state import ModelState, State

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK_BYTES = 4 * 2**20
_BROKEN_STREAM = (IncompleteReadError, ReadTimeoutError, ResponseStreamingError)


@told_in_words
def handler(event: State, _context: object) -> State:
    """Lambda's entry: ``event`` is the state of a run whose training is done."""
    return seal_model(event, os.environ["BUCKET"], boto3.client("s3"))


def seal_model(state: State, bucket: str, s3: "S3Client") -> State:
    """The same state with the ``Model``: its ``Key``, ``VersionId``, ``Bytes`` and ``Sha256``.

    Doing it again gives the same, so a retry or redrive does no harm.

    Raises:
        JobFailed: the training left no model.
        KeptDataBroken: the model is another one than when it was sealed.
        TryAgain: the connection broke while the model was read.
    """
    job, run = state["Training"]["JobName"], state["Run"]
    folder = run["Results"].removeprefix(f"s3://{bucket}/")
    model = _model(s3, bucket, f"{folder}/{job}/output/model.tar.gz", job)
    _keep(s3, bucket, digest_key(run["Id"], job), model)
    return {**state, "Model": model}


def digest_key(run: str, job: str) -> str:
    """Where in the bucket the digest of a training job's model is kept."""
    return f"digests/{run}/{job}.json"


def _model(s3: "S3Client", bucket: str, key: str, job: str) -> ModelState:
    try:
        found = s3.get_object(Bucket=bucket, Key=key)
    except s3.exceptions.NoSuchKey:
        raise JobFailed(
            f"The training job {job} ended as Completed, but its model is not in the bucket: {key} "
            "is missing. Nothing was evaluated. Upload one of the two files again."
        ) from None
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
        raise TryAgain("The connection broke while the model was read.") from error


def _keep(s3: "S3Client", bucket: str, key: str, model: ModelState) -> None:
    """Writes the digest where there is none yet (Amazon S3 User Guide, "Conditional writes")."""
    body = json.dumps(model, indent=2).encode()
    try:
        s3.put_object(
            Bucket=bucket, Key=key, Body=body, ContentType="application/json", IfNoneMatch="*"
        )
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ConditionalRequestConflict":
            raise TryAgain("Two wrote the digest at the same moment.") from error
        if code != "PreconditionFailed":
            raise
        _compare(json_object(s3.get_object(Bucket=bucket, Key=key)["Body"].read()), key, model)


def _compare(kept: dict[str, Any], key: str, model: ModelState) -> None:
    if kept.get("Sha256") != model["Sha256"]:
        raise KeptDataBroken(
            f"{model['Key']} is not the model that the training made: its SHA-256 is "
            f"{model['Sha256']}, and {key} says {kept.get('Sha256')}. Somebody has replaced it, so "
            "it is not loaded. Find out who may write to results/ in the bucket, then upload one "
            "of the two files again to train anew."
        )
