"""Which model a command means: a file, a results folder, or one in a stack's bucket."""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.kept_data import json_object
from lambdas.bucket.layout import RESULTS, dataset_results_folder, digests_folder
from lambdas.errors import KeptDataBroken
from lambdas.models.registry import RegisteredModel, approved_model, list_models
from lambdas.uploads.dataset import normal_name
from operate.account import CannotDo
from operate.language import spoken
from operate.models.registered_models import model_asked_for, usable_archive
from operate.place import Place
from operate.visible_text import shown

# As lambdas/runs/execution.py names runs: when they began, and a few letters of a digest.
_RUN = re.compile(r"\d{8}-\d{6}-[0-9a-z]+")
_MODEL = "*/output/model.tar.gz"


@dataclass(frozen=True)
class FoundModel:
    """A model on this machine; ``dataset`` and ``run`` are empty where they are not known.

    ``sha256`` is the digest of the model that the training made, empty where nothing tells it.
    """

    path: Path
    dataset: str = ""
    run: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class _StoredModel:
    """A model in the bucket, and the digest that it must have."""

    key: str
    sha256: str


def model_here(named: str) -> FoundModel | None:
    """The file or the results folder of that name; None where there is none.

    A folder may hold a run's results, or those of several runs: then the newest one counts.

    Raises:
        CannotDo: a folder is meant, and there is no model in it.
    """
    path = Path(named)
    if path.is_file():
        return FoundModel(path)
    if not path.is_dir():
        return None
    for pattern in (_MODEL, f"*/{_MODEL}"):
        if found := max(path.glob(pattern), key=lambda model: model.parents[2].name, default=None):
            folder = found.resolve().parents[2]
            return FoundModel(found, dataset=folder.parent.name, run=folder.name)
    if len(path.parts) == 1:  # a dataset's name, too
        return None
    raise CannotDo(
        spoken(
            "The folder {path} has no model: there is no file JOB/output/model.tar.gz in it. "
            "Download the whole results folder of a run.",
            path=path,
        )
    )


def model_in_bucket(place: Place, named: str, asked: str, folder: Path) -> FoundModel:
    """The model of a dataset or of a run in the stack's bucket, downloaded to ``folder``.

    Args:
        place: the stack.
        named: a dataset's name, of which the approved model counts; or a run's.
        asked: a run or a version of that dataset, instead of the approved model.
        folder: where to put it.

    Raises:
        CannotDo: there is none, or nothing tells which model the training made.
    """
    bucket = Bucket(place.account.bucket(place.stack), place.account.s3)
    if _RUN.fullmatch(asked or named):
        stored = _model_of_run(bucket, asked or named, named if asked else "")
    elif asked:
        known = list_models(place.account.sagemaker, place.stack, named)
        stored = _stored(bucket, model_asked_for(known, named, asked))
    else:
        stored = _approved(bucket, place, named)
    path = folder / "model.tar.gz"
    bucket.s3.download_file(bucket.name, stored.key, str(path))
    parts = PurePosixPath(stored.key).parts
    return FoundModel(path, dataset=parts[1], run=parts[2], sha256=stored.sha256)


def _approved(bucket: Bucket, place: Place, dataset: str) -> _StoredModel:
    approved = approved_model(place.account.sagemaker, place.stack, dataset)
    if approved is None:
        folder = dataset_results_folder(normal_name(dataset))
        if not bucket.keys(folder, 1):
            raise CannotDo(
                spoken(
                    "There is no file or folder {name} here, and no dataset of that name {place}. "
                    "Give a results folder, a model.tar.gz, or the name of a dataset that was "
                    "trained.",
                    name=shown(dataset),
                    place=place.account.place,
                )
            )
        raise CannotDo(
            spoken(
                "No model of {name} is approved. Approve one (codefree models {name}), or choose "
                "one with --model RUN.",
                name=shown(dataset),
            )
        )
    return _stored(bucket, approved)


def _stored(bucket: Bucket, model: RegisteredModel) -> _StoredModel:
    archive = usable_archive(bucket, model)
    return _StoredModel(archive.key, archive.sha256)


def _model_of_run(bucket: Bucket, run: str, dataset: str) -> _StoredModel:
    """The model that the run's last training job made."""
    for entry in sorted(
        bucket.objects(digests_folder(run)), key=lambda one: one["LastModified"], reverse=True
    ):
        try:
            kept = json_object(bucket.read(entry["Key"]) or b"")
        except KeptDataBroken:
            continue
        key, sha256 = kept.get("Key"), kept.get("Sha256")
        if not isinstance(key, str) or not isinstance(sha256, str):
            continue
        is_of_run = key.startswith(RESULTS) and PurePosixPath(key).parts[2:3] == (run,)
        is_of_dataset = not dataset or key.startswith(dataset_results_folder(normal_name(dataset)))
        if is_of_run and is_of_dataset and bucket.head(key):
            return _StoredModel(key, sha256)
    raise CannotDo(
        spoken(
            "There is no model of the run {run} in the bucket {bucket}.",
            run=shown(run),
            bucket=bucket.name,
        )
    )
