"""A file's results are those of its newest upload, in whatever order the executions end."""

from collections.abc import Iterator
from itertools import permutations

import boto3
import pytest
from moto import mock_aws

from lambdas.bucket.bucket import Bucket
from lambdas.errors import ResultsMissing
from lambdas.predictions.published import Published, publish_results
from lambdas.state import PredictionRunState


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="bucket")
        client.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
        yield Bucket("bucket", client)


def of_run(run: str) -> PredictionRunState:
    return {
        "Dataset": "a",
        "File": "new",
        "Id": run,
        "JobName": f"codefree-a-{run}",
        "Rows": "",
        "Check": "",
        "Code": "",
        "Results": f"s3://bucket/jobs/{run}",
    }


# The second and the third are of the same upload.
UPLOADED = {"r1": 100, "r2": 200, "r3": 200}


@pytest.mark.parametrize("order", list(permutations(UPLOADED)))
def test_the_newest_upload_wins_and_of_its_predictions_the_last(
    bucket: Bucket, order: tuple[str, ...]
) -> None:
    for run in order:
        bucket.write(f"jobs/{run}/new.csv", run.encode())
        bucket.write(f"runs/{run}/page.html", run.encode())
    bucket.write("predictions/a/new_failure.html", b"why not")
    for run in order:
        mine = Published(run, UPLOADED[run], "new.csv")
        newest = max(order[: order.index(run) + 1], key=lambda r: (UPLOADED[r], r))
        assert publish_results(bucket, of_run(run), mine) == (newest == run)
        assert publish_results(bucket, of_run(run), mine) == (newest == run), "doing it again"
        assert bucket.read("predictions/a/new.csv") == newest.encode()
        assert bucket.read("predictions/a/new.html") == newest.encode()
    assert bucket.read("predictions/a/new_failure.html") is None


def test_a_job_without_its_file_is_told_of(bucket: Bucket) -> None:
    with pytest.raises(ResultsMissing, match=r"jobs/r/new\.csv is not there"):
        publish_results(bucket, of_run("r"), Published("r", 1, "new.csv"))
