"""Publish: the run's summary with its cost, in the results folder and as the execution's output."""

import json
import os
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import model_key, success_mails_key
from lambdas.errors import ResultsMissing
from lambdas.jobs.cost import JobCost, fetch_job_costs
from lambdas.language import speaking, spoken, to_speak
from lambdas.pages.failure_mail import MOST_A_DAY, Mail, count_mail
from lambdas.pages.filled_report import filled_report
from lambdas.pages.success_mail import Success, success_mail, success_subject
from lambdas.refusals import explain_refusals
from lambdas.runs.admission import settle_cost, today
from lambdas.state import CostState, InstanceState, JobState, State, Summary, language_of

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

# The classes may be many, and the check's warnings stand there already.
_LEFT_OUT = ("classes", "unknown_classes", "data_warnings")
_COST = to_speak(
    "The run cost {usd:.2f} USD: {jobs:,} {jobs:job|jobs}, {seconds:,} billed "
    "{seconds:second|seconds} (prices: {as_of})."
)
_WITH_FAILED_JOBS = to_speak(
    "The run cost {usd:.2f} USD: {jobs:,} {jobs:job|jobs}, of which {failed:,} did not complete, "
    "{seconds:,} billed {seconds:second|seconds} (prices: {as_of})."
)


@speaking(language_of)
@explain_refusals
def handler(event: State, _context: object) -> Summary:
    """Lambda's entry: ``event`` is the state of a run whose evaluation is done."""
    bucket = Bucket(os.environ["BUCKET"], boto3.client("s3"))
    mail = None
    if os.environ["MAIL_ABOUT"] == "all":
        mail = Mail(boto3.client("sns"), os.environ["TOPIC"])
    return publish(event, bucket, boto3.client("sagemaker"), mail)


def publish(
    state: State, bucket: Bucket, sagemaker: "SageMakerClient", mail: Mail | None = None
) -> Summary:
    """The summary: what was run, where the results are, the scores and the cost. Written to
    summary.json.

    It says what metrics.json says but for the classes: a state's output may have 256 KB at most
    (AWS Step Functions Developer Guide, "Step Functions service quotas").

    The ``mail`` about it is sent last. What the run did cost takes the place of what it had
    reserved. Doing it all again gives the same, so a retry or redrive does no harm.

    Raises:
        ResultsMissing: the evaluation job left no metrics.json, or not the report that it names.
    """
    run = state["Run"]
    folder = f"{bucket.key(run['Results'])}/"
    metrics: Any = json.loads(_read_result(bucket, f"{folder}metrics.json", state["Evaluation"]))
    summary: Summary = {
        "Dataset": run["Dataset"],
        "Run": run["Id"],
        "Message": state["Message"],
        "Results": f"{run['Results']}/",
        "Model": bucket.uri(model_key(folder, state["Training"]["JobName"])),
        # None for an execution that began before Codefree kept digests.
        "ModelSha256": state["Model"]["Sha256"] if "Model" in state else None,
        "Configuration": state["Configuration"],
        "Profile": state["Profile"],
        "Check": state["Check"],
        "Instance": state["Instance"],
        "Attempts": state.get("Attempts", []),
        "TrainingJob": state["Training"]["JobName"],
        "EvaluationJob": state["Evaluation"]["JobName"],
        "Cost": _cost_state(state, metrics, sagemaker),
        "Metrics": {name: value for name, value in metrics.items() if name not in _LEFT_OUT},
    }
    body = json.dumps(summary, indent=2, ensure_ascii=False).encode()
    bucket.write(f"{folder}summary.json", body, "application/json")
    if "report" in metrics:
        key = f"{folder}{metrics['report']}"
        page = _read_result(bucket, key, state["Evaluation"]).decode()
        bucket.write(key, filled_report(page, summary).encode(), "text/html; charset=utf-8")
    settle_cost(bucket, run["Id"], summary["Cost"]["ActualUSD"])
    if mail and "Claim" in state:
        _send_mail(bucket, Success.of(summary, metrics, state["Claim"]["Execution"]), mail)
    return summary


def _send_mail(bucket: Bucket, success: Success, mail: Mail) -> None:
    """Sends the mail about the run, unless the day has had enough of them.

    Its place is taken before it is sent: should sending fail, a retry keeps the place.
    """
    key = success_mails_key(today().isoformat())
    place = count_mail(bucket, key, success.execution)
    if place is None:
        return
    mail.sns.publish(
        TopicArn=mail.topic,
        Subject=success_subject(success),
        Message=success_mail(success, bucket, is_last=place == MOST_A_DAY),
    )


def _cost_state(state: State, metrics: dict[str, Any], sagemaker: "SageMakerClient") -> CostState:
    instance = state["Instance"]
    jobs = fetch_job_costs(sagemaker, state["Run"]["JobName"], instance)
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
    if machine and machine["instance_type"] != instance["TrainType"]:
        return spoken(
            "The work was done on another machine ({cpus} processors, {memory:.0f} GiB), which "
            "Codefree does not pay for. On {type} the run would cost about {usual:.2f} USD, at "
            "most {most:.2f} (prices: {as_of}).",
            cpus=machine["cpus"],
            memory=machine["memory_gib"],
            type=instance["TrainType"],
            usual=instance["UsualUSD"],
            most=instance["CostCapUSD"],
            as_of=instance["Prices"]["AsOf"],
        )
    failed = sum(job.status != "Completed" for job in jobs)
    told = spoken(
        _WITH_FAILED_JOBS if failed else _COST,
        usd=sum(job.usd for job in jobs),
        jobs=len(jobs),
        failed=failed,
        seconds=sum(job.billed_seconds for job in jobs),
        as_of=instance["Prices"]["AsOf"],
    )
    expected = spoken(
        "It was expected to cost {usual:.2f}, and {most:.2f} at most.",
        usual=instance["UsualUSD"],
        most=instance["CostCapUSD"],
    )
    saved = sum(job.saved for job in jobs)
    by_spot = spoken("Spot capacity saved {usd:.2f} USD.", usd=saved) if saved else ""
    return " ".join(filter(None, (told, expected, by_spot)))


def _read_result(bucket: Bucket, key: str, evaluation: JobState) -> bytes:
    body = bucket.read(key)
    if body is None:
        raise ResultsMissing(
            spoken(
                "{key} is not there: the evaluation job {job} ended as {status} without writing "
                "its results.",
                key=key,
                job=evaluation["JobName"],
                status=evaluation["Status"],
            )
        )
    return body
