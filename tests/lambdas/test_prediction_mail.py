"""Mails about predictions: what was predicted and where it is, and no sentence of who uploaded."""

from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest

from lambdas.bucket.bucket import Bucket
from lambdas.pages.prediction_mail import prediction_mail, prediction_subject
from tests.lambdas.test_failure_mail import HOSTILE

if TYPE_CHECKING:
    from lambdas.state import PredictionSummary

BUCKET = Bucket("bucket", boto3.client("s3", "us-east-1"))
ARN = "arn:aws:states:ap-northeast-2:123456789012:execution:codefree-predict:x"


def summary_of(dataset: str = "fruits", file: str = "new") -> "PredictionSummary":
    summary = {
        "Dataset": dataset,
        "File": file,
        "Predictions": f"s3://bucket/predictions/{dataset}/{file}.csv",
        "Page": f"s3://bucket/predictions/{dataset}/{file}.html",
        "Model": {"Run": "20261125-070000-0123ab"},
        "Rows": {"Rows": 3},
        "Cost": {"Text": "The prediction cost 0.01 USD."},
    }
    return cast("PredictionSummary", summary)


def mail(summary: "PredictionSummary", target: str = "kind", **told: Any) -> str:
    found = {
        "rows": 3,
        "target": target,
        "headline": f"“{target}” was predicted for 3 rows.",
    } | told
    return prediction_mail(summary, found, BUCKET, ARN, is_last=False)


def test_rows_cost_and_places_are_told() -> None:
    told = mail(summary_of(), warnings=["one", "two"])
    assert told.startswith("fruits: 3 rows of new are predicted with the model of the run 20261125")
    assert "\n\n“kind” was predicted for 3 rows.\n\n2 things are worth a look" in told
    console = "https://ap-northeast-2.console.aws.amazon.com"
    objects = f"  {console}/s3/object/bucket?region=ap-northeast-2&prefix=predictions%2Ffruits%2F"
    assert f"{objects}new.csv\n" in told and f"{objects}new.html\n" in told
    assert f"{console}/states/home?region=ap-northeast-2#/v2/executions/details/{ARN}\n" in told
    assert "This is the last" not in told
    last = prediction_mail(summary_of(), {}, BUCKET, ARN, is_last=True)
    assert "This is the last of 20 mails about finished runs and predictions" in last


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_that_may_pass_for_a_sentence_or_a_link_is_in_the_mail(text: str) -> None:
    made = {
        mail(summary_of(text)),
        mail(summary_of(file=text)),
        mail(summary_of(), target=text),
        mail(summary_of(), predictions={text: 3}, headline=f"“{text}” for 3."),
    }
    for told in made:
        # In a link it is a part of our own address, in which it leads nowhere else.
        lines = [line for line in told.splitlines() if not line.startswith("  https://ap-")]
        assert text not in "\n".join(lines) and "FRAUD: " not in "\n".join(lines)
    subject = prediction_subject(summary_of(text))
    assert text not in subject and subject.isascii() and len(subject) <= 100
    assert "fruits" in prediction_subject(summary_of())
