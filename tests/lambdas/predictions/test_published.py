"""A file's results are those of its newest upload, in whatever order the executions end."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import rows_key
from lambdas.errors import ResultsMissing
from lambdas.explain_failure import _told
from lambdas.predictions.published import Age, Published, publish_failure, publish_results
from lambdas.state import PredictionRunState
from tests.lambdas.test_failure_mail import FAILURE


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
    bucket.write("predictions/a/new_failure.html", b"why not")  # it does not say about what
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


PAGE = "predictions/a/new_failure.html"


def fail(bucket: Bucket, run: str) -> bool:
    return publish_failure(bucket, "a", "new", Age(UPLOADED[run], run), run.encode())


def succeed(bucket: Bucket, run: str) -> None:
    bucket.write(f"jobs/{run}/new.csv", run.encode())
    bucket.write(f"runs/{run}/page.html", run.encode())
    publish_results(bucket, of_run(run), Published(run, UPLOADED[run], "new.csv"))


def test_an_older_success_leaves_the_page_about_a_newer_upload(bucket: Bucket) -> None:
    assert fail(bucket, "r2")
    succeed(bucket, "r1")
    assert bucket.read(PAGE) == b"r2"
    succeed(bucket, "r3")
    assert bucket.read(PAGE) is None


def test_a_late_failure_leaves_no_page_beside_newer_results(bucket: Bucket) -> None:
    succeed(bucket, "r2")
    assert not fail(bucket, "r1") and bucket.read(PAGE) is None
    assert fail(bucket, "r3"), "the same rows once more have failed"
    assert bucket.read(PAGE) == b"r3"


@pytest.mark.parametrize("order", list(permutations(UPLOADED)))
def test_of_many_failures_the_newest_is_told(bucket: Bucket, order: tuple[str, ...]) -> None:
    for run in order:
        newest = max(order[: order.index(run) + 1], key=lambda r: (UPLOADED[r], r))
        assert fail(bucket, run) == (newest == run)
        assert fail(bucket, run) == (newest == run), "telling it again"
        assert bucket.read(PAGE) == newest.encode()


def test_a_prediction_that_can_not_publish_its_results_tells_why(bucket: Bucket) -> None:
    with pytest.raises(ResultsMissing):
        publish_results(bucket, of_run("r1"), Published("r1", 100, "new.csv"))
    assert fail(bucket, "r1") and bucket.read(PAGE) == b"r1"


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_success_in_between_leaves_no_page(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The newer upload's results come just before or after the older one's page is written."""
    write = Bucket.write_if_unchanged

    def overtaken(self: Bucket, key: str, *more: Any) -> bool:
        if key != PAGE:
            return write(self, key, *more)
        if moment == "before":
            succeed(self, "r2")
        is_written = write(self, key, *more)
        if moment == "after":
            succeed(self, "r2")
        return is_written

    monkeypatch.setattr(Bucket, "write_if_unchanged", overtaken)
    assert not fail(bucket, "r1") and bucket.read(PAGE) is None


@pytest.mark.parametrize("note", [b"", b"{}", None])
def test_a_failure_whose_note_of_the_rows_was_changed_is_told(
    bucket: Bucket, note: bytes | None
) -> None:
    if note is not None:
        bucket.write(rows_key(FAILURE.run), note)
    failure = replace(FAILURE, dataset="a", file="new")
    assert not _told(bucket, failure).is_superseded
    assert b"FRAUD" in (bucket.read(PAGE) or b"")


def test_the_success_of_a_redriven_run_removes_the_page_about_its_own_failure(
    bucket: Bucket,
) -> None:
    """The check failed before it knew which rows they are: its start was taken for their age."""
    bucket.write("jobs/r1/new.csv", b"r1")
    bucket.write("runs/r1/page.html", b"r1")
    assert publish_failure(bucket, "a", "new", Age(UPLOADED["r1"] + 5, "r1"), b"r1")
    assert publish_results(bucket, of_run("r1"), Published("r1", UPLOADED["r1"], "new.csv"))
    assert bucket.read(PAGE) is None
