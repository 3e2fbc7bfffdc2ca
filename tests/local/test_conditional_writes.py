"""Two who claim the same object at the same moment."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from local.aws import LocalAws

WRITERS = 8
ROUNDS = 100


@pytest.fixture
def threads_that_change_often() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("threads_that_change_often")
def test_one_of_many_writes_at_the_same_moment_wins(aws: LocalAws) -> None:
    aws.s3.create_bucket(Bucket="claimed-at-once")
    gate = threading.Barrier(WRITERS)

    def has_won(key: str) -> bool:
        gate.wait()
        try:
            aws.s3.put_object(Bucket="claimed-at-once", Key=key, Body=b"mine", IfNoneMatch="*")
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 412
            return False
        return True

    with ThreadPoolExecutor(WRITERS) as writers:
        for number in range(ROUNDS):
            assert sum(writers.map(has_won, [f"claim-{number}"] * WRITERS)) == 1
