"""What a job has left in the bucket."""

from lambdas.bucket.bucket import Bucket
from lambdas.errors import ResultsMissing
from lambdas.language import spoken
from lambdas.state import JobState


def read_result(bucket: Bucket, key: str, job: JobState) -> bytes:
    """What the ``job`` has written under the ``key``.

    Raises:
        ResultsMissing: it has written nothing there.
    """
    body = bucket.read(key)
    if body is None:
        raise ResultsMissing(
            spoken(
                "{key} is not there: the job {job} ended as {status} without writing its results.",
                key=key,
                job=job["JobName"],
                status=job["Status"],
            )
        )
    return body
