"""A run that is done, with all that it is compared by."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from botocore.exceptions import ClientError

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.kept_data import json_object
from lambdas.errors import KeptDataBroken
from lambdas.models.registry import list_models
from lambdas.settings.setting import SETTINGS
from lambdas.state import FileState, Summary
from lambdas.uploads.pair import read_pair
from lambdas.wish import Wish
from operate.account import CannotDo
from operate.language import spoken, spoken_language
from operate.place import Place
from operate.runs.run_executions import execution_arn
from operate.runs.score import Score
from operate.visible_text import shown

_NAME = re.compile(r"[^\s/\\?*\[\]{}<>\"'`#%^|~:;,$&]{1,80}")
_GONE = {"ExecutionDoesNotExist", "InvalidArn", "ValidationException"}
_AT_ONCE = 8
_IMPORTANCE = ("importance", "low", "high")
_MOST_IMPORTANCE_BYTES = 5_000_000


@dataclass(frozen=True)
class Uploads:
    """Which uploads a run has read, by their ETags; of a whole table both are the same."""

    train: str
    test: str


@dataclass(frozen=True)
class FileShape:
    """How large a file was, as it was trained on or tested with."""

    rows: int
    columns: int


@dataclass(frozen=True)
class ColumnImportance:
    """By how much a model's error grows when a column is shuffled, with its interval."""

    column: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class FinishedRun:
    """A run by the name of its ``execution``, and what it has told.

    ``scores`` are those on its own test rows, None where undefined, the main one among them, and
    ``baselines`` the main score of what it is measured against. ``classes`` are the model's, in its
    own order, None for a number. ``wish`` is what was chosen for it. ``uploads`` is None where
    nothing tells any more which they were. ``usd`` is what it was billed, ``usual_usd`` what it was
    expected to cost. ``predictions`` is the key of what it predicted for its test rows,
    ``importance`` None where it was not measured.
    """

    execution: str
    dataset: str
    run: str
    started: datetime
    took: timedelta
    problem_type: str
    metric: str
    score: Score | None
    scores: Mapping[str, float | None]
    baselines: Mapping[str, float | None]
    classes: tuple[Any, ...] | None
    wish: Wish
    train: FileShape
    test: FileShape
    rows_scored: int | None
    uploads: Uploads | None
    best_model: str
    instance: str
    usd: float | None
    usual_usd: float | None
    warnings: tuple[str, ...]
    importance: tuple[ColumnImportance, ...] | None
    predictions: str
    report: str

    @property
    def settings(self) -> dict[str, str]:
        """What was chosen, by the names of a settings file, in the language that is spoken."""
        is_korean = spoken_language() == "ko"
        return {
            setting.korean if is_korean else setting.name: _told(getattr(self.wish, setting.field))
            for setting in SETTINGS
        }


def finished_runs(place: Place, executions: Sequence[str]) -> list[FinishedRun]:
    """The runs of the executions of these names, read at once.

    Raises:
        CannotDo: one is not there, or not done, or has nothing to compare.
    """
    bucket = Bucket(place.account.bucket(place.stack), place.account.s3)

    def read(context: Context, execution: str) -> FinishedRun:
        return context.run(_finished_run, place, bucket, execution)

    # In the language that is spoken here, which another thread does not know by itself.
    contexts = [copy_context() for _ in executions]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(read, contexts, executions))


def _finished_run(place: Place, bucket: Bucket, execution: str) -> FinishedRun:
    described = _described(place, execution)
    summary = _summary(described, execution)
    folder = f"{bucket.key(summary['Results']).rstrip('/')}/"
    dataset, run = summary["Dataset"], summary["Run"]
    metrics = summary["Metrics"] | _json(bucket, f"{folder}metrics.json")
    profile, cost, classes = summary["Profile"], summary["Cost"], metrics.get("classes")
    return FinishedRun(
        execution=execution,
        dataset=dataset,
        run=run,
        started=described["startDate"],
        took=described["stopDate"] - described["startDate"],
        problem_type=str(metrics.get("problem_type") or ""),
        metric=str(metrics.get("eval_metric") or ""),
        score=Score.of(metrics),
        scores=metrics.get("metrics") or {},
        baselines=metrics.get("baselines") or {},
        classes=tuple(classes) if isinstance(classes, list) else None,
        wish=Wish.from_state(summary["Configuration"]),
        train=_shape(profile["Train"]),
        test=_shape(profile["Test"]),
        rows_scored=metrics.get("rows_scored"),
        uploads=_uploads(place, bucket, dataset, run),
        best_model=str(metrics.get("best_model") or ""),
        instance=str(summary["Instance"].get("TrainType", "")),
        usd=cost.get("ActualUSD"),
        usual_usd=cost.get("EstimatedUSD"),
        warnings=tuple(summary["Check"]["Warnings"]),
        importance=_importance(bucket, f"{folder}{dataset}_feature_importance.csv"),
        predictions=f"{folder}{dataset}_test_prediction.csv",
        report=str(metrics.get("report") or ""),
    )


def _described(place: Place, execution: str) -> Any:
    gone = CannotDo(
        spoken(
            "There is no run {execution}. Step Functions forgets runs 90 days after their end.",
            execution=shown(execution),
        )
    )
    if not _NAME.fullmatch(execution):
        raise gone
    arn = execution_arn(place.state_machine, execution)
    try:
        return place.account.states.describe_execution(executionArn=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            raise gone from error
        raise


def _summary(described: Any, execution: str) -> Summary:
    """What Publish has told of the run."""
    if described["status"] == "RUNNING":
        raise CannotDo(
            spoken(
                "The run {execution} is not done yet. It can be compared when it is.",
                execution=shown(execution),
            )
        )
    try:
        told = json_object(described.get("output", ""))
    except KeptDataBroken:
        told = {}
    if "Metrics" not in told or "Results" not in told:
        raise CannotDo(
            spoken(
                "The run {execution} has no scores to compare: it failed, or had nothing to do.",
                execution=shown(execution),
            )
        )
    return cast(Summary, told)


def _json(bucket: Bucket, key: str) -> dict[str, Any]:
    """The object at ``key``; an empty one where the file was deleted, or is something else."""
    try:
        return json_object(bucket.read(key) or b"{}")
    except KeptDataBroken:
        return {}


def _uploads(place: Place, bucket: Bucket, dataset: str, run: str) -> Uploads | None:
    """From what the run has kept for 30 days; later from the Model Registry."""
    with suppress(KeptDataBroken):
        if pair := read_pair(bucket, run):
            return Uploads(pair.train.etag.strip('"'), pair.test.etag.strip('"'))
    for model in list_models(place.account.sagemaker, place.stack, dataset):
        train, test = (model.facts.get(f"codefree:{part}-etag", "") for part in ("train", "test"))
        if model.run == run and train and test:
            return Uploads(train, test)
    return None


def _importance(bucket: Bucket, key: str) -> tuple[ColumnImportance, ...] | None:
    """What the evaluation has written to NAME_feature_importance.csv."""
    found = bucket.open(key)
    if found is None or found["ContentLength"] > _MOST_IMPORTANCE_BYTES:
        return None
    rows = csv.DictReader(io.StringIO(found["Body"].read().decode("utf-8-sig", "replace")))
    try:
        return tuple(
            ColumnImportance(row["feature"], *(float(row[name]) for name in _IMPORTANCE))
            for row in rows
        )
    except (KeyError, TypeError, ValueError):
        return None


def _shape(file: FileState) -> FileShape:
    return FileShape(file["Rows"], file["Columns"])


def _told(value: object) -> str:
    if isinstance(value, bool):
        return spoken("yes") if value else spoken("no")
    if isinstance(value, tuple):
        value = ", ".join(value)
    return (f"{value:g}" if isinstance(value, float) else str(value)) or "–"
