"""Publish: the run's summary, in the results folder and as the execution's output."""

import json
import os
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.errors import ResultsMissing

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# The classes may be many, and the check's warnings stand there already.
_LEFT_OUT = ("classes", "data_warnings")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry: ``event`` is the state of a run whose evaluation is done."""
    return publish(event, os.environ["BUCKET"], boto3.client("s3"))


def publish(state: dict[str, Any], bucket: str, s3: "S3Client") -> dict[str, Any]:
    """The summary: what was run, where the results are, and the scores. Written to summary.json.

    It says what metrics.json says but for the classes: a state's output may have 256 KB at most
    (AWS Step Functions Developer Guide, "Step Functions service quotas").

    Writing it again gives the same object, so a retry or redrive does no harm.

    Raises:
        ResultsMissing: the evaluation job left no metrics.json.
    """
    run = state["Run"]
    folder = run["Results"].removeprefix(f"s3://{bucket}/")
    metrics = _metrics(s3, bucket, f"{folder}/metrics.json", state["Evaluation"])
    summary = {
        "Dataset": run["Dataset"],
        "Run": run["Id"],
        "Message": state["Message"],
        "Results": f"{run['Results']}/",
        "Model": f"{run['Results']}/{state['Training']['JobName']}/output/model.tar.gz",
        "Configuration": state["Configuration"],
        "Profile": state["Profile"],
        "Check": state["Check"],
        "Instance": state["Instance"],
        "TrainingJob": state["Training"]["JobName"],
        "EvaluationJob": state["Evaluation"]["JobName"],
        "Metrics": {name: value for name, value in metrics.items() if name not in _LEFT_OUT},
    }
    body = json.dumps(summary, indent=2, ensure_ascii=False).encode()
    s3.put_object(
        Bucket=bucket, Key=f"{folder}/summary.json", Body=body, ContentType="application/json"
    )
    return summary


def _metrics(s3: "S3Client", bucket: str, key: str, evaluation: dict[str, Any]) -> Any:
    try:
        return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except s3.exceptions.NoSuchKey:
        raise ResultsMissing(
            f"{key} is not there: the evaluation job {evaluation['JobName']} ended as "
            f"{evaluation['Status']} without writing its results."
        ) from None
