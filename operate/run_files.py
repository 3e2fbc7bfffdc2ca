"""The files of a run or a prediction in the stack's bucket, and those alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
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
from lambdas.predictions.rows_file import RowsFile
from lambdas.runs.execution import Execution
from operate.place import Place
from operate.runs import Run

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
    """All files of a run, by name."""

    files: tuple[RunFile, ...]

    def named(self, name: str) -> RunFile | None:
        """The file of that name; None where the run has none."""
        return next((file for file in self.files if file.name == name), None)

    @property
    def page(self) -> tuple[Subject, RunFile] | None:
        """What there is to read about the run: its report, else why it failed, else the check."""
        for subject, ending in (("report", _REPORT), ("failure", _FAILURE), ("check", _CHECK)):
            for file in self.files:
                if file.name.endswith(ending):
                    return subject, file  # type: ignore[return-value]
        return None


def files_of(place: Place, run: Run) -> RunFiles:
    """The files that the run has left so far."""
    bucket = Bucket(place.account.bucket(place.stack), place.account.s3)
    # The same as the run names itself, which it only says when its files are checked.
    name = Execution(run.execution, run.started.astimezone(UTC).isoformat()).run
    if run.is_prediction:
        found = dict(_of_prediction(bucket, run, name))
        return RunFiles(tuple(sorted(found.values(), key=lambda file: file.name)))
    folders = [results_folder(dataset, name) for dataset in (run.dataset, _NO_DATASET)]
    listed = (list(_listed(bucket, folder)) for folder in folders)
    return RunFiles(tuple(next(filter(None, listed), [])))


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


def _of_prediction(bucket: Bucket, run: Run, name: str) -> Iterator[tuple[str, RunFile]]:
    """What its job has left, then what stands in the place of the file's results, if it is its."""
    dataset, _, file_name = run.dataset.partition("/")
    file = RowsFile(dataset, file_name).file
    for found in _listed(bucket, job_folder(name)):
        yield found.name, found
    keys = {_CHECK: rows_check_key(name), f"{file}{_REPORT}": filled_page_key(name)}
    if _stands(bucket, dataset, file, name):
        keys[f"{file}.csv"] = predictions_key(dataset, file)
        keys[f"{file}{_REPORT}"] = predictions_page_key(dataset, file)
    failure = predictions_failure_key(dataset, file)
    if not run.is_running and run.execution in (bucket.read(failure) or b"").decode():
        keys[_FAILURE] = failure
    for known_as, key in keys.items():
        if head := bucket.head(key):
            size, written = head["ContentLength"], head["LastModified"]
            yield known_as, RunFile(known_as, key, size, written)


def _stands(bucket: Bucket, dataset: str, file: str, name: str) -> bool:
    """Whether the file's results are those of the prediction of that name."""
    try:
        return json_object(bucket.read(published_key(dataset, file)) or b"{}").get("run") == name
    except KeptDataBroken:
        return False
