"""Mails about failures: nobody else's words in them, and not more than twenty a day."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import mails_key
from lambdas.errors import TryAgain
from lambdas.pages.daily_mails import MOST_A_DAY, count_mail
from lambdas.pages.failure_mail import failure_mail
from lambdas.pages.failure_page import Failure

FAILURE = Failure(
    dataset="titanic",
    run="20261125-070000-0123ab",
    status="FAILED",
    step="CheckPair",
    error="PairRejected",
    reason="a_train.csv, column Call 0800-FRAUD: send your password",
    execution="arn:aws:states:us-east-1:123456789012:execution:codefree:x",
    console="https://us-east-1.console.aws.amazon.com/",
    redrive="aws stepfunctions redrive-execution --execution-arn x",
    is_redrivable=False,
    costs=[],
    attempts=[
        {
            "Step": "Train",
            "Type": "ml.m5.large",
            "Redrive": 0,
            "Trouble": "other",
            "Why": "Call 0800-FRAUD",
        }
    ],
    log=["Call 0800-FRAUD"],
)
BUCKET = Bucket("bucket", boto3.client("s3", "us-east-1"))
HOSTILE = [
    "Call 0800-FRAUD: now!",
    "https://evil.example",
    "evil.example",
    "a\nSubject: b",
    "x" * 61,
    "<b>",
    "{0.__class__}",
    "%s",
]


@pytest.mark.parametrize("dataset", HOSTILE)
def test_a_mail_has_no_words_of_who_uploaded(dataset: str) -> None:
    told = failure_mail(
        replace(FAILURE, dataset=dataset),
        Bucket("bucket", boto3.client("s3", "us-east-1")),
        is_last=False,
    )
    assert dataset not in told and "FRAUD" not in told
    assert FAILURE.run in told and "s3://bucket/results/" in told
    assert "The data, or what was asked for, can't be used" in told


@pytest.mark.parametrize("dataset", ["titanic", "my data_2-b", "타이타닉", "عربي 3"])
def test_a_plain_name_is_told_with_the_place_of_the_page(dataset: str) -> None:
    told = failure_mail(
        replace(FAILURE, dataset=dataset),
        Bucket("bucket", boto3.client("s3", "us-east-1")),
        is_last=True,
    )
    assert told.startswith(f"{dataset}: the run 20261125-070000-0123ab failed at CheckPair.")
    assert f"s3://bucket/results/{dataset}/{FAILURE.run}/failure.html" in told
    assert "the last of 20 mails" in told and "codefree status" in told
    assert "predictions that fail" in told and "results/ and predictions/" in told


def test_a_failure_whose_page_gave_way_to_a_newer_upload_names_no_page() -> None:
    older = replace(FAILURE, file="new", error="JobFailed", is_redrivable=True, is_superseded=True)
    told = failure_mail(older, BUCKET, is_last=False)
    assert "A newer upload of the file" in told and FAILURE.console in told
    assert "failure.html" not in told and "redrive-execution" not in told


def test_a_prediction_without_results_is_not_called_an_evaluation() -> None:
    of_rows = replace(FAILURE, file="new", error="ResultsMissing")
    assert "One of its jobs left no results." in failure_mail(of_rows, BUCKET, is_last=False)


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="bucket")
        yield client


def test_each_end_is_counted_once_and_the_day_is_full_after_twenty(s3: Any) -> None:
    def place(end: int, day: str = "2026-11-25") -> int | None:
        return count_mail(Bucket("bucket", s3), mails_key(day), f"execution {end}")

    assert [place(end) for end in range(MOST_A_DAY + 3)] == [*range(1, MOST_A_DAY + 1)] + [None] * 3
    assert [place(0), place(MOST_A_DAY - 1), place(MOST_A_DAY)] == [1, MOST_A_DAY, None]
    assert place(0, "2026-11-26") == 1


def test_who_is_overtaken_by_another_end_gets_the_next_place(
    s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, ahead = s3.put_object, [b'["one", "two"]', b'["one"]']

    def overtaken(**request: Any) -> Any:
        if ahead:
            put(Bucket="bucket", Key=request["Key"], Body=ahead.pop())
        return put(**request)

    monkeypatch.setattr(s3, "put_object", overtaken)
    assert count_mail(Bucket("bucket", s3), mails_key("2026-11-25"), "mine") == 3
    kept = s3.get_object(Bucket="bucket", Key="runs/mails/2026-11-25.json")["Body"].read()
    assert kept == b'["one", "two", "mine"]'


@pytest.mark.parametrize("is_full", [True, False])
def test_who_is_overtaken_in_every_try_looks_whether_the_day_is_full(
    s3: Any, monkeypatch: pytest.MonkeyPatch, is_full: bool
) -> None:
    put, others = s3.put_object, 0

    def overtaken(**request: Any) -> Any:
        nonlocal others
        others += 1
        ends = [f"end {number}" for number in range(others)] if is_full else [f"end {others}"]
        put(Bucket="bucket", Key=request["Key"], Body=json.dumps(ends).encode())
        return put(**request)

    monkeypatch.setattr(s3, "put_object", overtaken)
    if is_full:
        assert count_mail(Bucket("bucket", s3), mails_key("2026-11-25"), "mine") is None
    else:
        with pytest.raises(TryAgain):
            count_mail(Bucket("bucket", s3), mails_key("2026-11-25"), "mine")


@pytest.mark.parametrize("garbage", [b"", b"{", b"[" * 100_000, b"5", b'[{"a": 1}]', b"\xff"])
def test_garbage_in_the_counters_place_loses_no_mail(s3: Any, garbage: bytes) -> None:
    s3.put_object(Bucket="bucket", Key="runs/mails/2026-11-25.json", Body=garbage)
    assert count_mail(Bucket("bucket", s3), mails_key("2026-11-25"), "an end") == 1
