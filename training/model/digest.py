"""The digest that a finished run's model must have, for whoever loads it later."""

import hashlib
import json
from pathlib import Path, PurePosixPath
from typing import Any

from training.job.failure import KnownFailure


def digest_in_bucket(s3: Any, bucket: str, key: str) -> str:
    """The SHA-256 of the model at ``key``, from digests/, where only the workflow writes.

    Args:
        s3: boto3's client.
        bucket: the stack's bucket.
        key: results/NAME/RUN/JOB/output/model.tar.gz.

    Raises:
        KnownFailure: there is none.
    """
    job, run = PurePosixPath(key).parents[1].name, PurePosixPath(key).parents[2].name
    digest = f"digests/{run}/{job}.json"
    try:
        kept = json.loads(s3.get_object(Bucket=bucket, Key=digest)["Body"].read())
        return str(kept["Sha256"])
    except (s3.exceptions.NoSuchKey, ValueError, TypeError, KeyError) as error:
        raise KnownFailure(
            f"{digest} in the bucket does not say which model the training made, so {key} was not "
            "loaded: a model is a pickle, and loading it runs the code in it. If you know that it "
            "is your own, download the results and load them from that folder."
        ) from error


def digest_of_file(archive: Path, expected: str, is_trusted: bool) -> str:
    """The SHA-256 that the model in a plain folder must have.

    Args:
        archive: the model.tar.gz.
        expected: the digest in ``digests/`` in the bucket; empty if it is not known.
        is_trusted: whether a person vouches for the file as it is.

    Raises:
        KnownFailure: neither is given.
    """
    if expected:
        return expected.strip().lower()
    if not is_trusted:
        raise KnownFailure(
            f"Nothing shows that {archive} is the model that your training made. A model is a "
            "pickle: loading it runs the code in it, with all your rights. Set "
            "CODEFREE_MODEL_SHA256 to its digest, which is in digests/ in the bucket. Set "
            "CODEFREE_TRUST_MODEL to yes instead only if you made the model yourself and nobody "
            "else could change it."
        )
    with archive.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
