"""Mails about finished runs: the result and where it is, and no sentence of who uploaded."""

from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest

from lambdas.bucket.bucket import Bucket
from lambdas.language import spoken_in
from lambdas.pages.success_mail import Success, success_mail, success_subject
from tests.lambdas.test_failure_mail import HOSTILE

if TYPE_CHECKING:
    from lambdas.state import Summary

BUCKET = Bucket("bucket", boto3.client("s3", "us-east-1"))
ARN = "arn:aws:states:ap-northeast-2:123456789012:execution:codefree:x"


def success(target: str = "kind", name: str = "fruits", **metrics: Any) -> Success:
    found = {
        "headline": f"Of 4 rows of “{target}”, 3 were predicted correctly.",
        "eval_metric": "f1",
        "score": 0.75,
        "interval": {"low": 0.5, "high": 0.91234, "confidence": 0.95, "method": "Wilson"},
        "baselines": {"a linear model": 0.7, "somebody's": 0.1, "a small tree": None},
        "report": f"{name}_report.html",
    }
    summary = {
        "Dataset": name,
        "Run": "20261125-070000-0123ab",
        "Results": f"s3://bucket/results/{name}/20261125-070000-0123ab/",
        "Configuration": {"Target": target},
        "Cost": {"Text": "The run cost 0.12 USD."},
        "Metrics": found | metrics,
    }
    return Success(cast("Summary", summary), ["apple", "pear"], ARN)


def test_result_cost_and_ways_are_told() -> None:
    mail = success_mail(success(), BUCKET, is_last=False)
    assert mail.startswith("fruits: the run 20261125-070000-0123ab is done.\n\nOf 4 rows of “kind”")
    assert "f1: 0.75 (95% confidence interval 0.5 to 0.9123)\n  a linear model: 0.7\n\n" in mail
    assert "The run cost 0.12 USD." in mail and "somebody" not in mail
    folder = "prefix=results%2Ffruits%2F20261125-070000-0123ab%2F"
    console = "https://ap-northeast-2.console.aws.amazon.com/s3/object/bucket?region=ap-northeast-2"
    assert f"  {console}&{folder}fruits_report.html\n" in mail
    assert f"  {console}&{folder}fruits_test_prediction.csv\n" in mail
    assert "This is the last" not in mail
    last = success_mail(success(), BUCKET, is_last=True)
    assert "This is the last of 20 mails about finished runs and predictions" in last


def test_a_run_without_a_score_has_none_in_its_mail() -> None:
    mail = success_mail(success(score=None, interval=None), BUCKET, is_last=False)
    assert "confidence" not in mail and "None" not in mail


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_that_may_pass_for_a_sentence_or_a_link_is_in_the_mail(text: str) -> None:
    of_target = success(target=text)
    of_class = Success(success().summary, ["apple", text], ARN)
    of_dataset = success(name=text)
    for made in (of_target, of_class, of_dataset):
        lines = success_mail(made, BUCKET, is_last=False).splitlines()
        # In a link it is a part of our own address, in which it leads nowhere else.
        mail = "\n".join(line for line in lines if not line.startswith("  https://ap-northeast-2."))
        assert text not in mail and "FRAUD: " not in mail
        subject = success_subject(made)
        assert text not in subject and subject.isascii() and len(subject) <= 100


@pytest.mark.parametrize("text", HOSTILE)
def test_a_class_that_only_the_test_file_has_is_looked_at_too(text: str) -> None:
    told = f"Of 4 test rows, 1 was predicted correctly; the most frequent mistake is “{text}”."
    metrics = {"classes": ["apple", "pear", "plum"], "unknown_classes": [text]}
    made = Success.of(success(headline=told).summary, metrics, ARN)
    assert told not in success_mail(made, BUCKET, is_last=False)
    known = Success.of(success(headline="Right.").summary, {"classes": ["apple"]}, ARN)
    assert "Right." in success_mail(known, BUCKET, is_last=False)


def test_the_mail_is_in_the_language_of_the_run() -> None:
    with spoken_in("ko"):
        mail = success_mail(success(), BUCKET, is_last=False)
    assert "confidence interval" not in mail and "신뢰 구간" in mail
