"""``codefree models``: the models of a dataset, and which of them is approved."""

from typing import Annotated

import typer

from lambdas.models.registry import RegisteredModel, approved_model, list_models
from lambdas.uploads.dataset import normal_name
from operate.account import CannotDo
from operate.language import spoken
from operate.language_option import in_language
from operate.models import decision as model_decision
from operate.models.registered_models import RUN_OR_VERSION, model_asked_for
from operate.models_table import ModelsTable
from operate.place import Place, in_place
from operate.terminal import console, told
from operate.visible_text import shown


@in_language
@in_place
def models(
    place: Place,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The dataset's name.")],
    approve: Annotated[
        str | None,
        typer.Option(
            metavar=RUN_OR_VERSION, help="Approve this model, in place of the approved one."
        ),
    ] = None,
    reject: Annotated[
        str | None,
        typer.Option(metavar=RUN_OR_VERSION, help="Reject this model: it does not predict."),
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
        _approve(place, model_asked_for(found, dataset, approve))
    elif reject is not None:
        _reject(place, model_asked_for(found, dataset, reject))
    else:
        used = approved_model(sagemaker, place.stack, dataset)
        console.print(ModelsTable(found, used), soft_wrap=True)


def _approve(place: Place, model: RegisteredModel) -> None:
    model_decision.approve(place, model, spoken("Approved with codefree models."))
    told(
        spoken(
            "The model of run {run} (version {version}) is approved: it predicts from now on.",
            run=shown(model.run),
            version=model.version,
        )
    )


def _reject(place: Place, model: RegisteredModel) -> None:
    model_decision.reject(place, model, spoken("Rejected with codefree models."))
    lines = [
        spoken(
            "The model of run {run} (version {version}) is rejected.",
            run=shown(model.run),
            version=model.version,
        )
    ]
    if approved_model(place.account.sagemaker, place.stack, model.dataset) is None:
        lines.append(
            spoken(
                "No model is approved now: predictions wait until you approve one, or until the "
                "next run is done, whose model is approved by itself."
            )
        )
    told("\n".join(lines))
