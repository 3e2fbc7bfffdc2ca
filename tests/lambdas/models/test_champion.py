"""The approved model is frozen for the run that is compared with it."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.bucket.bucket import Bucket
from lambdas.errors import TryAgain
from lambdas.models.champion import freeze_approved
from lambdas.models.registry import approve_model
from tests.lambdas.models.registered import STACK, bucket_and_registry, finished_run

FOLDER = "runs/run-2/champion/"
RUN: Any = {"Id": "run-2", "Dataset": "titanic"}


@pytest.fixture
def services() -> Iterator[tuple[Bucket, Any]]:
    with bucket_and_registry() as made:
        yield made


def frozen(bucket: Bucket, sagemaker: Any, own_bytes: int = 1000) -> dict[str, Any]:
    freeze_approved(bucket, sagemaker, STACK, RUN, own_bytes)
    return dict(json.loads(bucket.read(f"{FOLDER}champion.json") or b""))


def test_the_approved_model_is_copied_and_named_as_often_as_it_is_asked(services: Any) -> None:
    bucket, sagemaker = services
    approve_model(sagemaker, STACK, finished_run(bucket, sagemaker, "run-1"), "")
    for _ in range(2):
        found = frozen(bucket, sagemaker)
    assert bucket.read(f"{FOLDER}model.tar.gz") == b"model of run-1"
    sha256 = hashlib.sha256(b"model of run-1").hexdigest()
    assert found == {"run": "run-1", "version": 1, "sha256": sha256}


def test_without_an_approved_model_there_is_an_empty_description_alone(services: Any) -> None:
    bucket, sagemaker = services
    finished_run(bucket, sagemaker, "run-1")
    assert frozen(bucket, sagemaker) == {}
    assert bucket.keys(FOLDER) == [f"{FOLDER}champion.json"]


def test_a_run_is_not_compared_with_itself(services: Any) -> None:
    bucket, sagemaker = services
    approve_model(sagemaker, STACK, finished_run(bucket, sagemaker, "run-2"), "")
    assert frozen(bucket, sagemaker) == {}


def test_a_model_that_is_gone_or_has_no_digest_is_named_with_the_reason(services: Any) -> None:
    bucket, sagemaker = services
    model = finished_run(bucket, sagemaker, "run-1")
    approve_model(sagemaker, STACK, model, "")
    bucket.delete(model.key)
    assert frozen(bucket, sagemaker) == {
        "run": "run-1",
        "version": 1,
        "why": f"The model of run run-1 is no longer in the bucket: {model.key} is missing. "
        "Approve the model of another run, or train again.",
    }
    bucket.delete(f"digests/run-1/{model.job}.json")
    assert "is missing, which says what the model of run run-1" in frozen(bucket, sagemaker)["why"]


def test_models_that_the_evaluation_has_no_room_for_are_not_copied(services: Any) -> None:
    bucket, sagemaker = services
    model = finished_run(bucket, sagemaker, "run-1")
    approve_model(sagemaker, STACK, model, "")
    size = len(b"model of run-1")
    assert "sha256" in frozen(bucket, sagemaker, own_bytes=4 * 2**30 - size)
    bucket.delete(f"{FOLDER}model.tar.gz")
    told = frozen(bucket, sagemaker, own_bytes=5 * 2**30)
    assert told == {
        "run": "run-1",
        "version": 1,
        "why": "The archives of both models have 5.0 GB, and the evaluation has room for 4 GB.",
    }
    assert bucket.keys(FOLDER) == [f"{FOLDER}champion.json"]


class _Refuses:
    def __init__(self, code: str) -> None:
        self._error = ClientError({"Error": {"Code": code, "Message": "no"}}, "ListModelPackages")

    def get_paginator(self, _name: str) -> Any:
        raise self._error


def test_a_registry_that_refuses_fails_no_run(services: Any) -> None:
    bucket, _ = services
    assert frozen(bucket, _Refuses("AccessDeniedException")) == {}


def test_a_copy_that_is_refused_is_said(services: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket, sagemaker = services
    approve_model(sagemaker, STACK, finished_run(bucket, sagemaker, "run-1"), "")
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "CopyObject")

    def copy(*_given: object) -> None:
        raise denied

    monkeypatch.setattr(Bucket, "copy", copy)
    found = frozen(bucket, sagemaker)
    assert (found["run"], found["version"]) == ("run-1", 1)
    assert found["why"].startswith("AWS did not allow CopyObject: no.")


def test_a_registry_that_is_busy_is_asked_again(services: Any) -> None:
    bucket, _ = services
    with pytest.raises(TryAgain):
        frozen(bucket, _Refuses("ThrottlingException"))
