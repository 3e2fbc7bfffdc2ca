"""Who is approved when a run is done, and the sentence about it."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.bucket.bucket import Bucket
from lambdas.errors import TryAgain
from lambdas.language import spoken_in
from lambdas.models.approval import register_and_decide
from lambdas.models.registry import (
    approve_model,
    approved_model,
    list_models,
    register_model,
    reject_model,
)
from lambdas.state import ApprovalState
from tests.lambdas.models.registered import (
    STACK,
    bucket_and_registry,
    finished_run,
    new_model,
)


@pytest.fixture
def services() -> Iterator[tuple[Bucket, Any]]:
    with bucket_and_registry() as made:
        yield made


def decided(services: tuple[Bucket, Any], run: str, compared: object = None) -> ApprovalState:
    bucket, sagemaker = services
    finished_run(bucket, sagemaker, run)
    return register_and_decide(bucket, sagemaker, new_model(run), compared)


def approved(services: tuple[Bucket, Any]) -> str | None:
    found = approved_model(services[1], STACK, "titanic")
    return found.run if found else None


def against(verdict: str, run: str = "run-1") -> dict[str, object]:
    return {"run": run, "version": 1, "verdict": verdict}


def test_the_first_model_is_approved_by_itself(services: Any) -> None:
    told = decided(services, "run-1")
    assert told == {
        "Version": 1,
        "Status": "Approved",
        "Text": "No other model was approved, so this one is now (version 1).",
    }
    assert approved(services) == "run-1"


@pytest.mark.parametrize(
    ("compared", "takes_over", "text"),
    [
        (
            against("better"),
            True,
            "This model is clearly better than the approved one, that of run run-1, and takes over",
        ),
        (against("no clear difference"), False, "There is no clear difference from the approved"),
        (against("worse"), False, "This model is clearly worse than the approved one, that of"),
        (against("not compared"), False, "This model was not compared with the approved one,"),
        (None, False, "This model was not compared with the approved one, that of run run-1, w"),
        ("better", False, "This model was not compared with the approved one, that of run run-1"),
        (against("better", "run-0"), False, "This model was compared with that of run run-0, but"),
    ],
)
def test_only_a_clearly_better_model_takes_over_from_the_one_it_was_compared_with(
    services: Any, compared: object, takes_over: bool, text: str
) -> None:
    decided(services, "run-1")
    told = decided(services, "run-2", compared)
    assert told["Text"].startswith(text)
    assert approved(services) == ("run-2" if takes_over else "run-1")
    again = register_and_decide(services[0], services[1], new_model("run-2"), compared)
    assert again == told
    assert len(list_models(services[1], STACK, "titanic")) == 2


def test_what_a_person_has_decided_since_is_not_decided_again(services: Any) -> None:
    _, sagemaker = services
    decided(services, "run-1")
    decided(services, "run-2", against("worse"))
    two, one = list_models(sagemaker, STACK, "titanic")
    approve_model(sagemaker, STACK, two, "I know better.")
    reject_model(sagemaker, one, "")
    told = decided(services, "run-2", against("worse"))
    assert told["Text"] == "Somebody has approved this model (version 2)."
    told = decided(services, "run-1")
    assert told["Text"] == "Somebody has rejected this model (version 1)."
    assert approved(services) == "run-2"


def test_after_a_rejection_the_next_model_is_the_first_again(services: Any) -> None:
    decided(services, "run-1")
    reject_model(services[1], list_models(services[1], STACK, "titanic")[0], "Wrong data.")
    assert decided(services, "run-2")["Status"] == "Approved"


def test_an_approved_model_that_is_gone_gives_way(services: Any) -> None:
    decided(services, "run-1")
    services[0].delete(list_models(services[1], STACK, "titanic")[0].key)
    told = decided(services, "run-2", against("not compared"))
    assert told["Text"].startswith("The approved model, that of run run-1, can no longer be used")
    assert approved(services) == "run-2"


def test_a_step_that_died_between_two_approvals_is_completed(services: Any) -> None:
    _, sagemaker = services
    decided(services, "run-1")
    model = finished_run(services[0], sagemaker, "run-2")
    sagemaker.update_model_package(
        ModelPackageArn=model.package_arn,
        ModelApprovalStatus="Approved",
        ApprovalDescription="Codefree: It takes over.",
    )
    assert decided(services, "run-2", against("better"))["Text"] == "It takes over."
    assert [m.run for m in list_models(sagemaker, STACK, "titanic", "Approved")] == ["run-2"]


class _Refuses:
    def __init__(self, sagemaker: Any, code: str) -> None:
        self._sagemaker = sagemaker
        self._error = ClientError({"Error": {"Code": code, "Message": "no"}}, "CreateModelPackage")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sagemaker, name)

    def create_model_package(self, **_request: Any) -> Any:
        raise self._error


def test_a_registry_that_refuses_fails_no_run_and_a_busy_one_is_asked_again(services: Any) -> None:
    bucket, sagemaker = services
    for code in ("ValidationException", "ResourceLimitExceeded", "AccessDeniedException"):
        told = register_and_decide(bucket, _Refuses(sagemaker, code), new_model("r"), None)  # type: ignore[arg-type]
        assert told["Version"] is None and not told["Status"]
        assert told["Text"].startswith("This model could not be entered in SageMaker's Model")
    for code in ("ThrottlingException", "ConflictException"):
        with pytest.raises(TryAgain):
            register_and_decide(bucket, _Refuses(sagemaker, code), new_model("r"), None)  # type: ignore[arg-type]


def test_the_sentence_is_in_the_language_of_the_run(services: Any) -> None:
    with spoken_in("ko"):
        told = decided(services, "run-1")
    assert "승인" in told["Text"]
    kept = register_model(services[1], new_model("run-1"))
    assert kept.why == f"Codefree: {told['Text']}"
