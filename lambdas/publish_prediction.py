"""Publish, of a prediction: the results in their place, the cost, and word of it.

The state is called like that of a run's; what it does and may do is its own.
"""

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from lambdas import clients
from lambdas.bucket.bucket import Bucket
from lambdas.bucket.kept_data import json_object
from lambdas.bucket.layout import (
    filled_page_key,
    predictions_key,
    predictions_page_key,
    success_mails_key,
)
from lambdas.job_results import read_result
from lambdas.jobs.cost import fetch_job_costs
from lambdas.jobs.run_cost import cost_state
from lambdas.language import speaking, spoken
from lambdas.pages.daily_mails import Mail, mail_of_successes
from lambdas.pages.filled_prediction import filled_prediction
from lambdas.pages.prediction_mail import prediction_mail, prediction_subject
from lambdas.predictions.frozen_rows import read_rows
from lambdas.predictions.published import Published, publish_results
from lambdas.refusals import explain_refusals
from lambdas.runs.admission import book_cost, today
from lambdas.state import PredictionState, PredictionSummary, language_of

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

_TOLD = "prediction.json"
# What the execution's output has of it: that may have 256 KB (AWS Step Functions Developer Guide,
# "Service quotas"), and a file may have many classes.
_IN_THE_OUTPUT = ("rows", "target", "problem_type", "score", "seconds", "machine", "headline")
_MOST_WARNINGS = 20


@speaking(language_of)
@explain_refusals
def handler(event: PredictionState, _context: object) -> PredictionSummary:
    """Lambda's entry: ``event`` is the state of a prediction whose job is done."""
    bucket = Bucket(os.environ["BUCKET"], clients.s3())
    mail = mail_of_successes(os.environ, clients.sns())
    return publish_prediction(event, bucket, clients.sagemaker(), mail)


def publish_prediction(
    state: PredictionState, bucket: Bucket, sagemaker: "SageMakerClient", mail: Mail | None = None
) -> PredictionSummary:
    """The summary: what was predicted by which model, where the results are, and the cost.

    The results get their place unless those of a newer upload of the file are there. What the
    prediction did cost takes the place of what it had reserved, and the ``mail`` is sent last.
    Doing it all again gives the same, so a retry or redrive does no harm.

    Raises:
        ResultsMissing: the job left no prediction.json, or not the files that it names.
    """
    run = state["Run"]
    dataset, file, folder = run["Dataset"], run["File"], f"{bucket.key(run['Results'])}/"
    told: Any = json_object(read_result(bucket, f"{folder}{_TOLD}", state["Prediction"]))
    costs = fetch_job_costs(sagemaker, run["JobName"], state["Instance"])
    summary: PredictionSummary = {
        "Dataset": dataset,
        "File": file,
        "Run": run["Id"],
        "Message": state["Message"],
        "Predictions": bucket.uri(predictions_key(dataset, file)),
        "Page": bucket.uri(predictions_page_key(dataset, file)),
        "Superseded": False,
        "Model": state["Model"],
        "Configuration": state["Configuration"],
        "Rows": state["Rows"],
        "Check": state["Check"],
        "Instance": state["Instance"],
        "Attempts": state.get("Attempts", []),
        "PredictionJob": state["Prediction"]["JobName"],
        "Cost": cost_state(state["Instance"], costs, told.get("machine")),
        "Told": {name: told[name] for name in _IN_THE_OUTPUT if name in told}
        | {"warnings": list(map(str, told.get("warnings", [])))[:_MOST_WARNINGS]},
    }
    page = read_result(bucket, f"{folder}{told.get('page')}", state["Prediction"]).decode()
    filled = filled_prediction(page, summary)
    bucket.write(filled_page_key(run["Id"]), filled.encode(), "text/html; charset=utf-8")
    summary["Superseded"] = not _publish(bucket, state, str(told.get("file")))
    if summary["Superseded"]:
        summary["Message"] = spoken(
            "{message} A newer upload of the file was predicted, whose results stay.",
            message=state["Message"],
        )
    book_cost(bucket, run["Id"], summary["Cost"]["ActualUSD"])
    if mail and not summary["Superseded"]:
        key, execution = success_mails_key(today().isoformat()), state["Claim"]["Execution"]
        text = partial(prediction_mail, summary, told, bucket, execution)
        mail.send(bucket, key, execution, prediction_subject(summary), text)
    return summary


def _publish(bucket: Bucket, state: PredictionState, predictions: str) -> bool:
    run = state["Run"]
    upload = read_rows(bucket, run["Id"])
    uploaded = upload.uploaded if upload else 0
    return publish_results(bucket, run, Published(run["Id"], uploaded, predictions))
