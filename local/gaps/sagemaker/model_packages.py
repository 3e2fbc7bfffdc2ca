"""SageMaker's Model Registry: groups of model packages and their versions.

moto's update forgets what it is not told, its versions are numbered anew after a deletion, it makes
a group or a package twice where AWS says that it is there, and it can delete neither.
"""

from collections.abc import Iterator
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import AWSValidationException, ConflictException
from moto.sagemaker.responses import SageMakerResponse

from local.gaps.sagemaker.records import Record, Records, new_arn, page
from local.gaps.sagemaker.requests import answering, asked
from local.patches import add, replace

_CALLS = (
    *("create_model_package_group", "describe_model_package_group", "list_model_package_groups"),
    *("create_model_package", "describe_model_package", "list_model_packages"),
    "update_model_package",
)
# What moto's SageMaker does not know at all.
_LACKING = ("delete_model_package_group", "delete_model_package")
_GROUP, _PACKAGE = "ModelPackageGroup", "ModelPackage"
_PENDING = "PendingManualApproval"
# What UpdateModelPackage puts in the place of what was there.
_UPDATED = (
    *("ModelApprovalStatus", "ApprovalDescription", "InferenceSpecification", "SourceUri"),
    *("ModelCard", "ModelLifeCycle", "ModelPackageRegistrationType"),
)
_SUMMARY = (
    *("ModelPackageName", "ModelPackageGroupName", "ModelPackageVersion", "ModelPackageArn"),
    *("ModelPackageDescription", "CreationTime", "ModelPackageStatus", "ModelApprovalStatus"),
    *("ModelLifeCycle", "ModelPackageRegistrationType"),
)


def patch(registry: "ModelRegistry") -> None:
    """Makes moto's SageMaker have ``registry``."""
    for call in _CALLS:
        replace(SageMakerResponse, call, answering(getattr(registry, call)))
    for call in _LACKING:
        add(SageMakerResponse, call, answering(getattr(registry, call)))


class ModelRegistry:
    """The account's model packages.

    A group's state has the number of its newest version. A package's has what is described of it
    beside what it was made with.
    """

    def __init__(self, records: Records) -> None:
        self._records = records

    def create_model_package_group(self, response: SageMakerResponse) -> ActionResult:
        """CreateModelPackageGroup."""
        request = asked(response, "CreateModelPackageGroup")
        name, tags = request["ModelPackageGroupName"], request.pop("Tags", [])
        arn = _arn(response, "model-package-group", name)
        if not self._records.add(Record(_GROUP, arn, name, request, {"versions": 0}, tags)):
            raise AWSValidationException(f"Model Package Group already exists: {arn}")
        return ActionResult({"ModelPackageGroupArn": arn})

    def describe_model_package_group(self, response: SageMakerResponse) -> ActionResult:
        """DescribeModelPackageGroup."""
        request = asked(response, "DescribeModelPackageGroup")
        group = self._group(response, request["ModelPackageGroupName"])
        return ActionResult(_group_summary(group) | {"CreatedBy": {}})

    def list_model_package_groups(self, response: SageMakerResponse) -> ActionResult:
        """ListModelPackageGroups."""
        request = asked(response, "ListModelPackageGroups")
        groups, result = self._records.of(response, _GROUP), "ModelPackageGroupSummaryList"
        return ActionResult(page(groups, request, _group_summary, result, ascending=True))

    def delete_model_package_group(self, response: SageMakerResponse) -> EmptyResult:
        """DeleteModelPackageGroup: one that has no versions any more."""
        request = asked(response, "DeleteModelPackageGroup")
        group = self._group(response, request["ModelPackageGroupName"])
        if any(self._versions(response, group)):
            raise ConflictException(
                "Model Package Group cannot be deleted as it still contains Model Packages."
            )
        self._records.remove(group)
        return EmptyResult()

    def create_model_package(self, response: SageMakerResponse) -> ActionResult:
        """CreateModelPackage: the next version of a group, or a package of its own."""
        request = asked(response, "CreateModelPackage")
        if bool(request.get("ModelPackageName")) == bool(request.get("ModelPackageGroupName")):
            raise AWSValidationException(
                "Either ModelPackageName or ModelPackageGroupName must be provided."
            )
        with self._records.lock:  # of two that come at once with the same token one is made
            return self._created(response, request)

    def describe_model_package(self, response: SageMakerResponse) -> ActionResult:
        """DescribeModelPackage."""
        request = asked(response, "DescribeModelPackage")
        return ActionResult(_described(self._package(response, request["ModelPackageName"])))

    def list_model_packages(self, response: SageMakerResponse) -> ActionResult:
        """ListModelPackages."""
        request = asked(response, "ListModelPackages")
        wanted = request.get("ModelApprovalStatus")
        found = [
            package
            for package in self._of_kind(response, request)
            if wanted in (None, package.state.get("ModelApprovalStatus"))
        ]
        return ActionResult(
            page(found, request, _summary, "ModelPackageSummaryList", ascending=True)
        )

    def update_model_package(self, response: SageMakerResponse) -> ActionResult:
        """UpdateModelPackage: what the request does not name stays as it is."""
        request = asked(response, "UpdateModelPackage")
        package = self._package(response, request["ModelPackageArn"])
        known = package.request | package.state
        metadata = known.get("CustomerMetadataProperties", {})
        metadata = metadata | request.get("CustomerMetadataProperties", {})
        for name in request.get("CustomerMetadataPropertiesToRemove", []):
            metadata.pop(name, None)
        more = request.get("AdditionalInferenceSpecificationsToAdd", [])
        changed = {name: request[name] for name in _UPDATED if name in request}
        if metadata:
            changed["CustomerMetadataProperties"] = metadata
        if more:
            field = "AdditionalInferenceSpecifications"
            changed[field] = [*known.get(field, []), *more]
        self._records.note(package, **changed, is_modified=True)
        return ActionResult({"ModelPackageArn": package.arn})

    def delete_model_package(self, response: SageMakerResponse) -> EmptyResult:
        """DeleteModelPackage."""
        request = asked(response, "DeleteModelPackage")
        self._records.remove(self._package(response, request["ModelPackageName"]))
        return EmptyResult()

    def _created(self, response: SageMakerResponse, request: dict[str, Any]) -> ActionResult:
        tags, token = request.pop("Tags", []), request.pop("ClientToken", None)
        for package in self._records.of(response, _PACKAGE):
            # The same request once more, whose answer was lost.
            if token and package.state.get("ClientToken") == token:
                return ActionResult({"ModelPackageArn": package.arn})
        state: dict[str, Any] = {"ModelPackageStatus": "Completed"}
        if token:
            state["ClientToken"] = token
        if "ModelPackageGroupName" in request:
            group = self._group(response, request["ModelPackageGroupName"])
            # A number that no version of the group has, nor has had.
            version = group.state["versions"] + 1
            self._records.note(group, versions=version)
            request["ModelPackageGroupName"], name = group.name, f"{group.name}/{version}"
            state["ModelPackageVersion"] = version
            state["ModelApprovalStatus"] = request.pop("ModelApprovalStatus", _PENDING)
        else:
            name = request["ModelPackageName"]
        arn = _arn(response, "model-package", name)
        if not self._records.add(Record(_PACKAGE, arn, name, request, state, tags)):
            raise ConflictException(f"Model Package already exists: {arn}")
        return ActionResult({"ModelPackageArn": arn})

    def _group(self, response: SageMakerResponse, name: str) -> Record:
        group = self._records.find(response, _GROUP, name.rpartition("/")[2])
        if group is None:
            arn = _arn(response, "model-package-group", name.rpartition("/")[2])
            raise AWSValidationException(f"ModelPackageGroup {arn} does not exist.")
        return group

    def _package(self, response: SageMakerResponse, name: str) -> Record:
        """The package with the ARN or the name, which for a version is ``GROUP/NUMBER``."""
        short = name.partition(":model-package/")[2] or name
        package = self._records.find(response, _PACKAGE, short)
        if package is None:
            arn = _arn(response, "model-package", short)
            raise AWSValidationException(f"ModelPackage {arn} does not exist.")
        return package

    def _versions(self, response: SageMakerResponse, group: Record) -> Iterator[Record]:
        for version in range(1, group.state["versions"] + 1):
            if package := self._records.find(response, _PACKAGE, f"{group.name}/{version}"):
                yield package

    def _of_kind(self, response: SageMakerResponse, request: dict[str, Any]) -> Iterator[Record]:
        if "ModelPackageGroupName" in request:
            yield from self._versions(
                response, self._group(response, request["ModelPackageGroupName"])
            )
            return
        kind = request.get("ModelPackageType", "Unversioned")
        for package in self._records.of(response, _PACKAGE):
            is_version = "ModelPackageVersion" in package.state
            if kind == "Both" or (kind == "Versioned") == is_version:
                yield package


def _arn(response: SageMakerResponse, kind: str, name: str) -> str:
    """Of the registry's ARNs the letters are as they were given."""
    return f"{new_arn(response, kind, '')}{name}"


def _described(package: Record) -> dict[str, Any]:
    described = package.request | package.state
    told = {
        "ModelPackageArn": package.arn,
        "CreationTime": package.created,
        "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
    }
    if package.state.get("is_modified"):
        told |= {"LastModifiedTime": package.modified, "LastModifiedBy": {}}
    return described | told


def _summary(package: Record) -> dict[str, Any]:
    described = _described(package)
    return {name: described[name] for name in _SUMMARY if name in described}


def _group_summary(group: Record) -> dict[str, Any]:
    return group.request | {
        "ModelPackageGroupArn": group.arn,
        "CreationTime": group.created,
        "ModelPackageGroupStatus": "Completed",
    }
