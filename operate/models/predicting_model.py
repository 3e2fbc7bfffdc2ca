"""The model that predicts new rows of a dataset, and what is known of the data behind it."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import RESULTS, dataset_results_folder
from lambdas.errors import ModelUnusable
from lambdas.models.registry import RegisteredModel, approved_model
from lambdas.models.sealed import UsableModel
from lambdas.uploads.dataset import normal_name
from operate.account import CannotDo
from operate.language import spoken
from operate.models.registered_models import usable_archive
from operate.place import Place

if TYPE_CHECKING:
    from lambdas.check.profile.trained_file import TrainedFile

_FACT = "codefree:"


def trained_datasets(bucket: Bucket) -> list[str]:
    """The datasets that have results, by name."""
    pages = bucket.s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket.name, Prefix=RESULTS, Delimiter="/"
    )
    folders = (each["Prefix"] for page in pages for each in page.get("CommonPrefixes", []))
    return sorted({folder.removeprefix(RESULTS).removesuffix("/") for folder in folders})


@dataclass(frozen=True)
class PredictingModel:
    """A dataset's approved model, as it is registered, and the bucket that has it."""

    bucket: Bucket
    registered: RegisteredModel

    @property
    def dataset(self) -> str:
        """Whose model it is."""
        return self.registered.dataset

    @property
    def run(self) -> str:
        """The run that trained it."""
        return self.registered.run

    @property
    def score(self) -> tuple[str, str] | None:
        """The metric and the score on the test file; None where it is not known."""
        facts = self.registered.facts
        metric, score = (facts.get(f"{_FACT}{name}", "") for name in ("metric", "score"))
        return (metric, score) if metric and score else None

    @cached_property
    def archive(self) -> UsableModel:
        """The archive in the bucket: its size, and what the model is recognised by.

        Raises:
            CannotDo: it can't be used any more.
        """
        return usable_archive(self.bucket, self.registered)

    @cached_property
    def trained(self) -> "TrainedFile":
        """The data that it was trained on.

        Raises:
            CannotDo: nothing tells it any more.
        """
        # What reads tables takes a second to load.
        from lambdas.predictions.predicting_model import read_trained_file

        try:
            return read_trained_file(self.bucket, self.dataset, self.run)
        except ModelUnusable as error:
            raise CannotDo(str(error)) from error


def predicting_model(place: Place, dataset: str) -> PredictingModel | None:
    """The model of the dataset that is approved; None where none is.

    Raises:
        CannotDo: there is no dataset of that name.
    """
    bucket = place.bucket
    if found := approved_model(place.account.sagemaker, place.stack, dataset):
        return PredictingModel(bucket, found)
    name = normal_name(dataset)
    if not name or "/" in name or not bucket.keys(dataset_results_folder(name), 1):
        raise CannotDo(
            spoken("There is no dataset {name} {place}.", name=dataset, place=place.account.place)
        )
    return None
