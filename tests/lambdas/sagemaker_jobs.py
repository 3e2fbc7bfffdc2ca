"""As much of SageMaker as is asked for by who looks for a run's jobs."""

from collections.abc import Iterable
from typing import Any

from lambdas.jobs.kind import JobKind


class SageMakerJobs:
    """Jobs by name and status, the oldest first, that have cost nothing."""

    def __init__(self, jobs: Iterable[tuple[str, str]] = (), reason: str = "") -> None:
        self._jobs = dict(jobs)
        self._reason = reason

    def get_paginator(self, operation: str) -> "_Pages":
        return _Pages(operation == "list_training_jobs", list(self._jobs))

    def describe_training_job(self, TrainingJobName: str) -> dict[str, Any]:  # noqa: N803
        status = self._jobs[TrainingJobName]
        return {
            "TrainingJobName": TrainingJobName,
            "TrainingJobStatus": status,
            "SecondaryStatus": status,
            "FailureReason": self._reason,
            "ResourceConfig": {"InstanceType": "ml.m5.large"},
        }

    def describe_processing_job(self, ProcessingJobName: str) -> dict[str, Any]:  # noqa: N803
        return {
            "ProcessingJobName": ProcessingJobName,
            "ProcessingJobStatus": self._jobs[ProcessingJobName],
            "FailureReason": self._reason,
            "ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.large"}},
        }


class _Pages:
    def __init__(self, are_trainings: bool, names: list[str]) -> None:
        self._are_trainings, self._names = are_trainings, names

    def paginate(self, NameContains: str, SortBy: str, SortOrder: str) -> Any:  # noqa: N803
        assert SortBy == "CreationTime"
        ordered = self._names if SortOrder == "Ascending" else list(reversed(self._names))
        found = [name for name in ordered if NameContains in name and self._is_listed(name)]
        if self._are_trainings:
            return [{"TrainingJobSummaries": [{"TrainingJobName": name} for name in found]}]
        return [{"ProcessingJobSummaries": [{"ProcessingJobName": name} for name in found]}]

    def _is_listed(self, name: str) -> bool:
        return (f"-{JobKind.TRAIN.lower()}-" in name) == self._are_trainings
