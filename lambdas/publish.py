"""Publish: the run's summary with its cost, in the results folder and as the execution's output.

Its model is registered, and approved if it is the first one or clearly better.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from lambdas import clients
from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import model_key, success_mails_key
from lambdas.job_results import read_result
from lambdas.jobs.cost import fetch_job_costs
from lambdas.jobs.run_cost import cost_state
from lambdas.language import speaking
from lambdas.models.approval import register_and_decide
from lambdas.models.registry import NewModel
from lambdas.pages.daily_mails import Mail, mail_of_successes
from lambdas.pages.filled_report import filled_report
from lambdas.pages.success_mail import Success, success_mail, success_subject
from lambdas.refusals import explain_refusals
from lambdas.runs.admission import book_cost, today
from lambdas.state import State, Summary, language_of
from lambdas.uploads.pair import read_pair

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

# The classes may be many, and the check's warnings stand there already.
_LEFT_OUT = ("classes", "unknown_classes", "data_warnings")


@speaking(language_of)
@explain_refusals
def handler(event: State, _context: object) -> Summary:
    """Lambda's entry: ``event`` is the state of a run whose evaluation is done."""
    bucket = Bucket(os.environ["BUCKET"], clients.s3())
    mail = mail_of_successes(os.environ, clients.sns())
    registry = Registry.from_environment(os.environ)
    return publish(event, bucket, clients.sagemaker(), registry, mail)


@dataclass(frozen=True)
class Registry:
    """What models are registered with: the stack's name, and the image that loads them."""

    stack: str
    image: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The one in a Lambda function's environment variables."""
        return cls(environment["STACK"], environment["IMAGE"])


def publish(
    state: State,
    bucket: Bucket,
    sagemaker: "SageMakerClient",
    registry: Registry,
    mail: Mail | None = None,
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
    jobs = fetch_job_costs(sagemaker, run["JobName"], state["Instance"])
    body = read_result(bucket, f"{folder}metrics.json", state["Evaluation"])
    metrics: Any = json.loads(body)
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
        "Cost": cost_state(state["Instance"], jobs, metrics.get("machine")),
        "Metrics": {name: value for name, value in metrics.items() if name not in _LEFT_OUT},
    }
    if "Model" in state:
        new = _new_model(state, bucket, registry, metrics, hashlib.sha256(body).hexdigest())
        summary["Approval"] = register_and_decide(bucket, sagemaker, new, metrics.get("champion"))
    body = json.dumps(summary, indent=2, ensure_ascii=False).encode()
    bucket.write(f"{folder}summary.json", body, "application/json")
    if "report" in metrics:
        key = f"{folder}{metrics['report']}"
        page = read_result(bucket, key, state["Evaluation"]).decode()
        bucket.write(key, filled_report(page, summary).encode(), "text/html; charset=utf-8")
    book_cost(bucket, run["Id"], summary["Cost"]["ActualUSD"])
    if mail and "Claim" in state:
        success = Success.of(summary, metrics, state["Claim"]["Execution"])
        key, text = success_mails_key(today().isoformat()), partial(success_mail, success, bucket)
        mail.send(bucket, key, success.execution, success_subject(success), text)
    return summary


def _new_model(
    state: State, bucket: Bucket, registry: Registry, metrics: Mapping[str, Any], digest: str
) -> NewModel:
    run, job = state["Run"], state["Training"]["JobName"]
    facts = {"model-sha256": state["Model"]["Sha256"], "metric": str(metrics.get("eval_metric"))}
    if metrics.get("score") is not None:
        facts["score"] = f"{metrics['score']:.6g}"
    if code := run.get("CodeETag"):
        facts["code-etag"] = code.strip('"')
    if pair := read_pair(bucket, run["Id"]):
        for part, upload in (("train", pair.train), ("test", pair.test)):
            facts |= {f"{part}-etag": upload.etag.strip('"'), f"{part}-version": upload.version}
    folder = f"{bucket.key(run['Results'])}/"
    return NewModel(
        stack=registry.stack,
        dataset=run["Dataset"],
        run=run["Id"],
        job=job,
        bucket=bucket.name,
        image=registry.image,
        metrics_sha256=digest,
        report=f"{folder}{metrics['report']}" if "report" in metrics else None,
        facts=facts,
    )
