"""The datasets that have models, and the models of one of them, a page at a time."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import RESULTS
from lambdas.models.registry import (
    RegisteredModel,
    approved_model,
    described_model,
    group_beginning,
    group_name,
    package_arns,
)
from lambdas.uploads.dataset import normal_name
from operate.account import CannotDo
from operate.language import spoken
from operate.place import Place
from operate.runs.run_executions import execution_names
from operate.runs.score import Score
from operate.visible_text import shown

ON_A_PAGE = 20
_AT_ONCE = 8


@dataclass(frozen=True)
class ScoredModel:
    """A model with its score, None where the test rows had no true values.

    ``execution`` is the name of the run's execution; None where Step Functions has forgotten it.
    """

    model: RegisteredModel
    score: Score | None
    execution: str | None = None


@dataclass(frozen=True)
class DatasetModels:
    """The models of a dataset on one page, newest first. ``used`` is the one that predicts, on
    whichever page it is; ``has_older`` tells whether there is another page."""

    dataset: str
    models: list[ScoredModel]
    used: ScoredModel | None
    has_older: bool

    @property
    def used_version(self) -> int | None:
        """The version that predicts; None where none does."""
        return self.used.model.version if self.used else None


@dataclass(frozen=True)
class DatasetEntry:
    """A dataset in a list: the number of its newest version, and the model that predicts."""

    dataset: str
    newest: int
    used: ScoredModel | None


@dataclass(frozen=True)
class DatasetList:
    """The datasets on one page, by their names; ``has_more`` tells whether there is another."""

    entries: list[DatasetEntry]
    has_more: bool


def datasets_with_models(place: Place, page: int = 1) -> DatasetList:
    """The datasets that have models, those on the given page, counted from 1."""
    groups = _groups(place)
    datasets = [name for name in _trained(place) if group_name(place.stack, name) in groups]
    on_page = _page(datasets, page)
    bucket = Bucket(place.account.bucket(place.stack), place.account.s3)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        entries = list(pool.map(lambda dataset: _entry(place, bucket, dataset), on_page))
    return DatasetList(entries, len(datasets) > page * ON_A_PAGE)


def dataset_models(place: Place, named: str, page: int = 1) -> DatasetModels:
    """The dataset's models on the given page, counted from 1.

    Raises:
        CannotDo: it has none.
    """
    sagemaker, dataset = place.account.sagemaker, normal_name(named)
    listed = package_arns(sagemaker, place.stack, dataset)
    arns = list(islice(listed, page * ON_A_PAGE + 1))
    if not arns:
        raise CannotDo(
            spoken(
                "There is no model of {dataset}. Each run that is done has one.",
                dataset=shown(named),
            )
        )
    bucket = Bucket(place.account.bucket(place.stack), place.account.s3)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        described = pool.map(
            lambda arn: described_model(sagemaker, arn, dataset), _page(arns, page)
        )
        models = [model for model in described if model]
        used = approved_model(sagemaker, place.stack, dataset)
        runs = {model.run for model in [*models, *filter(None, [used])]}
        names = execution_names(place, runs)

        def scored(model: RegisteredModel) -> ScoredModel:
            return ScoredModel(model, _score(bucket, model), names.get(model.run))

        found = list(pool.map(scored, models))
        has_older = len(arns) > page * ON_A_PAGE
        return DatasetModels(dataset, found, scored(used) if used else None, has_older)


def model_version(place: Place, named: str, version: int) -> RegisteredModel:
    """One of the dataset's models.

    Raises:
        CannotDo: there is no such version, or it is no model of a run.
    """
    sagemaker, dataset = place.account.sagemaker, normal_name(named)
    ends = f"/{version}"
    for arn in package_arns(sagemaker, place.stack, dataset):
        if arn.endswith(ends) and (model := described_model(sagemaker, arn, dataset)):
            return model
    raise CannotDo(spoken("{dataset} has no model {asked}.", dataset=shown(named), asked=version))


def used_version(place: Place, named: str) -> int | None:
    """The version that predicts; None where none does."""
    used = approved_model(place.account.sagemaker, place.stack, normal_name(named))
    return used.version if used else None


def _trained(place: Place) -> list[str]:
    """The datasets that have results, by their names."""
    pages = place.account.s3.get_paginator("list_objects_v2").paginate(
        Bucket=place.account.bucket(place.stack), Prefix=RESULTS, Delimiter="/"
    )
    folders = [one["Prefix"] for page in pages for one in page.get("CommonPrefixes", [])]
    return sorted(folder.removeprefix(RESULTS).removesuffix("/") for folder in folders)


def _groups(place: Place) -> set[str]:
    pages = place.account.sagemaker.get_paginator("list_model_package_groups").paginate(
        NameContains=f"{group_beginning(place.stack)}-", PaginationConfig={"PageSize": 100}
    )
    return {
        group["ModelPackageGroupName"]
        for page in pages
        for group in page["ModelPackageGroupSummaryList"]
    }


def _entry(place: Place, bucket: Bucket, dataset: str) -> DatasetEntry:
    sagemaker = place.account.sagemaker
    newest = next(package_arns(sagemaker, place.stack, dataset), "/0")
    used = approved_model(sagemaker, place.stack, dataset)
    scored = ScoredModel(used, _score(bucket, used)) if used else None
    return DatasetEntry(dataset, int(newest.rpartition("/")[2]), scored)


def _page(every: list[str], page: int) -> list[str]:
    return every[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]


def _score(bucket: Bucket, model: RegisteredModel) -> Score | None:
    """From the run's metrics.json; from the registry, where that is gone."""
    try:
        found = json.loads(bucket.read(f"{model.results}metrics.json") or b"{}")
    except (ValueError, RecursionError):
        found = {}
    metrics: dict[str, Any] = found if isinstance(found, dict) else {}
    told = metrics or {
        "eval_metric": model.facts.get("codefree:metric"),
        "score": _float(model.facts.get("codefree:score", "")),
    }
    return Score.of(told)


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
