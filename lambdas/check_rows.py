"""CheckRows: finds new rows and the model for them, claims and checks them, and freezes what is
read.

Nothing that this step lets through should fail later for what the file holds: the next steps cost
money.
"""

import json
import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, cast

from lambdas import clients
from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import ROWS, rows_check_key
from lambdas.check.check_report import rows_page
from lambdas.check.rows_check import TrainedFile, rows_check
from lambdas.checked_upload import check_state, file_state, rejection, source_of
from lambdas.errors import RowsRejected
from lambdas.language import speaking, spoken, spoken_in, stack_language, to_speak
from lambdas.predictions.asked_rows import (
    RowsRequest,
    asked_rows,
    check_results_name,
    find_rows,
    forcing_input,
    resolve_rows,
)
from lambdas.predictions.frozen_rows import Frozen, freeze_prediction, keep_rows, read_rows
from lambdas.predictions.predicting_model import find_model, read_trained_file
from lambdas.predictions.rows_file import RowsFile
from lambdas.predictions.waiting_rows import stop_waiting, wait_for_model
from lambdas.refusals import explain_refusals
from lambdas.runs.admission import charge_rows_check, check_usd
from lambdas.runs.claim import Owner, claim_in_state, claim_on, identity, take_claim
from lambdas.runs.execution import Execution, StartEvent
from lambdas.runs.pause import pause_seconds
from lambdas.runs.run_language import keep_language
from lambdas.runs.spending import Limits, NoRoom
from lambdas.state import CheckState, PredictingModelState, PredictionState
from lambdas.uploads.pair import Upload
from lambdas.uploads.taken_pairs import mark_as_taken
from lambdas.uploads.training_code import PREDICTING, check_training_code, find_training_code
from lambdas.wish import Language

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_stepfunctions import SFNClient

# What the message about rejected rows ends with.
_REJECTED = to_speak(
    "Nothing was predicted and nothing was charged for a prediction; it starts by itself when a "
    "repaired file is uploaded."
)


@dataclass(frozen=True)
class Settings:
    """What the function finds in its environment: the stack, its limits, and its own memory."""

    bucket: str
    stack: str
    most_usd: float
    limits: Limits
    memory_mb: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The settings in a Lambda function's environment variables."""
        return cls(
            environment["BUCKET"],
            environment["STACK"],
            float(environment["PREDICTION_COST"]),
            Limits.from_environment(environment),
            int(environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]),
        )


@dataclass(frozen=True)
class Services:
    """The bucket, the state machines and the models, and how many seconds the function has left."""

    bucket: Bucket
    states: "SFNClient"
    sagemaker: "SageMakerClient"
    seconds_left: Callable[[], float]


@speaking(stack_language)
@explain_refusals
def handler(event: StartEvent, context: Any) -> PredictionState:
    """Lambda's entry."""
    settings = Settings.from_environment(os.environ)
    services = Services(
        Bucket(settings.bucket, clients.s3()),
        clients.step_functions(),
        clients.sagemaker(),
        lambda: context.get_remaining_time_in_millis() / 1000,
    )
    return check_rows(event["Input"], Execution.of(event), settings, services)


def check_rows(
    event: Any, execution: Execution, settings: Settings, services: Services
) -> PredictionState:
    """The state that the execution goes on with; ``Outcome`` tells which way.

    Returns:
        ``Outcome`` is ``NothingToDo``, ``WaitingForModel``, ``WaitingForBudget``,
        ``AlreadyRunning`` or ``Ready``, and ``Message`` says why; a ready one also has ``Run``,
        ``Claim``, ``Configuration``, ``Rows``, ``Check`` and ``Model``.

    Raises:
        RowsRejected: the rows can't be predicted.
        ModelUnusable: the approved model is gone.
        CodeUnusable: the training code can't predict.
        TryAgain: another execution wrote the claim at the same moment.
    """
    bucket = services.bucket
    request = resolve_rows(bucket, asked_rows(event))
    if request is None:
        return _nothing_to_do()
    file = request.file
    upload = read_rows(bucket, execution.run) or find_rows(bucket, request)
    if upload is None:
        stop_waiting(bucket, file)
        return _no_longer_there(file)
    keep_rows(bucket, execution.run, upload)
    model = find_model(bucket, services.sagemaker, settings.stack, file.dataset)
    if model is None:
        wait_for_model(bucket, file, upload)
        return _waiting_for_model(file)
    mark_as_taken(bucket, file.dataset, [upload], execution.arn)

    trained = read_trained_file(bucket, file.dataset, model["Run"])
    language = cast(Language, trained.language)
    keep_language(bucket, execution.run, language)
    claimed = _identity(request, upload, model, execution)
    mine = claim_on([upload], execution.arn, execution.run)
    owner = take_claim(bucket, services.states, claimed, mine)
    stop_waiting(bucket, file)
    if owner.claim.run != execution.run:
        return _already_running(file, owner)

    with spoken_in(language):
        check_results_name(bucket, file)
        try:
            usd = check_usd({upload.key: upload.size}, settings.memory_mb)
            charge_rows_check(bucket, settings.limits, usd)
        except NoRoom as why:
            return _waiting_for_budget(execution.run, str(why))
        code = find_training_code(bucket)
        check_training_code(bucket, code, PREDICTING)
        passed = _check_file(services, execution.run, file, upload, trained)
        frozen = Frozen(upload, code, model, passed.body)
        return {
            "Outcome": "Ready",
            "Message": spoken(
                "{dataset}: {rows:,} {rows:row|rows} of {file} to predict with the model of the "
                "run {run}.",
                dataset=file.dataset,
                rows=passed.rows["Rows"],
                file=file.file_name,
                run=model["Run"],
            ),
            "Run": freeze_prediction(bucket, execution.run, file, frozen),
            "Claim": claim_in_state(claimed, owner.claim),
            "Configuration": {"BudgetUSD": settings.most_usd, "Language": language},
            "Rows": passed.rows,
            "Check": passed.state,
            "Model": model,
        }


def _identity(
    request: RowsRequest, upload: Upload, model: PredictingModelState, execution: Execution
) -> str:
    """What is predicted once: the file's content by a model, or whatever a person has asked for."""
    file, forced_by = request.file, execution.arn if request.force else None
    return identity(
        *("rows", file.dataset, file.file_name, upload.etag),
        *(model["Run"], model["Sha256"], forced_by),
    )


def _nothing_to_do() -> PredictionState:
    return {
        "Outcome": "NothingToDo",
        "Message": spoken("Only a folder was made, or a file that programs leave beside others."),
    }


def _no_longer_there(file: RowsFile) -> PredictionState:
    return {
        "Outcome": "NothingToDo",
        "Message": spoken(
            "{file} is not there any more. Nothing was started and nothing costs money.",
            file=f"{ROWS}{file.dataset}/{file.file_name}",
        ),
    }


def _waiting_for_model(file: RowsFile) -> PredictionState:
    return {
        "Outcome": "WaitingForModel",
        "Message": spoken(
            "{dataset} has no approved model yet. {file} is predicted by itself as soon as it has "
            "one: upload {dataset}_train.csv and {dataset}_test.csv to data/, or approve a model "
            "with codefree models. Waiting costs nothing.",
            dataset=file.dataset,
            file=file.file_name,
        ),
    }


def _waiting_for_budget(run: str, why: str) -> PredictionState:
    seconds = pause_seconds(run, why, datetime.now(UTC), random.random())
    return {"Outcome": "WaitingForBudget", "Message": why, "WaitSeconds": seconds}


def _already_running(file: RowsFile, owner: Owner) -> PredictionState:
    return {
        "Outcome": "AlreadyRunning",
        "Message": spoken(
            "The same rows of {file} are predicted by the execution {execution} ({status}). To "
            "predict them again, start an execution with {input}.",
            file=file.file_name,
            execution=owner.claim.execution,
            status=owner.status,
            input=forcing_input(file),
        ),
    }


@dataclass(frozen=True)
class PassedCheck:
    """A check without errors: what the file holds, what the job and what the next steps get."""

    rows: Any
    body: bytes
    state: CheckState


def _check_file(
    services: Services, run: str, file: RowsFile, upload: Upload, trained: TrainedFile
) -> PassedCheck:
    """Checks the rows, and writes what was found for people.

    Raises:
        RowsRejected: they can't be predicted.
    """
    bucket = services.bucket
    check = rows_check(source_of(bucket, upload, _removed), trained, services.seconds_left)
    key = rows_check_key(run)
    page = rows_page(f"{file.dataset}, {file.file_name}", check)
    bucket.write(key, page.encode(), "text/html; charset=utf-8")
    if check.errors or not check.profile:
        raise RowsRejected(rejection(check.errors, spoken(_REJECTED), bucket.uri(key)))
    return PassedCheck(
        {**file_state(check.profile), "HasTarget": check.has_target},
        json.dumps(check.as_json(), ensure_ascii=False, indent=1).encode(),
        check_state(check.findings, bucket.uri(key)),
    )


def _removed(upload: Upload) -> RowsRejected:
    return RowsRejected(
        spoken(
            "The version of {file} that was to be checked was removed from the bucket. Nothing was "
            "charged for a prediction. Upload it again.",
            file=upload.file_name,
        )
    )
