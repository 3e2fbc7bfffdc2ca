"""A run from the console: files are brought in parts, checked where they lie, and started once."""

import html
import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from starlette.testclient import TestClient

from lambdas.bucket.bucket import Bucket
from local.aws import LocalAws
from local.stack import Stack
from operate.account import CannotDo
from tests.console.bringing import brought, checked, seen_in, table, versions
from tests.console.reading import words
from tests.local.uploads import Uploader


def test_a_pair_is_checked_and_started_once(
    pages: TestClient, aws: LocalAws, stack: Stack, bucket: Bucket
) -> None:
    address = brought(pages, {"apples_test.csv": table(60, 5000), "apples_train.csv": table(300)})
    text = checked(pages, address)
    assert "The files can be trained on." in text
    assert "300 rows to train on, 60 rows to test with." in words(text)
    assert "Free here." in text and "USD on AWS, at most" in text
    assert re.search(r"<th scope=\"row\"><bdi>number</bdi>", text)
    draft = address.rpartition("/")[2]
    assert "apples" in pages.get("/new").text
    seen = {"seen": seen_in(text)}
    assert pages.post(f"{address}/start", data=seen).headers["location"] == "/"
    # A second click, and one after everything is gone.
    assert pages.post(f"{address}/start", data=seen).headers["location"] == "/"
    uploader = Uploader(aws, stack, "apples")
    uploader.wait(lambda: "Publish" in uploader.ends())
    told = json.loads(uploader.worked()["output"])
    assert told["Configuration"]["Target"] == "label"
    assert bucket.read("data/apples_train.csv") == table(300)
    assert bucket.read("data/apples_test.csv") == table(60, 5000)
    # Nothing of the draft is left, not even as an older version, and its page says so.
    assert versions(bucket, f"drafts/{draft}/") == []
    assert pages.get(address).status_code == 404
    assert len([e for e in uploader.ends() if e == "Publish"]) == 1


def test_errors_in_the_check_offer_a_repaired_file_and_no_start(pages: TestClient) -> None:
    address = brought(pages, {"pears_train.csv": b"a,b\n1,2\n3\n", "pears_test.csv": table(60)})
    text = checked(pages, address)
    assert "Repair this first" in text and "/start" not in text
    assert "upload" in words(text)
    # Who sends the form of another page anyway is told.
    assert pages.post(f"{address}/start", data={"seen": "0"}).status_code == 400
    answer = pages.post(
        f"{address}/files",
        data={"part": "train"},
        files={"files": ("repaired.csv", table(300), "text/csv")},
    )
    assert answer.status_code == 303
    text = checked(pages, address)
    assert "The files can be trained on." in text and "/start" in text
    assert "repaired.csv" in text and "pears_train.csv" not in text
    assert pages.post(f"{address}/cancel").headers["location"] == "/new"
    assert pages.get(address).status_code == 404


def test_one_table_whose_target_nobody_has_named(
    pages: TestClient, aws: LocalAws, stack: Stack, bucket: Bucket
) -> None:
    address = brought(pages, {"plums.csv": table(300, target="ripe")})
    text = checked(pages, address)
    assert "You have not said which column to predict." in text
    assert "Start: predict ripe" in words(text)
    # Another target is checked anew; a wrong one is said, and stays in the form.
    bad = {"dataset": "plums", "target": "ripe", "minutes": "many"}
    refused = pages.post(f"{address}/choose", data=bad)
    assert refused.status_code == 400
    assert "minutes is 'many'" in html.unescape(refused.text) and 'value="many"' in refused.text
    assert "/start" not in refused.text, "a run would not have what the form shows"
    good = bad | {"minutes": "0.5", "metric": "", "leave_out": "number", "dataset": "plums too"}
    assert pages.post(f"{address}/choose", data=good).status_code == 303
    text = checked(pages, address)
    assert "Trains for up to 30 s." in words(text)
    assert "You have not said" not in text
    old = {"seen": "0" * 64}
    assert "Something has changed" in pages.post(f"{address}/start", data=old).text
    assert pages.post(f"{address}/start", data={"seen": seen_in(text)}).status_code == 303
    keys = {"data/plums too.csv", "data/plums too_settings.txt"}
    uploader = Uploader(aws, stack, "plums too", frozenset(keys))
    uploader.wait(lambda: "Publish" in uploader.ends())
    wish = json.loads(uploader.worked()["output"])["Configuration"]
    assert (wish["Target"], wish["TimeLimitSeconds"]) == ("ripe", 30)
    assert wish["LeaveOut"] == ["number"]
    kept = bucket.read("data/plums too_settings.txt")
    assert kept and b"target = ripe" in kept


def test_a_repaired_half_takes_the_other_from_before(
    pages: TestClient, aws: LocalAws, stack: Stack, bucket: Bucket
) -> None:
    uploader = Uploader(aws, stack, "figs", frozenset({"data/figs_settings.txt"}))
    uploader.put("data/figs_settings.txt", "minutes = 0.5\n")
    uploader.upload_pair(table(300).decode(), "nothing here\n")
    uploader.wait(lambda: any(e["status"] == "FAILED" for e in uploader.described()))
    before = len(uploader.executions())
    assert "figs" in pages.get("/new", params={"dataset": "figs"}).text
    address = brought(pages, {"figs_test (1).csv": table(60, 5000)}, dataset="figs")
    text = checked(pages, address)
    assert "from the earlier upload" in text and "figs_train.csv" in text
    assert "Trains for up to 30 s." in words(text)  # the settings of before
    assert pages.post(f"{address}/start", data={"seen": seen_in(text)}).status_code == 303
    uploader.wait(lambda: "Publish" in uploader.ends())
    # The old train file with the new test file was no run of its own.
    newer = uploader.executions()[before:]
    assert [uploader.states_entered(e)[-1] for e in newer if e["status"] == "FAILED"] == []
    assert uploader.ends().count("Publish") == 1
    assert bucket.read("data/figs_train.csv") == table(300)


def test_a_start_that_was_interrupted_is_done_again(
    pages: TestClient,
    aws: LocalAws,
    stack: Stack,
    bucket: Bucket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uploader = Uploader(aws, stack, "melons")
    bucket.write("data/melons_train.csv", table(300))
    address = brought(pages, {"melons_test.csv": table(60, 5000)}, dataset="melons")
    seen = seen_in(checked(pages, address))

    def interrupted(*_: Any) -> None:
        raise CannotDo("The power has failed.")

    monkeypatch.setattr("operate.drafts.start.copy_upload", interrupted)
    assert "The power has failed." in pages.post(f"{address}/start", data={"seen": seen}).text
    # The train file, which was in the bucket alone, is not lost.
    assert bucket.read("data/melons_train.csv") is None
    monkeypatch.undo()
    text = checked(pages, address)
    assert pages.post(f"{address}/start", data={"seen": seen_in(text)}).status_code == 303
    uploader.wait(lambda: "Publish" in uploader.ends())
    assert bucket.read("data/melons_train.csv") == table(300)


def test_two_drafts_of_one_name_do_not_mix(
    pages: TestClient, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are started at once: the second one replaces what nobody has seen by then."""
    files = {"quinces_train.csv": table(300), "quinces_test.csv": table(60, 5000)}
    addresses = [brought(pages, files) for _ in range(2)]
    forms = [{"seen": seen_in(checked(pages, address))} for address in addresses]
    begun: list[str] = []

    def started(bucket: Bucket, name: str, *_: Any) -> None:
        begun.append(name)
        time.sleep(0.5)
        bucket.write(f"data/{name}_test.csv", table(60, 5000))

    monkeypatch.setattr("operate.drafts.drafts.start_tables", started)
    with ThreadPoolExecutor() as pool:
        both = zip(addresses, forms, strict=True)
        posted = [pool.submit(pages.post, f"{to}/start", data=form) for to, form in both]
        answers = sorted((each.result() for each in posted), key=lambda each: each.status_code)
    assert begun == ["quinces"]
    assert [answer.status_code for answer in answers] == [303, 400]
    assert "Something has changed" in answers[1].text
    assert "quinces was uploaded before" in words(answers[1].text)
    for address in addresses:
        pages.post(f"{address}/cancel")
    bucket.delete("data/quinces_test.csv")


def test_what_aws_refuses_is_told_to_the_script(
    pages: TestClient, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(status: int) -> Callable[..., Any]:
        def answer(**_: Any) -> Any:
            said: Any = {
                "Error": {"Code": "AccessDenied", "Message": "Not you."},
                "ResponseMetadata": {"HTTPStatusCode": status},
            }
            raise ClientError(said, "CreateMultipartUpload")

        return answer

    told = {"files": [{"name": "a.csv", "size": 1}]}
    monkeypatch.setattr(bucket.s3, "create_multipart_upload", refused(403))
    answer = pages.post("/new/announce", json=told)
    assert answer.status_code == 409 and "Not you." in answer.json()["told"]
    monkeypatch.setattr(bucket.s3, "create_multipart_upload", refused(503))
    assert pages.post("/new/announce", json=told).status_code == 502  # and is tried again


def test_a_table_under_the_name_of_a_pair_is_not_started(pages: TestClient, bucket: Bucket) -> None:
    bucket.write("data/grapes_test.csv", table(60))
    address = brought(pages, {"grapes.csv": table(300)})
    text = checked(pages, address)
    assert "grapes is a pair" in words(text) and "/start" not in text
    assert pages.post(f"{address}/choose", data={"dataset": "a/b"}).status_code == 400
    pages.post(f"{address}/cancel")
