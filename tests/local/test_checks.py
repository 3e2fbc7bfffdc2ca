"""A dozen pairs of the check's corpus through the whole of local mode, with plain AWS clients."""

import gzip
import json
from typing import Any

import pytest

from tests.lambdas.check.bad_pairs import bad
from tests.lambdas.check.good_pairs import good
from tests.lambdas.check.made_pairs import Case, csv, frame
from tests.local.uploads import Uploader

GOOD = {case.name: case for case in good()}
BAD = {case.name: case for case in bad()}


def put_pair(uploader: Uploader, case: Case, ending: str = ".csv") -> None:
    uploader.put(f"data/{uploader.name}_test{ending}", case.test)
    uploader.put(f"data/{uploader.name}_train{ending}", case.train)


def run_folder(uploader: Uploader) -> str:
    [page] = [key for key in uploader.keys(f"results/{uploader.name}/") if "check.html" in key]
    return page.removesuffix("check.html")


def body(uploader: Uploader, key: str) -> bytes:
    found = uploader.aws.s3.get_object(Bucket=uploader.stack.bucket, Key=key)
    return bytes(found["Body"].read())


@pytest.mark.parametrize(
    "name",
    [
        "Korean in utf-16",
        "CP949",
        "semicolons, CRLF",
        "decimal commas",
        "quotes, delimiters and line breaks",
        "a delimiter at the end of each line",
    ],
)
def test_a_good_pair_is_trained_on_and_its_check_reaches_the_jobs(
    uploader: Uploader, name: str
) -> None:
    put_pair(uploader, GOOD[name])
    output: dict[str, Any] = json.loads(uploader.worked()["output"])
    assert len(json.dumps(output)) < 20_000
    folder = run_folder(uploader)
    check = json.loads(body(uploader, f"{folder}check.json"))
    assert check["train"]["rows"] == output["Profile"]["Train"]["Rows"]
    [job] = uploader.training_jobs()
    channels = {c["ChannelName"]: c["DataSource"]["S3DataSource"] for c in job["InputDataConfig"]}
    key = channels["check"]["S3Uri"].removeprefix(f"s3://{uploader.stack.bucket}/")
    assert json.loads(body(uploader, f"{key}check.json")) == check


def test_packed_files_are_taken_too(uploader: Uploader) -> None:
    put_pair(uploader, GOOD["gzip"], ".csv.gz")
    assert uploader.worked()["status"] == "SUCCEEDED"


def test_of_a_packed_and_a_plain_file_the_newer_one_counts(uploader: Uploader) -> None:
    uploader.put(f"data/{uploader.name}_test.csv", csv(frame(40, 1)))
    uploader.put(f"data/{uploader.name}_train.csv", b"")
    assert uploader.failed()["error"] == "PairRejected"
    uploader.put(f"data/{uploader.name}_train.csv.gz", gzip.compress(csv(frame())))
    assert uploader.worked()["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    "name",
    [
        "random bytes",
        "gzip cut off",
        "no header",
        "a quote opened by mistake",
        "two units",
        "numbers in train, texts in test",
    ],
)
def test_a_bad_pair_is_rejected_with_a_page_and_without_a_job(
    uploader: Uploader, name: str
) -> None:
    case = BAD[name]
    put_pair(uploader, case)
    failed = uploader.failed()
    message = json.loads(failed["cause"])["errorMessage"]
    folder = run_folder(uploader)
    assert f"{folder}check.html" in message
    check = json.loads(body(uploader, f"{folder}check.json"))
    assert case.code in {f["code"] for f in check["findings"] if f["severity"] == "error"}
    assert check["findings"][0]["text"] in message
    assert check["findings"][0]["action"] in body(uploader, f"{folder}check.html").decode()
    assert uploader.training_jobs() == []
