"""``codefree models``: what it lists, approves and rejects."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from lambdas.bucket.bucket import Bucket
from lambdas.models.registry import RegisteredModel, approve_model, list_models
from operate import models_command
from operate.account import CannotDo
from operate.models_table import ModelsTable
from operate.place import Place
from operate.terminal import SafeConsole
from tests.lambdas.models.registered import (
    BUCKET,
    STACK,
    bucket_and_registry,
    finished_run,
)

MOMENT = datetime(2026, 11, 27, 3, 4, tzinfo=UTC)


def model(version: int, **changed: Any) -> RegisteredModel:
    made = RegisteredModel(
        dataset="titanic",
        run=f"run-{version}",
        job="job",
        package_arn=f"arn/{version}",
        version=version,
        status="PendingManualApproval",
        results="",
        key="",
        registered=MOMENT,
        why="",
        changed=MOMENT,
    )
    return replace(made, **changed)


def seen(table: ModelsTable, width: int = 120) -> str:
    file = io.StringIO()
    SafeConsole(file=file, width=width, color_system=None).print(table, soft_wrap=True)
    return file.getvalue()


def test_each_model_has_a_line_and_the_reason_below_it() -> None:
    facts = {"codefree:metric": "f1", "codefree:score": "0.81"}
    used = model(3, status="Approved", why="Codefree: better.", facts=facts)
    before = model(2, status="Approved")
    lines = seen(ModelsTable([used, before, model(1, status="Rejected")], used)).splitlines()
    assert lines[0].split() == ["version", "status", "score", "registered", "run"]
    assert lines[1].split()[:4] == ["3", "approved", "f1", "0.81"]
    assert lines[1].split()[-1] == "run-3"
    assert lines[2].strip() == "Codefree: better."
    assert lines[3].split()[:3] == ["2", "approved", "before"]
    assert lines[4].split()[:2] == ["1", "rejected"]


def test_what_others_wrote_into_the_registry_moves_no_cursor() -> None:
    text = seen(ModelsTable([model(1, why="\x1b[2Jgone", run="r\u202e")], None))
    assert "\x1b" not in text and "\u202e" not in text


class _Account:
    place = "here"

    def __init__(self, bucket: Bucket, sagemaker: Any) -> None:
        self.s3, self.sagemaker = bucket.s3, sagemaker

    def bucket(self, _stack: str) -> str:
        return BUCKET


class _Here(Place):
    options = ""


@pytest.fixture
def place() -> Iterator[Place]:
    with bucket_and_registry() as (bucket, sagemaker):
        models = [finished_run(bucket, sagemaker, f"run-{i}") for i in (1, 2)]
        approve_model(sagemaker, STACK, models[0], "")
        yield _Here(cast(Any, _Account(bucket, sagemaker)), STACK, Path())


def statuses(place: Place) -> dict[str, str]:
    found = list_models(place.account.sagemaker, STACK, "titanic")
    return {model.run: model.status for model in found}


def run(place: Place, name: str = "titanic", **options: str) -> None:
    command: Any = models_command.models
    while hasattr(command, "__wrapped__"):
        command = command.__wrapped__
    command(place, name, **options)


@pytest.mark.parametrize("asked", ["run-2", "2"])
def test_a_model_is_approved_by_its_run_or_its_version(
    place: Place, asked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(place, approve=asked)
    assert statuses(place) == {"run-1": "PendingManualApproval", "run-2": "Approved"}
    assert "The model of run run-2 (version 2) is approved" in capsys.readouterr().out


def test_a_rejection_says_that_nothing_predicts_any_more(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    run(place, reject="run-2")
    assert "No model is approved now" not in capsys.readouterr().out
    run(place, reject="run-1")
    assert set(statuses(place).values()) == {"Rejected"}
    assert "No model is approved now" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "other"}, "There is no model of other here."),
        ({"approve": "run-9"}, "titanic has no model run-9."),
        ({"approve": "1", "reject": "2"}, "not both at once"),
    ],
)
def test_what_can_not_be_done_is_said(place: Place, options: dict[str, str], said: str) -> None:
    with pytest.raises(CannotDo, match=said):
        run(place, **options)


def test_a_model_that_could_not_be_loaded_is_not_approved(place: Place) -> None:
    bucket = Bucket(BUCKET, place.account.s3)
    other = next(
        m for m in list_models(place.account.sagemaker, STACK, "titanic") if m.run == "run-2"
    )
    bucket.delete(other.key)
    with pytest.raises(CannotDo, match="is no longer in the bucket"):
        run(place, approve="2")
    bucket.delete(f"digests/run-2/{other.job}.json")
    with pytest.raises(CannotDo, match="is missing, which says what the model of run run-2"):
        run(place, approve="2")
    assert statuses(place)["run-1"] == "Approved"
