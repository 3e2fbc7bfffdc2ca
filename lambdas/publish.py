"""Publish: the run's summary with its cost, in the results folder and as the execution's output."""

import json
import os
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.errors import ResultsMissing
from lambdas.jobs.cost import JobCost, job_costs
from lambdas.pages.filled_report import filled_report
from lambdas.refusals import told_in_words
from lambdas.runs.admission import settle
from lambdas.state import CostState, InstanceState, JobState, State, Summary

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient

# The classes may be many, and the check's warnings stand there already.
_LEFT_OUT = ("classes", "data_warnings")


@told_in_words
def handler(event: State, _context: object) -> Summary:
    """Lambda's entry: ``event`` is the state of a run whose evaluation is done."""
    return publish(event, os.environ["BUCKET"], boto3.client("s3"), boto3.client("sagemaker"))


def publish(state: State, bucket: str, s3: "S3Client", sagemaker: "SageMakerClient") -> Summary:
    """The summary: what was run, where the results are, the scores and the cost. Written to
    summary.json.

    It says what metrics.json says but for the classes: a state's output may have 256 KB at most
    (AWS Step Functions Developer Guide, "Step Functions service quotas").

    What the run did cost takes the place of what it had reserved. Doing it all again gives the
    same, so a retry or redrive does no harm.

    Raises:
        ResultsMissing: the evaluation job left no metrics.json.
    """
    run = state["Run"]
    folder = run["Results"].removeprefix(f"s3://{bucket}/")
    metrics = _metrics(s3, bucket, f"{folder}/metrics.json", state["Evaluation"])
    summary: Summary = {
        "Dataset": run["Dataset"],
        "Run": run["Id"],
        "Message": state["Message"],
        "Results": f"{run['Results']}/",
        "Model": f"{run['Results']}/{state['Training']['JobName']}/output/model.tar.gz",
        # None for an execution that began before Codefree kept digests.
        "ModelSha256": state["Model"]["Sha256"] if "Model" in state else None,
        "Configuration": state["Configuration"],
        "Profile": state["Profile"],
        "Check": state["Check"],
        "Instance": state["Instance"],
        "Attempts": state.get("Attempts", []),
        "TrainingJob": state["Training"]["JobName"],
        "EvaluationJob": state["Evaluation"]["JobName"],
        "Cost": _cost(state, metrics, sagemaker),
        "Metrics": {name: value for name, value in metrics.items() if name not in _LEFT_OUT},
    }
    body = json.dumps(summary, indent=2, ensure_ascii=False).encode()
    s3.put_object(
        Bucket=bucket, Key=f"{folder}/summary.json", Body=body, ContentType="application/json"
    )
    if "report" in metrics:
        _fill_report(s3, bucket, f"{folder}/{metrics['report']}", summary)
    settle(s3, bucket, run["Id"], summary["Cost"]["ActualUSD"])
    return summary


def _fill_report(s3: "S3Client", bucket: str, key: str, summary: Summary) -> None:
    page = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    body = filled_report(page, summary).encode()
    s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="text/html; charset=utf-8")


def _cost(state: State, metrics: dict[str, Any], sagemaker: "SageMakerClient") -> CostState:
    instance = state["Instance"]
    jobs = job_costs(sagemaker, state["Run"]["JobName"], instance)
    total, saved = sum(job.usd for job in jobs), sum(job.saved for job in jobs)
    return {
        "EstimatedUSD": instance["UsualUSD"],
        "MostUSD": instance["CostCapUSD"],
        "ActualUSD": round(total, 4),
        "SavedBySpotUSD": round(saved, 4),
        "PricesAsOf": instance["Prices"]["AsOf"],
        "Jobs": [job.as_state() for job in jobs],
        "Text": _cost_text(instance, jobs, metrics.get("machine")),
    }


def _cost_text(instance: InstanceState, jobs: list[JobCost], machine: dict[str, Any] | None) -> str:
    """The cost in words. A machine that is not the planned one was not paid at its price."""
    total, saved = sum(job.usd for job in jobs), sum(job.saved for job in jobs)
    seconds = sum(job.billed_seconds for job in jobs)
    prices = f"prices: {instance['Prices']['AsOf']}"
    if machine and machine["instance_type"] != instance["TrainType"]:
        return (
            f"The work was done on another machine ({machine['cpus']} processors, "
            f"{machine['memory_gib']:.0f} GiB), which Codefree does not pay for. On "
            f"{instance['TrainType']} the run would cost about {instance['UsualUSD']:.2f} USD, at "
            f"most {instance['CostCapUSD']:.2f} ({prices})."
        )
    failed = [job for job in jobs if job.status != "Completed"]
    not_completed = f", {len(failed)} of them not completed" if failed else ""
    by_spot = f" Spot capacity saved {saved:.2f} USD." if saved else ""
    return (
        f"The run cost {total:.2f} USD: {len(jobs)} jobs{not_completed}, {seconds:,} billed "
        f"seconds ({prices}). Expected were {instance['UsualUSD']:.2f}, and at most "
        f"{instance['CostCapUSD']:.2f}.{by_spot}"
    )


def _metrics(s3: "S3Client", bucket: str, key: str, evaluation: JobState) -> Any:
    try:
        return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except s3.exceptions.NoSuchKey:
        raise ResultsMissing(
            f"{key} is not there: the evaluation job {evaluation['JobName']} ended as "
            f"{evaluation['Status']} without writing its results."
        ) from None
