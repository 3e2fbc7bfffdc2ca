"""The models of a dataset in the Model Registry."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra import unpack
from lambdas.errors import TryAgain
from lambdas.models.registry import (
    approve_model,
    approved_model,
    group_beginning,
    group_name,
    keep_waiting,
    list_models,
    register_model,
    reject_model,
)
from tests.lambdas.models.registered import BUCKET, IMAGE, STACK, new_model, registry

NAMES = ["titanic", "타이타닉", "my data (2)", "a" * 200, "x+y&z", "…"]


@pytest.fixture
def sagemaker() -> Iterator[Any]:
    with registry() as client:
        yield client


@pytest.mark.parametrize("name", NAMES)
def test_a_group_s_name_is_one_that_sagemaker_takes_and_the_rights_are_for(name: str) -> None:
    for stack in (STACK, "s" * 44, "s" * 45, "s" * 72, "s" * 34 + "-" + "s" * 37):
        group = group_name(stack, name)
        assert re.fullmatch("[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", group)
        assert group.startswith(f"{unpack.group_beginning(stack)}-")
    assert len({group_name(STACK, other) for other in NAMES}) == len(NAMES)
    assert group_name("one", name) != group_name("one-two", name)


def test_groups_begin_with_the_name_of_their_stack_or_what_stands_for_it_alone() -> None:
    assert group_beginning("s" * 44) == "s" * 44
    long = [group_beginning("s" * length) for length in range(45, 73)]
    assert len(set(long)) == len(long)


def test_a_name_is_the_same_however_its_letters_are_composed() -> None:
    assert group_name(STACK, "e\u0301") == group_name(STACK, "\u00e9")


@pytest.mark.parametrize("name", NAMES)
def test_a_run_is_registered_once_whatever_its_dataset_is_called(sagemaker: Any, name: str) -> None:
    first = register_model(sagemaker, new_model("20261127-010203-ab", name))
    again = register_model(sagemaker, new_model("20261127-010203-ab", name))
    other = register_model(sagemaker, new_model("20261127-010203-abc", name))
    assert first == again
    assert (first.version, other.version) == (1, 2)
    assert first.key == f"{first.results}{first.job}/output/model.tar.gz"
    assert first.results == f"results/{name}/20261127-010203-ab/"
    assert first.is_undecided
    assert [model.run for model in list_models(sagemaker, STACK, name)] == [other.run, first.run]


def test_a_version_says_what_it_was_made_of_and_can_be_deployed(sagemaker: Any) -> None:
    model = register_model(sagemaker, new_model("run-1", "my data (2)"))
    found = sagemaker.describe_model_package(ModelPackageName=model.package_arn)
    [container] = found["InferenceSpecification"]["Containers"]
    assert container == {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/{model.key}"}
    quality = found["ModelMetrics"]["ModelQuality"]["Statistics"]
    assert quality["S3Uri"] == f"s3://{BUCKET}/{model.results}metrics.json"
    assert found["CustomerMetadataProperties"] == {
        "codefree:run": "run-1",
        "codefree:job": model.job,
        "codefree:dataset": "my-data",  # parentheses are not allowed there
        "codefree:model-sha256": "a" * 64,
        "codefree:train-etag": "b" * 32,
    }


def test_another_dataset_and_another_stack_have_models_of_their_own(sagemaker: Any) -> None:
    register_model(sagemaker, new_model("run-1"))
    assert not list_models(sagemaker, STACK, "other")
    assert not list_models(sagemaker, "other", "titanic")
    assert approved_model(sagemaker, STACK, "titanic") is None


def test_one_is_approved_at_a_time(sagemaker: Any) -> None:
    one, two = (register_model(sagemaker, new_model(f"run-{i}")) for i in (1, 2))
    approve_model(sagemaker, STACK, one, "The first.")
    assert _approved(sagemaker) == ["run-1"]
    approve_model(sagemaker, STACK, two, "Better.")
    assert _approved(sagemaker) == ["run-2"]
    taken_back = list_models(sagemaker, STACK, "titanic")[1]
    assert taken_back.status == "PendingManualApproval"
    assert taken_back.why == "Run run-2 (version 2) was approved instead."
    approve_model(sagemaker, STACK, one, "Back.")
    assert _approved(sagemaker) == ["run-1"]
    reject_model(sagemaker, one, "Wrong data.")
    assert not _approved(sagemaker)
    assert approved_model(sagemaker, STACK, "titanic") is None


def test_the_one_that_was_approved_last_counts(sagemaker: Any) -> None:
    one, two = (register_model(sagemaker, new_model(f"run-{i}")) for i in (1, 2))
    for model in (two, one):  # as a person does it in the console
        sagemaker.update_model_package(
            ModelPackageArn=model.package_arn, ModelApprovalStatus="Approved"
        )
    found = approved_model(sagemaker, STACK, "titanic")
    assert found and found.run == "run-1"


def test_one_that_is_approved_at_the_same_moment_stays(sagemaker: Any) -> None:
    one, two = (register_model(sagemaker, new_model(f"run-{i}")) for i in (1, 2))

    class Between:
        """A client; another approves a model as soon as this one has."""

        def __getattr__(self, name: str) -> Any:
            return getattr(sagemaker, name)

        def update_model_package(self, **request: Any) -> Any:
            answer = sagemaker.update_model_package(**request)
            if request["ModelPackageArn"] == one.package_arn:
                approve_model(sagemaker, STACK, two, "At the same moment.")
            return answer

    approve_model(Between(), STACK, one, "The first.")  # type: ignore[arg-type]
    assert _approved(sagemaker) == ["run-2"]


def test_what_a_person_has_decided_is_kept_when_the_run_is_registered_again(
    sagemaker: Any,
) -> None:
    model = register_model(sagemaker, new_model("run-1"))
    keep_waiting(sagemaker, model, "No clear\ndifference.")
    again = register_model(sagemaker, new_model("run-1"))
    assert (again.why, again.is_undecided) == ("No clear difference.", False)
    reject_model(sagemaker, again, "")
    assert register_model(sagemaker, new_model("run-1")).status == "Rejected"


def test_what_else_is_in_the_group_is_left_alone(sagemaker: Any) -> None:
    register_model(sagemaker, new_model("run-1"))
    group = group_name(STACK, "titanic")
    for url in ("s3://other/model.tar.gz", f"s3://{BUCKET}/results/no/r/j/output/model.tar.gz"):
        sagemaker.create_model_package(
            ModelPackageGroupName=group,
            ModelPackageDescription="Codefree run run-2 of titanic",
            ModelApprovalStatus="Approved",
            InferenceSpecification={"Containers": [{"Image": IMAGE, "ModelDataUrl": url}]},
        )
    sagemaker.create_model_package(ModelPackageGroupName=group, ModelApprovalStatus="Approved")
    assert approved_model(sagemaker, STACK, "titanic") is None
    assert register_model(sagemaker, new_model("run-2")).version == 5


def test_many_versions_are_read_page_by_page(sagemaker: Any) -> None:
    for run in range(12):
        register_model(sagemaker, new_model(f"run-{run}"))

    class SmallPages:
        def __getattr__(self, name: str) -> Any:
            return getattr(sagemaker, name)

        def get_paginator(self, name: str) -> Any:
            pages = sagemaker.get_paginator(name)
            plain = pages.paginate
            pages.paginate = lambda **asked: plain(**asked | {"PaginationConfig": {"PageSize": 5}})
            return pages

    found = list_models(SmallPages(), STACK, "titanic")  # type: ignore[arg-type]
    assert [model.version for model in found] == list(range(12, 0, -1))


class _Refusing:
    """A client whose one call is refused as AWS does it."""

    def __init__(self, sagemaker: Any, call: str, code: str, message: str) -> None:
        self._sagemaker, self._call = sagemaker, call
        self._error = ClientError({"Error": {"Code": code, "Message": message}}, call)

    def __getattr__(self, name: str) -> Any:
        def refuse(**_request: Any) -> Any:
            raise self._error

        return refuse if name == self._call else getattr(self._sagemaker, name)


def test_a_group_that_another_run_has_just_made_is_used(sagemaker: Any) -> None:
    sagemaker.create_model_package_group(ModelPackageGroupName=group_name(STACK, "titanic"))
    message = "Model Package Group already exists: arn:aws:sagemaker:…"
    busy = _Refusing(sagemaker, "create_model_package_group", "ValidationException", message)
    assert register_model(busy, new_model("run-1")).version == 1  # type: ignore[arg-type]


def test_two_who_register_at_the_same_moment_try_again(sagemaker: Any) -> None:
    busy = _Refusing(sagemaker, "create_model_package", "ConflictException", "Conflict")
    with pytest.raises(TryAgain):
        register_model(busy, new_model("run-1"))  # type: ignore[arg-type]


def _approved(sagemaker: Any) -> list[str]:
    return [model.run for model in list_models(sagemaker, STACK, "titanic", "Approved")]
