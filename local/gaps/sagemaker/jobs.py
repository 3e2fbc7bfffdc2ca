"""SageMaker's training, processing and transform jobs: run, checked, stoppable, named once.

Replaces moto's records of such jobs, which are Completed the moment they are made.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import (
    AWSValidationException,
    ResourceInUseException,
    SagemakerClientError,
)
from moto.sagemaker.responses import SageMakerResponse

from local.access.control import NotAssumable
from local.gaps.sagemaker import transform_requests
from local.gaps.sagemaker.models import Models
from local.gaps.sagemaker.requests import asked
from local.gaps.servicequotas import job_quotas
from local.jobs.job import ENDED, EndedJob, Job
from local.jobs.runner import JobRunner
from local.patches import add, replace

_KINDS = ("Training", "Processing", "Transform")
# What moto's SageMaker does not know at all.
_LACKING = {"stop_training_job", "stop_transform_job"}


# What a transform job needs of its model's container.
_OF_A_MODEL = ("Image", "ModelDataUrl", "Environment")


class ResourceLimitExceeded(SagemakerClientError):  # type: ignore[misc]
    """A quota of the account is used up."""

    code = "ResourceLimitExceeded"


def patch(jobs: "Jobs") -> None:
    """Makes moto's SageMaker have and run ``jobs``."""
    for kind in _KINDS:
        for verb in ("create", "describe", "stop", "list"):
            plural = "s" if verb == "list" else ""
            call = f"{verb}_{kind.lower()}_job{plural}"
            give = add if call in _LACKING else replace
            give(SageMakerResponse, call, _respond(getattr(jobs, verb), kind))


def _respond(action: Any, kind: str) -> Any:
    return lambda response: action(response, kind)


class Jobs:
    """The account's jobs, by kind and name."""

    changed: Callable[[Job], None]

    def __init__(self, runner: JobRunner, models: Models) -> None:
        self._runner = runner
        self._models = models
        self._jobs: dict[str, dict[str, Job | EndedJob]] = {kind: {} for kind in _KINDS}
        self.changed = lambda _: None

    def create(self, response: SageMakerResponse, kind: str) -> ActionResult:
        """CreateTrainingJob, CreateProcessingJob, CreateTransformJob."""
        request = asked(response, f"Create{kind}Job")
        name = request[f"{kind}JobName"]
        if name in self._jobs[kind]:
            raise ResourceInUseException(f"{kind} job names must be unique: {name} already exists.")
        self._check_quota(kind, request)
        account, region = response.current_account, response.region
        arn = f"arn:aws:sagemaker:{region}:{account}:{kind.lower()}-job/{name}"
        model = self._model(response, request) if kind == "Transform" else None
        job = Job(kind, arn, request=request, model=model, changed=self.changed)
        self._check_role(job)
        self.add(job)
        self.changed(job)
        self._runner.start(job)
        return ActionResult({f"{kind}JobArn": arn})

    def describe(self, response: SageMakerResponse, kind: str) -> ActionResult:
        """DescribeTrainingJob, DescribeProcessingJob, DescribeTransformJob."""
        return ActionResult(self._job(response, kind).description())

    def stop(self, response: SageMakerResponse, kind: str) -> EmptyResult:
        """StopTrainingJob, StopProcessingJob, StopTransformJob."""
        if isinstance(job := self._job(response, kind), Job):
            self._runner.stop(job)
        return EmptyResult()

    def list(self, response: SageMakerResponse, kind: str) -> ActionResult:
        """ListTrainingJobs, …: by name and status, newest first if not asked."""
        request = _request(response)
        part = request.get("NameContains", "")
        named = [job for name, job in tuple(self._jobs[kind].items()) if part in name]
        if request.get("SortOrder") != "Ascending":
            named.reverse()
        status = request.get("StatusEquals")
        found = [job.summary() for job in named if status in (None, job.status)]
        start = int(request.get("NextToken", 0))
        end = start + int(request.get("MaxResults", 10))
        page: dict[str, Any] = {f"{kind}JobSummaries": found[start:end]}
        return ActionResult(page | ({"NextToken": str(end)} if end < len(found) else {}))

    def _model(self, response: SageMakerResponse, request: dict[str, Any]) -> dict[str, Any]:
        """What a transform job runs, as it is now."""
        transform_requests.check(request)
        model = self._models.named(response, request["ModelName"])
        container = self._models.container(response, model)
        role = {"RoleArn": model.request["ExecutionRoleArn"]}
        return {name: container[name] for name in _OF_A_MODEL if name in container} | role

    def _check_role(self, job: Job) -> None:
        try:
            self._runner.session(job)
        except NotAssumable as role:
            raise AWSValidationException(
                f"Could not assume role {role}. Please ensure that the role exists and allows "
                "principal 'sagemaker.amazonaws.com' to assume the role."
            ) from None

    def has_ended(self, kind: str, name: str, within_seconds: float) -> bool:
        """Whether the job has ended, or does within the time."""
        return self._jobs[kind][name].has_ended(within_seconds)

    def fails_its_state(self, kind: str, name: str) -> bool:
        """Whether the end of the job is an error to Step Functions."""
        job = self._jobs[kind][name]
        return job.status == "Failed" or (job.status == "Stopped" and job.stop_is_error)

    def add(self, job: Job | EndedJob) -> None:
        """Takes in a job, without starting it, or what is to stay of it."""
        self._jobs[job.kind][job.name] = job

    def remove(self, job: Job | EndedJob) -> None:
        """Forgets a job that has ended."""
        self._jobs[job.kind].pop(job.name, None)

    def named_like(self, prefix: str) -> tuple[Job | EndedJob, ...]:
        """The jobs whose names begin with ``prefix``."""
        return tuple(job for job in self._all() if job.name.startswith(prefix))

    def _all(self) -> Iterator[Job | EndedJob]:
        for named in self._jobs.values():
            yield from tuple(named.values())

    def _check_quota(self, kind: str, request: dict[str, Any]) -> None:
        """Refuses the job if the account's quota for its instance type is used up."""
        quota = _quota(kind, request)
        most = job_quotas.quotas.get(quota)
        if most is None:
            return
        under_way = sum(
            isinstance(job, Job)
            and job.status not in ENDED
            and _quota(job.kind, job.request) == quota
            for job in self._all()
        )
        if under_way >= most:
            raise ResourceLimitExceeded(
                f"The account-level service limit '{quota}' is {most} Instances, with current "
                f"utilization of {under_way} Instances and a request delta of 1 Instances. Please "
                "use AWS Service Quotas to request an increase for this quota."
            )

    def _job(self, response: SageMakerResponse, kind: str) -> Job | EndedJob:
        name = _request(response)[f"{kind}JobName"]
        try:
            return self._jobs[kind][name]
        except KeyError:
            raise AWSValidationException("Requested resource not found.") from None


def _quota(kind: str, request: dict[str, Any]) -> str:
    """The name of the quota that the job counts against."""
    if kind == "Transform":
        return f"{request['TransformResources']['InstanceType']} for transform job usage"
    if kind == "Processing":
        machines = request["ProcessingResources"]["ClusterConfig"]
        return f"{machines['InstanceType']} for processing job usage"
    use = "spot training" if request.get("EnableManagedSpotTraining") else "training"
    return f"{request['ResourceConfig']['InstanceType']} for {use} job usage"


def _request(response: SageMakerResponse) -> dict[str, Any]:
    return dict(json.loads(response.body or "{}"))
