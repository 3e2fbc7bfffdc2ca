"""The Model Registry by plain clients, where AWS and moto differ."""

import itertools
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.hosting.hosted import IMAGE, Hosts, archive

_numbers = itertools.count(1)
METRICS = {
    "ModelQuality": {
        "Statistics": {"ContentType": "application/json", "S3Uri": "s3://b/metrics.json"}
    }
}


@pytest.fixture
def group(hosts: Hosts) -> str:
    name = f"Group-{next(_numbers)}"
    hosts.sagemaker.create_model_package_group(
        ModelPackageGroupName=name, Tags=[{"Key": "codefree:stack", "Value": "s"}]
    )
    return name


def register(hosts: Hosts, group: str, **more: Any) -> str:
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{hosts.bucket}/model.tar.gz"}
    made = hosts.sagemaker.create_model_package(
        **{
            "ModelPackageGroupName": group,
            "ModelApprovalStatus": "PendingManualApproval",
            "InferenceSpecification": {"Containers": [container]},
            "ModelMetrics": METRICS,
            "CustomerMetadataProperties": {"codefree:run": "r"},
            **more,
        }
    )
    return str(made["ModelPackageArn"])


def described(hosts: Hosts, name: str) -> dict[str, Any]:
    return dict(hosts.sagemaker.describe_model_package(ModelPackageName=name))


def test_an_update_changes_what_it_names_and_nothing_else(hosts: Hosts, group: str) -> None:
    arn = register(hosts, group)
    assert arn.endswith(f":model-package/{group}/1")
    made = described(hosts, arn)
    assert (made["ModelPackageVersion"], made["ModelMetrics"]) == (1, METRICS)
    assert "LastModifiedTime" not in made
    api = hosts.sagemaker
    api.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="better"
    )
    approved = described(hosts, arn)
    assert approved["ModelApprovalStatus"] == "Approved"
    assert approved["CustomerMetadataProperties"] == {"codefree:run": "r"}
    assert approved["LastModifiedTime"] >= approved["CreationTime"]
    api.update_model_package(
        ModelPackageArn=arn,
        CustomerMetadataProperties={"more": "süß"},
        CustomerMetadataPropertiesToRemove=["codefree:run"],
    )
    changed = described(hosts, f"{group}/1")
    assert changed["ApprovalDescription"] == "better"
    assert changed["ModelApprovalStatus"] == "Approved"
    assert changed["CustomerMetadataProperties"] == {"more": "süß"}


def test_the_same_request_makes_one_version_and_no_number_is_given_twice(
    hosts: Hosts, group: str
) -> None:
    first = register(hosts, group, ClientToken=f"{group}-a")
    assert register(hosts, group, ClientToken=f"{group}-a") == first
    second = register(hosts, group)
    hosts.sagemaker.delete_model_package(ModelPackageName=second)
    assert register(hosts, group).endswith("/3")
    with pytest.raises(ClientError, match=r"ModelPackage arn:aws:.*/2 does not exist"):
        described(hosts, second)
    with pytest.raises(ClientError, match="ConflictException"):
        hosts.sagemaker.delete_model_package_group(ModelPackageGroupName=group)


def test_versions_are_listed_by_status_and_page(hosts: Hosts, group: str) -> None:
    api = hosts.sagemaker
    arns = [register(hosts, group) for _ in range(3)]
    api.update_model_package(ModelPackageArn=arns[1], ModelApprovalStatus="Approved")
    pages = api.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group,
        SortBy="CreationTime",
        SortOrder="Descending",
        PaginationConfig={"PageSize": 2},
    )
    listed = [package for page in pages for package in page["ModelPackageSummaryList"]]
    assert [package["ModelPackageArn"] for package in listed] == arns[::-1]
    assert "ModelMetrics" not in listed[0]
    approved = api.list_model_packages(ModelPackageGroupName=group, ModelApprovalStatus="Approved")[
        "ModelPackageSummaryList"
    ]
    assert [package["ModelPackageArn"] for package in approved] == [arns[1]]
    found = api.list_model_package_groups(NameContains=group)["ModelPackageGroupSummaryList"]
    assert [each["ModelPackageGroupName"] for each in found] == [group]
    # Those that belong to no group alone, unless it is asked for others.
    assert api.list_model_packages()["ModelPackageSummaryList"] == []
    with pytest.raises(ClientError, match="Invalid pagination token"):
        api.list_model_packages(NextToken="x")


def test_what_is_there_and_what_is_not_is_told_as_on_aws(hosts: Hosts, group: str) -> None:
    api = hosts.sagemaker
    arn = api.describe_model_package_group(ModelPackageGroupName=group)["ModelPackageGroupArn"]
    assert api.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "codefree:stack", "Value": "s"}]
    with pytest.raises(ClientError, match=r"ValidationException.*already exists"):
        api.create_model_package_group(ModelPackageGroupName=group)
    for ask in (register, _listed):
        with pytest.raises(ClientError, match=r"ValidationException.*does not exist"):
            ask(hosts, "none")
    api.delete_model_package_group(ModelPackageGroupName=group)
    with pytest.raises(ClientError, match="does not exist"):
        api.describe_model_package_group(ModelPackageGroupName=group)


@pytest.mark.parametrize(
    "wrong",
    [
        {"CustomerMetadataProperties": {"a": "semi;colon"}},
        {"CustomerMetadataProperties": {"a": "x" * 257}},
        {"ModelPackageDescription": "x" * 1025},
        {"Tags": [{"Key": "a", "Value": "new\nline"}]},
    ],
)
def test_what_aws_would_refuse_is_refused(hosts: Hosts, group: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="failed to satisfy constraint"):
        register(hosts, group, **wrong)


def test_an_approved_package_is_a_model(hosts: Hosts, group: str) -> None:
    hosts.s3.put_object(Bucket=hosts.bucket, Key="model.tar.gz", Body=archive("packed"))
    arn = register(hosts, group)

    def create(name: str) -> None:
        hosts.sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=hosts.role,
            PrimaryContainer={"ModelPackageName": arn},
        )

    with pytest.raises(ClientError, match="is not Approved"):
        create("of-package")
    hosts.sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    create("of-package")
    name = hosts.start(hosts.config("of-package"))
    hosts.wait("endpoint_in_service", name)
    assert hosts.ask(name)["version"] == "packed"


def _listed(hosts: Hosts, group: str) -> Any:
    return hosts.sagemaker.list_model_packages(ModelPackageGroupName=group)
