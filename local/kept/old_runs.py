"""Removes old runs from what is kept: their executions, jobs, logs, inputs and results."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.stepfunctions.parser.backend.execution import Execution

from lambdas.bucket.kept_data import json_object
from lambdas.bucket.layout import (
    CLAIMS,
    digests_folder,
    pair_key,
    results_folder,
    run_folder,
)
from lambdas.errors import KeptDataBroken
from lambdas.jobs.name import run_job_name
from lambdas.runs.execution import Execution as CheckedExecution
from lambdas.state import IDLE_ENDS
from lambdas.uploads.dataset import Dataset
from lambdas.uploads.pair import pair_from_json
from local.kept.executions import KeptExecutions
from local.kept.jobs import KeptJobs

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class OldRuns:
    """The runs in one stack's ``bucket``, to be thinned out."""

    def __init__(
        self, home: Path, s3: "S3Client", bucket: str, executions: KeptExecutions, jobs: KeptJobs
    ) -> None:
        self._logs = home / "logs"
        self._s3 = s3
        self._bucket = bucket
        self._executions = executions
        self._jobs = jobs

    def remove_all_but(self, most: int, executions: list[Execution]) -> int:
        """Keeps the ``most`` newest runs and what is newer; returns how many runs are removed."""
        kept = removed = 0
        for execution in sorted(executions, key=lambda e: e.start_date, reverse=True):
            is_run = _outcome(execution) not in IDLE_ENDS
            if kept >= most and execution.status != "RUNNING":
                self._remove(execution)
                removed += is_run
            else:
                kept += is_run
        return removed

    def _remove(self, execution: Execution) -> None:
        started = execution.start_date.strftime("%Y-%m-%dT%H:%M:%S")
        run = CheckedExecution(execution.exec_arn, started).run
        for dataset in self._dataset_of(run):
            prefix = run_job_name(Dataset(dataset).job_slug, run)
            for job in self._jobs.named_like(prefix):
                self._jobs.remove(job)
                (self._logs / f"{job.name}.log").unlink(missing_ok=True)
            self._delete_below(results_folder(dataset, run))
        for claim in self._claims.get(execution.exec_arn, []):
            self._delete_below(claim)
        self._delete_below(run_folder(run))
        self._delete_below(digests_folder(run))
        self._executions.remove(execution)

    def _dataset_of(self, run: str) -> list[str]:
        """The dataset that the run is about; none where it did not come to find its pair."""
        key = pair_key(run)
        return [name for found in self._keys(key) for name in _dataset_in(self._body(found))]

    @cached_property
    def _claims(self) -> dict[str, list[str]]:
        """The claims of each execution: without it, they must not keep its pair from being run."""
        claims: dict[str, list[str]] = {}
        for key in self._keys(CLAIMS):
            claims.setdefault(_execution_in(self._body(key)), []).append(key)
        return claims

    def _keys(self, prefix: str) -> list[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def _body(self, key: str) -> bytes:
        return self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def _delete_below(self, prefix: str) -> None:
        """Deletes every version of every object whose key begins with ``prefix``."""
        pages = self._s3.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        found = [
            (version["Key"], version["VersionId"])
            for page in pages
            for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        ]
        for key, version_id in found:
            self._s3.delete_object(Bucket=self._bucket, Key=key, VersionId=version_id)


def _dataset_in(pair: bytes) -> list[str]:
    try:
        return [pair_from_json(pair).name]
    except KeptDataBroken:  # somebody's own file tells nothing
        return []


def _execution_in(claim: bytes) -> str:
    try:
        return str(json_object(claim).get("execution"))
    except KeptDataBroken:
        return ""


def _outcome(execution: Execution) -> Any:
    output = execution.output
    return output.get("Outcome") if isinstance(output, dict) else None
