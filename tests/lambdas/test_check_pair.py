"""CheckPair's ways, from uploads in a bucket: each outcome, and the same again on a retry."""

import io
import tarfile
import unicodedata
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import TRAINING_CODE, claim_key, digest_key, line_key
from lambdas.check_pair import Services, Settings, check_pair
from lambdas.errors import CodeUnusable, UploadMisnamed
from lambdas.runs.execution import Execution
from lambdas.runs.waiting_runs import list_places
from lambdas.state import State
from lambdas.uploads.asked import asked_for
from lambdas.uploads.pair import find_uploads, resolve_request
from lambdas.uploads.taken_pairs import read_marks

ARN = "arn:aws:states:us-east-1:123456789012:execution:codefree:"
ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "2048",
    "BUCKET": "bucket",
    "TARGET_VARIABLE": "label",
    "PROBLEM_TYPE": "auto",
    "EVAL_METRIC": "f1",
    "AUTOML_PRESETS": "medium_quality",
    "TRAINING_MINUTES": "1",
    "TRAINING_COST": "1",
    "SPOT_TRAINING": "false",
    "POSITIVE_CLASS": "auto",
    "MISSING_LABELS": "auto",
    "PAGE_LANGUAGE": "en",
    "MOST_MINUTES": "2880",
    "DAILY_COST_LIMIT": "10",
    "MONTHLY_COST_LIMIT": "100",
    "RUNS_AT_ONCE": "2",
}
ROWS = [f"{n},{n * 7 % 11},{'yes' if n % 2 else 'no'}\n" for n in range(60)]
TABLE, TEST = ("".join(["a,b,label\n", *rows]) for rows in (ROWS[:40], ROWS[40:]))


class States:
    """Step Functions, as far as a claim asks for how its execution does."""

    def describe_execution(self, **_: Any) -> dict[str, str]:
        return {"status": "RUNNING"}


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="bucket")
        client.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            for program in ("training/train.py", "training/evaluate.py"):
                archive.addfile(tarfile.TarInfo(program))
        made = Bucket("bucket", client)
        made.write(TRAINING_CODE, packed.getvalue())
        yield made


def run(bucket: Bucket, name: str, event: Any, **changed: str) -> State:
    execution = Execution(f"{ARN}{name}", "2026-11-25T07:00:00.123Z")
    services = Services(bucket, States(), lambda: 900.0)  # type: ignore[arg-type]
    return check_pair(event, execution, Settings.from_environment(ENVIRONMENT | changed), services)


def upload_event(key: str) -> dict[str, Any]:
    return {"detail": {"object": {"key": key}}}


def versions(bucket: Bucket) -> set[str]:
    """Every version of every object, by its key and id."""
    listed = bucket.s3.list_object_versions(Bucket=bucket.name)
    return {f"{version['Key']} {version['VersionId']}" for version in listed["Versions"]}


def upload(bucket: Bucket) -> None:
    for half, table in (("train", TABLE), ("test", TEST)):
        bucket.write(f"data/a_{half}.csv", table.encode())


def test_half_a_pair_waits_for_its_partner(bucket: Bucket) -> None:
    bucket.write("data/a_test.csv", TEST.encode())
    state = run(bucket, "one", {"dataset": "a"})
    assert state["Outcome"] == "WaitingForPartner"
    assert state["Message"].startswith("data/a_train.csv is not there yet.")


def test_a_second_event_about_the_same_uploads_writes_nothing(bucket: Bucket) -> None:
    upload(bucket)
    first = run(bucket, "one", upload_event("data/a_train.csv"))
    before = versions(bucket)
    second = run(bucket, "two", upload_event("data/a_test.csv"))
    assert (first["Outcome"], second["Outcome"]) == ("Ready", "AlreadyRunning")
    assert versions(bucket) == before


def test_the_same_content_uploaded_again_is_taken_without_a_run(bucket: Bucket) -> None:
    upload(bucket)
    run(bucket, "one", upload_event("data/a_train.csv"))
    upload(bucket)
    before = versions(bucket)
    again = run(bucket, "two", upload_event("data/a_test.csv"))
    assert again["Outcome"] == "AlreadyRunning"
    written = {key.split("/")[1] for key in versions(bucket) - before}
    assert "taken" in written, "so that Sweep does not take them for lost"


def test_without_training_code_the_pair_is_kept_for_the_redrive(bucket: Bucket) -> None:
    upload(bucket)
    bucket.delete(TRAINING_CODE)
    with pytest.raises(CodeUnusable):
        run(bucket, "one", upload_event("data/a_train.csv"))
    kept = [key for key in bucket.keys("runs/") if key.endswith("/pair.json")]
    assert len(kept) == 1
    assert read_marks(bucket)


NFD = unicodedata.normalize("NFD", "한글 é")
NFC = unicodedata.normalize("NFC", "한글 é")


@pytest.mark.parametrize(
    ("train", "test"),
    [
        (f"{NFD}_train.csv", f"{NFC}_test.csv"),
        (f"{NFC}_Train.CSV", f"{NFD}_TEST.csv"),
        (f"{NFC[:2]}{NFD[6:]}_TRAIN.csv", f"{NFD}_test.csv"),
    ],
)
def test_halves_meet_however_their_names_are_written(bucket: Bucket, train: str, test: str) -> None:
    bucket.write(f"data/{train}", TABLE.encode())
    waits = run(bucket, "one", upload_event(f"data/{train}"))
    assert waits["Message"].startswith(f"data/{NFC}_test.csv is not there yet.")
    bucket.write(f"data/{test}", TEST.encode())
    if unicodedata.is_normalized("NFC", train) or unicodedata.is_normalized("NFD", train):
        ready = run(bucket, "two", upload_event(f"data/{test}"))
    else:  # letters of both forms in one name: whoever looks at all names finds it, as Sweep does
        ready = run(bucket, "two", {"dataset": NFC})
    assert ready["Run"]["Dataset"] == NFC
    assert ready["Run"]["Results"].startswith(f"s3://bucket/results/{NFC}/")
    assert run(bucket, "three", upload_event(f"data/{train}"))["Outcome"] == "AlreadyRunning"
    assert run(bucket, "four", {"dataset": NFC})["Outcome"] == "AlreadyRunning"


def test_of_several_spellings_the_newest_counts(bucket: Bucket) -> None:
    upload(bucket)
    bucket.write("data/a_TRAIN.csv", f"{TABLE}1,2,yes\n".encode())
    state = run(bucket, "one", upload_event("data/a_TRAIN.csv"))
    assert state["Message"] == "a: 41 rows to train on, 20 rows to test on."


@pytest.mark.parametrize(
    ("file", "prefixes"),
    [
        ("a_test.csv", ["data/a_"]),  # beside which no whole table counts
        ("a.csv", ["data/a.", "data/a_"]),
        ("a_settings.txt", ["data/a.", "data/a_"]),
    ],
)
def test_an_event_is_looked_into_among_few_keys_however_many_there_are(
    bucket: Bucket, file: str, prefixes: list[str]
) -> None:
    bucket.write(f"data/{file}", b"x")
    lists: list[str] = []
    bucket.s3.meta.events.register(
        "provide-client-params.s3.ListObjectsV2", lambda params, **_: lists.append(params["Prefix"])
    )
    request = resolve_request(bucket, asked_for(upload_event(f"data/{file}")))
    assert request and find_uploads(bucket, request)
    assert sorted(lists) == prefixes


@pytest.mark.parametrize("key", ["data/", "data/x/", "data/.DS_Store", "data/x/._a_train.csv"])
def test_a_folder_and_what_programs_leave_are_nothing_to_do(bucket: Bucket, key: str) -> None:
    bucket.write(key, b"" if key.endswith("/") else b"x")
    assert run(bucket, "one", upload_event(key))["Outcome"] == "NothingToDo"


def test_a_file_under_the_name_of_a_folder_is_rejected(bucket: Bucket) -> None:
    bucket.write("data/", TABLE.encode())
    with pytest.raises(UploadMisnamed, match="its name ends in a slash"):
        run(bucket, "one", upload_event("data/"))


def test_a_pair_is_frozen_once_and_a_retry_reads_the_same(bucket: Bucket) -> None:
    upload(bucket)
    first = run(bucket, "one", {"dataset": "a"})
    assert first["Outcome"] == "Ready"
    assert first["Message"] == "a: 40 rows to train on, 20 rows to test on."
    folder, name = "s3://bucket/runs/20261125-070000-", first["Run"]["Id"]
    assert first["Run"]["TrainData"].startswith(folder)
    assert first["Run"]["Results"] == f"s3://bucket/results/a/{name}"
    assert first["Check"]["Report"] == f"s3://bucket/results/a/{name}/check.html"
    assert bucket.read(f"runs/{name}/train/train.csv") == TABLE.encode()
    # What the jobs read outlives them, for whoever predicts with the model.
    handed_on = bucket.read(f"runs/{name}/check/check.json")
    assert handed_on and bucket.read(f"results/a/{name}/check.json") == handed_on
    assert bucket.read(claim_key(first["Claim"]["Identity"]))
    assert bucket.keys(digest_key(name, "")) == []
    bucket.write("data/a_train.csv", b"changed")
    assert run(bucket, "one", {"dataset": "a"}) == first


def test_the_second_execution_of_a_pair_leaves_it_to_the_first(bucket: Bucket) -> None:
    upload(bucket)
    run(bucket, "one", {"dataset": "a"})
    second = run(bucket, "two", {"dataset": "a"})
    assert second["Outcome"] == "AlreadyRunning"
    assert f"{ARN}one (RUNNING)" in second["Message"]


def test_a_run_without_room_joins_the_line_and_goes_on_from_its_place(bucket: Bucket) -> None:
    upload(bucket)
    waits = run(bucket, "one", {"dataset": "a"}, DAILY_COST_LIMIT="0.0001")
    assert waits["Outcome"] == "WaitingForBudget"
    assert "Today's limit of 0.00 USD" in waits["Message"]
    [place] = list_places(bucket)
    request = {"dataset": "a", "waited": place}
    ready = run(bucket, "two", request)
    assert ready["Outcome"] == "Ready" and list_places(bucket) == []
    assert bucket.read(line_key(ready["Run"]["Id"]))
    assert run(bucket, "two", request)["Outcome"] == "Ready"
    late = run(bucket, "three", request)
    assert late["Outcome"] == "AlreadyRunning" and "place in line" in late["Message"]
