"""``codefree models``: the models of a dataset, and which of them is approved."""

from typing import Annotated

import typer

from lambdas.bucket.bucket import Bucket
from lambdas.errors import KeptDataBroken
from lambdas.models.registry import (
    RegisteredModel,
    approve_model,
    approved_model,
    list_models,
    reject_model,
)
from lambdas.models.sealed import read_digest
from lambdas.uploads.dataset import normal_name
from operate.account import CannotDo
from operate.language import spoken
from operate.language_option import in_language
from operate.models_table import ModelsTable
from operate.place import Place, in_place
from operate.terminal import console, told
from operate.visible_text import shown

_CHOICE = "RUN|VERSION"


@in_language
@in_place
def models(
    place: Place,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The dataset's name.")],
    approve: Annotated[
        str | None,
        typer.Option(metavar=_CHOICE, help="Approve this model, in place of the approved one."),
    ] = None,
    reject: Annotated[
        str | None, typer.Option(metavar=_CHOICE, help="Reject this model: it does not predict.")
    ] = None,
) -> None:
    """List the models of a dataset; approve or reject one."""
    if approve is not None and reject is not None:
        raise CannotDo(spoken("Approve a model or reject one, not both at once."))
    sagemaker, dataset = place.account.sagemaker, normal_name(name)
    found = list_models(sagemaker, place.stack, dataset)
    if not found:
        raise CannotDo(
            spoken(
                "There is no model of {dataset} {place}. Each run that is done has one: codefree "
                "status{options}",
                dataset=shown(name),
                place=place.account.place,
                options=place.options,
            )
        )
    if approve is not None:
        _approve(place, _chosen(found, approve))
    elif reject is not None:
        _reject(place, _chosen(found, reject))
    else:
        used = approved_model(sagemaker, place.stack, dataset)
        console.print(ModelsTable(found, used), soft_wrap=True)


def _chosen(models: list[RegisteredModel], asked: str) -> RegisteredModel:
    """The model that is meant by its run or its version."""
    for model in models:
        if asked in (model.run, str(model.version)):
            return model
    raise CannotDo(
        spoken(
            "{dataset} has no model {asked}. Choose a version or a run from the list: codefree "
            "models NAME",
            dataset=shown(models[0].dataset),
            asked=shown(asked),
        )
    )


def _approve(place: Place, model: RegisteredModel) -> None:
    bucket = Bucket(place.account.bucket(place.stack), place.account.s3)
    try:
        read_digest(bucket, model)
    except KeptDataBroken as error:
        raise CannotDo(str(error)) from error
    if bucket.head(model.key) is None:
        raise CannotDo(spoken("{key} is no longer in the bucket.", key=shown(model.key)))
    why = spoken("Approved with codefree models.")
    approve_model(place.account.sagemaker, place.stack, model, why)
    told(
        spoken(
            "The model of run {run} (version {version}) is approved: it predicts from now on.",
            run=shown(model.run),
            version=model.version,
        )
    )


def _reject(place: Place, model: RegisteredModel) -> None:
    sagemaker = place.account.sagemaker
    reject_model(sagemaker, model, spoken("Rejected with codefree models."))
    lines = [
        spoken(
            "The model of run {run} (version {version}) is rejected.",
            run=shown(model.run),
            version=model.version,
        )
    ]
    if approved_model(sagemaker, place.stack, model.dataset) is None:
        lines.append(
            spoken(
                "No model is approved now: predictions wait until you approve one, or until the "
                "next run is done, whose model is approved by itself."
            )
        )
    told("\n".join(lines))
