"""The models of each dataset in SageMaker's Model Registry, and which of them is approved.

A dataset has a group, and each of its finished runs is a version in it. What a version says of
itself is for people: which file it is comes from the address of its model alone, and whether that
file is loaded is decided by its digest (sealed.py). Whatever else is in the group is left alone.

Sources: Amazon SageMaker API reference, CreateModelPackageGroup, CreateModelPackage,
UpdateModelPackage, ListModelPackages.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Self, cast

from botocore.exceptions import ClientError

from lambdas.bucket.layout import RESULTS, model_key, results_folder
from lambdas.errors import TryAgain
from lambdas.language import spoken
from lambdas.uploads.dataset import Dataset, normal_name

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import PaginatorConfigTypeDef

Status = Literal["Approved", "Rejected", "PendingManualApproval"]

# A longer name of a stack is shortened, so that there is room for the dataset's.
_LONGEST_BEGINNING = 44
# The most that ListModelPackages gives at once; unasked it gives ten.
_PAGES: "PaginatorConfigTypeDef" = {"PageSize": 100}
_LONGEST_TEXT = 1024
_LONGEST_VALUE = 256
_SIGNS = frozenset("_.:/=+-@")
_URL = re.compile(r"s3://[^/]+/(?P<key>.+)", re.DOTALL)
_KEY = re.compile(
    rf"{RESULTS}(?P<dataset>[^/]+)/(?P<run>[^/]+)/(?P<job>[^/]+)/output/model\.tar\.gz", re.DOTALL
)
# What a group that is not there is called, and one that is: the code alone does not tell.
_NOT_THERE = "does not exist"
_IS_THERE = "already exists"


@dataclass(frozen=True)
class RegisteredModel:
    """A version in the registry that is a model of a run.

    ``results`` and ``key`` are keys in the stack's bucket: the folder of the run's results, and its
    model.tar.gz. ``why`` is the description of its approval, empty as long as nobody has decided.
    ``registered`` is when it was made a version, ``changed`` when its status was last set, and
    ``facts`` are what it was made of, for people.
    """

    dataset: str
    run: str
    job: str
    package_arn: str
    version: int
    status: Status
    results: str
    key: str
    registered: datetime
    why: str
    changed: datetime
    facts: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def is_undecided(self) -> bool:
        """Whether neither Codefree nor a person has said anything about it."""
        return self.status == "PendingManualApproval" and not self.why

    @classmethod
    def of(cls, described: Mapping[str, Any], dataset: str) -> Self | None:
        """The version that DescribeModelPackage tells of; None if it is no model of a run."""
        containers = described.get("InferenceSpecification", {}).get("Containers", [{}])
        url = _URL.fullmatch(containers[0].get("ModelDataUrl", ""))
        found = _KEY.fullmatch(url["key"]) if url else None
        if not url or not found or normal_name(found["dataset"]) != normal_name(dataset):
            return None
        return cls(
            dataset=found["dataset"],
            run=found["run"],
            job=found["job"],
            package_arn=described["ModelPackageArn"],
            version=described["ModelPackageVersion"],
            status=described.get("ModelApprovalStatus", "PendingManualApproval"),
            results=results_folder(found["dataset"], found["run"]),
            key=url["key"],
            registered=described["CreationTime"],
            why=described.get("ApprovalDescription", ""),
            changed=described.get("LastModifiedTime") or described["CreationTime"],
            facts=described.get("CustomerMetadataProperties") or {},
        )


@dataclass(frozen=True)
class NewModel:
    """What is registered of a finished run.

    Args:
        stack: the stack's name.
        dataset: the dataset's name.
        run: the run's name.
        job: the training job's name.
        bucket: the stack's bucket.
        image: the container image that loads the model.
        metrics_sha256: the digest of its metrics.json.
        report: the key of its report, if there is one.
        facts: what it was made of, for people: digests of the data, the code and the model.
    """

    stack: str
    dataset: str
    run: str
    job: str
    bucket: str
    image: str
    metrics_sha256: str
    report: str | None
    facts: Mapping[str, str]

    @property
    def results(self) -> str:
        """The key of the folder of the run's results."""
        return results_folder(self.dataset, self.run)


def group_name(stack: str, dataset: str) -> str:
    """The name of a dataset's group: ``[a-zA-Z0-9-]``, at most 63, unique in account and region.

    Its beginning tells the stack, and is what the template's rights are for.
    """
    name = normal_name(dataset)
    unique = hashlib.sha256(f"{stack}\n{name}".encode()).hexdigest()[:8]
    return f"{group_beginning(stack)}-{Dataset(name).job_slug}-{unique}"


def group_beginning(stack: str) -> str:
    """How the names of all groups of a stack begin: its name, shortened if need be.

    infra/unpack.py tells the template the same.
    """
    if len(stack) <= _LONGEST_BEGINNING:
        return stack
    mark = hashlib.sha256(stack.encode()).hexdigest()[:8]
    return f"{stack[: _LONGEST_BEGINNING - 9]}-{mark}"


def list_models(
    sagemaker: "SageMakerClient", stack: str, dataset: str, status: Status | None = None
) -> list[RegisteredModel]:
    """The dataset's models, newest first, or only those of one ``status``."""
    group = group_name(stack, dataset)
    return list(_models(sagemaker, dataset, _summaries(sagemaker, group, status)))


def package_arns(sagemaker: "SageMakerClient", stack: str, dataset: str) -> Iterator[str]:
    """The versions in the dataset's group, newest first, whether or not they are models of runs:
    for :func:`described_model`, where there are more than are looked at. As many are listed as are
    asked for."""
    for summary in _summaries(sagemaker, group_name(stack, dataset)):
        yield summary["ModelPackageArn"]


def described_model(
    sagemaker: "SageMakerClient", package_arn: str, dataset: str
) -> RegisteredModel | None:
    """The version as it stands; None if it is no model of a run of the dataset."""
    described = sagemaker.describe_model_package(ModelPackageName=package_arn)
    return RegisteredModel.of(described, dataset)


def approved_model(
    sagemaker: "SageMakerClient", stack: str, dataset: str
) -> RegisteredModel | None:
    """The model to predict with; None where none is approved. A person may have approved several:
    then it is the one that was approved last."""
    approved = list_models(sagemaker, stack, dataset, "Approved")
    return max(approved, key=_decided, default=None)


def register_model(sagemaker: "SageMakerClient", new: NewModel) -> RegisteredModel:
    """Makes the run's model a version of its dataset's group, not yet approved.

    Doing it again gives the same version, with whatever was decided about it meanwhile.

    Raises:
        TryAgain: another run was registered at the same moment.
    """
    group = group_name(new.stack, new.dataset)
    summaries = list(_summaries(sagemaker, group))
    if not summaries:
        _create_group(sagemaker, group, new)
    begins = _description(new.run, "")
    of_run = (one for one in summaries if one.get("ModelPackageDescription", "").startswith(begins))
    for model in _models(sagemaker, new.dataset, of_run):
        if model.run == new.run:
            return model
    try:
        created = sagemaker.create_model_package(**_request(group, new))
    except ClientError as error:
        raise _busy_or_same(error) from error
    [model] = _models(sagemaker, new.dataset, iter([cast("Mapping[str, Any]", created)]))
    return model


def approve_model(
    sagemaker: "SageMakerClient", stack: str, model: RegisteredModel, why: str
) -> RegisteredModel:
    """Approves the model, and then takes back the approval of those that were approved before it:
    at no moment is there none. Doing it again does no harm."""
    approved = _with_status(sagemaker, model, "Approved", why)
    withdraw_earlier(sagemaker, stack, approved)
    return approved


def withdraw_earlier(sagemaker: "SageMakerClient", stack: str, model: RegisteredModel) -> None:
    """Takes back the approval of those that were approved before the ``model``, if it is approved.

    One that somebody else approves at the same moment is later, and stays.
    """
    if model.status != "Approved":
        return
    approved = _summaries(sagemaker, group_name(stack, model.dataset), "Approved")
    others = (one for one in approved if one["ModelPackageArn"] != model.package_arn)
    for other in list(_models(sagemaker, model.dataset, others)):
        if _decided(other) < _decided(model):
            told = spoken(
                "Run {run} (version {version}) was approved instead.",
                run=model.run,
                version=model.version,
            )
            _with_status(sagemaker, other, "PendingManualApproval", told)


def reject_model(sagemaker: "SageMakerClient", model: RegisteredModel, why: str) -> RegisteredModel:
    """Rejects the model. No other is approved in its place."""
    return _with_status(sagemaker, model, "Rejected", why)


def keep_waiting(sagemaker: "SageMakerClient", model: RegisteredModel, why: str) -> RegisteredModel:
    """Leaves it to a person to approve the model, and says why."""
    return _with_status(sagemaker, model, "PendingManualApproval", why)


def _decided(model: RegisteredModel) -> tuple[datetime, int]:
    return model.changed, model.version


def _with_status(
    sagemaker: "SageMakerClient", model: RegisteredModel, status: Status, why: str
) -> RegisteredModel:
    try:
        sagemaker.update_model_package(
            ModelPackageArn=model.package_arn,
            ModelApprovalStatus=status,
            ApprovalDescription=" ".join(why.split())[:_LONGEST_TEXT],
        )
    except ClientError as error:
        raise _busy_or_same(error) from error
    return described_model(sagemaker, model.package_arn, model.dataset) or model


def _summaries(
    sagemaker: "SageMakerClient", group: str, status: Status | None = None
) -> Iterator[Mapping[str, Any]]:
    request: dict[str, Any] = {"ModelPackageGroupName": group, "SortBy": "CreationTime"}
    if status:
        request["ModelApprovalStatus"] = status
    pages = sagemaker.get_paginator("list_model_packages")
    try:
        for page in pages.paginate(**request, SortOrder="Descending", PaginationConfig=_PAGES):
            yield from page["ModelPackageSummaryList"]
    except ClientError as error:
        if _NOT_THERE not in error.response["Error"].get("Message", ""):
            raise


def _models(
    sagemaker: "SageMakerClient", dataset: str, summaries: Iterator[Mapping[str, Any]]
) -> Iterator[RegisteredModel]:
    for summary in summaries:
        if model := described_model(sagemaker, summary["ModelPackageArn"], dataset):
            yield model


def _create_group(sagemaker: "SageMakerClient", group: str, new: NewModel) -> None:
    try:
        sagemaker.create_model_package_group(
            ModelPackageGroupName=group,
            ModelPackageGroupDescription=f"Codefree: the models of {new.dataset}"[:_LONGEST_TEXT],
            Tags=[{"Key": "codefree:stack", "Value": new.stack}],
        )
    except ClientError as error:
        if _IS_THERE not in error.response["Error"].get("Message", ""):
            raise


def _request(group: str, new: NewModel) -> dict[str, Any]:
    folder = f"s3://{new.bucket}/{new.results}"
    metrics: dict[str, Any] = {
        "ModelQuality": {
            "Statistics": {
                "ContentType": "application/json",
                "S3Uri": f"{folder}metrics.json",
                "ContentDigest": f"sha256:{new.metrics_sha256}",
            }
        }
    }
    if new.report:
        page = {"ContentType": "text/html", "S3Uri": f"s3://{new.bucket}/{new.report}"}
        metrics["Explainability"] = {"Report": page}
    return {
        "ModelPackageGroupName": group,
        "ModelPackageDescription": _description(new.run, new.dataset)[:_LONGEST_TEXT],
        "ModelApprovalStatus": "PendingManualApproval",
        "InferenceSpecification": {
            "Containers": [
                {
                    "Image": new.image,
                    "ModelDataUrl": f"s3://{new.bucket}/{model_key(new.results, new.job)}",
                }
            ],
            "SupportedContentTypes": ["text/csv", "application/json", "application/jsonlines"],
            "SupportedResponseMIMETypes": ["text/csv", "application/json", "application/jsonlines"],
        },
        "ModelMetrics": metrics,
        "CustomerMetadataProperties": _metadata(new),
        # The same request once more is answered with the same version.
        "ClientToken": hashlib.sha256(f"{group}\n{new.run}".encode()).hexdigest()[:36],
    }


def _description(run: str, dataset: str) -> str:
    return f"Codefree run {run} of {dataset}"


def _metadata(new: NewModel) -> dict[str, str]:
    """What the version was made of. A value may have letters, digits, blanks and few signs more:
    of a text that has others, such as a dataset's name, there is what a job name has of it."""
    facts = {"run": new.run, "job": new.job, **new.facts}
    facts["dataset"] = new.dataset if _is_possible(new.dataset) else Dataset(new.dataset).job_slug
    return {f"codefree:{key}": value for key, value in facts.items() if _is_possible(value)}


def _is_possible(text: str) -> bool:
    """Whether it is as CustomerMetadataProperties have it: ``[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]``, up
    to 256."""
    is_known = (unicodedata.category(sign)[0] in "LZN" or sign in _SIGNS for sign in text)
    return 0 < len(text) <= _LONGEST_VALUE and all(is_known)


def _busy_or_same(error: ClientError) -> Exception:
    if error.response["Error"]["Code"] == "ConflictException":
        return TryAgain(spoken("Somebody else changed the same model in the Model Registry."))
    return error
