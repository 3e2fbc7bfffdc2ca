"""The files of a run or a prediction in the stack's bucket, and those alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.kept_data import json_object
from lambdas.bucket.layout import (
    filled_page_key,
    job_folder,
    predictions_failure_key,
    predictions_key,
    predictions_page_key,
    published_key,
    results_folder,
    rows_check_key,
)
from lambdas.errors import KeptDataBroken
from operate.place import Place
from operate.runs.seen_run import SeenRun

Subject = Literal["report", "failure", "check"]

# Where ExplainFailure puts the page of what belongs to no dataset.
_NO_DATASET = "unknown"
_CHECK, _FAILURE, _REPORT = "check.html", "failure.html", "_report.html"
_BLOCK = 1 << 20


@dataclass(frozen=True)
class RunFile:
    """A file by its name among the run's, and its object in the bucket."""

    name: str
    key: str
    size: int
    written: datetime


@dataclass(frozen=True)
class RunFiles:
    """All files of a run, by name; ``report`` is what its report is called."""

    files: tuple[RunFile, ...]
    report: str

    def named(self, name: str) -> RunFile | None:
        """The file of that name; None where the run has none."""
        return next((file for file in self.files if file.name == name), None)

    @property
    def pages(self) -> dict[Subject, RunFile]:
        """What there is to read about the run: its report, why it failed, what the check found."""
        names: dict[Subject, str] = {"report": self.report, "failure": _FAILURE, "check": _CHECK}
        found = ((subject, self.named(name)) for subject, name in names.items())
        return {subject: file for subject, file in found if file}


def files_of(place: Place, run: SeenRun) -> RunFiles:
    """The files that the run has left so far."""
    bucket = Bucket(place.account.bucket(place.stack), place.account.s3)
    if run.is_prediction:
        found = sorted(dict(_of_prediction(bucket, run)).items())
        return RunFiles(tuple(file for _, file in found), f"{run.file}.html")
    folders = [results_folder(dataset, run.run) for dataset in (run.dataset, _NO_DATASET)]
    listed = (list(_listed(bucket, folder)) for folder in folders)
    return RunFiles(tuple(next(filter(None, listed), [])), f"{run.dataset}{_REPORT}")


def open_file(
    place: Place, file: RunFile, limits: tuple[int, int] | None = None
) -> Iterator[bytes] | None:
    """The bytes of a file, or those between the ``limits``; None where it is gone."""
    bucket = Bucket(place.account.bucket(place.stack), place.account.s3)
    opened = bucket.open(file.key, limits=limits)
    return opened["Body"].iter_chunks(_BLOCK) if opened else None


def _listed(bucket: Bucket, folder: str) -> Iterator[RunFile]:
    for entry in bucket.objects(folder):
        name = entry["Key"].removeprefix(folder)
        if name and not name.endswith("/"):
            yield RunFile(name, entry["Key"], entry["Size"], entry["LastModified"])


def _of_prediction(bucket: Bucket, run: SeenRun) -> Iterator[tuple[str, RunFile]]:
    """What its job has left, then what stands in the place of the file's results, if it is its."""
    dataset, file = run.dataset_name, run.file
    for found in _listed(bucket, job_folder(run.run)):
        yield found.name, found
    keys = {_CHECK: rows_check_key(run.run), f"{file}.html": filled_page_key(run.run)}
    if _stands(bucket, dataset, file, run.run):
        keys[f"{file}.csv"] = predictions_key(dataset, file)
        keys[f"{file}.html"] = predictions_page_key(dataset, file)
    failure = predictions_failure_key(dataset, file)
    if run.has_failed and run.execution in (bucket.read(failure) or b"").decode():
        keys[_FAILURE] = failure
    for name, key in keys.items():
        if head := bucket.head(key):
            yield name, RunFile(name, key, head["ContentLength"], head["LastModified"])


def _stands(bucket: Bucket, dataset: str, file: str, run: str) -> bool:
    """Whether the file's results are those of the prediction ``run``."""
    try:
        return json_object(bucket.read(published_key(dataset, file)) or b"{}").get("run") == run
    except KeptDataBroken:
        return False
