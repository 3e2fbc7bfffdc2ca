"""A model of a dataset in the registry: which one a person means, and whether it can be used."""

from collections.abc import Sequence

from lambdas.bucket.bucket import Bucket
from lambdas.errors import ModelUnusable
from lambdas.models.registry import RegisteredModel
from lambdas.models.sealed import UsableModel, usable_model
from operate.account import CannotDo
from operate.language import spoken
from operate.visible_text import shown

# How a model is meant, in a command's help.
RUN_OR_VERSION = "RUN|VERSION"
_MOST_NAMED = 5


def model_asked_for(models: Sequence[RegisteredModel], dataset: str, asked: str) -> RegisteredModel:
    """The one of the dataset's ``models``, newest first, with this run or this version.

    Raises:
        CannotDo: there is none.
    """
    for model in models:
        if asked in (model.run, str(model.version)):
            return model
    newest = ", ".join(shown(model.run) for model in models[:_MOST_NAMED])
    raise CannotDo(
        spoken(
            "{dataset} has no model {asked}. The newest are of the runs: {runs}.",
            dataset=shown(dataset),
            asked=shown(asked),
            runs=newest or spoken("none"),
        )
    )


def usable_archive(bucket: Bucket, model: RegisteredModel) -> UsableModel:
    """The model's archive, with what it is recognised by.

    Raises:
        CannotDo: it can't be used any more.
    """
    try:
        return usable_model(bucket, model)
    except ModelUnusable as error:
        raise CannotDo(shown(str(error))) from error
