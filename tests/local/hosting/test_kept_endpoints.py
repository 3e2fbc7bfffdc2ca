"""Endpoints come back up with `codefree up`, whether it was stopped or killed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError

from tests.local.codefree_up import Up
from tests.local.hosting.hosted import Hosts, archive


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    started = Up(tmp_path / "home").start()
    yield started
    started.kill()


def processes_of(home: Path) -> list[Any]:
    """What runs in the home's folders of endpoints."""
    folder = (home / "endpoints").resolve()
    found = []
    for process in psutil.process_iter(["cwd"]):
        cwd = process.info["cwd"]
        if cwd and Path(cwd).is_relative_to(folder):
            found.append(process)
    return found


def folders_of(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "endpoints" / "kept").iterdir())


def registered(hosts: Hosts) -> dict[str, Any]:
    """A version that is approved."""
    api = hosts.sagemaker
    api.create_model_package_group(ModelPackageGroupName="group")
    arn = api.create_model_package(ModelPackageGroupName="group")["ModelPackageArn"]
    api.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="good"
    )
    described = dict(api.describe_model_package(ModelPackageName=arn))
    described.pop("ResponseMetadata")
    return described


def transform(hosts: Hosts) -> None:
    """A transform job that is not done when local mode is killed."""
    where = f"s3://{hosts.bucket}"
    hosts.s3.put_object(Bucket=hosts.bucket, Key="rows.csv", Body=b"slow60")
    place = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"{where}/rows.csv"}}
    hosts.sagemaker.create_transform_job(
        TransformJobName="interrupted",
        ModelName=hosts.model(archive()),
        TransformInput={"DataSource": place},
        TransformOutput={"S3OutputPath": f"{where}/out"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
    )


def hosts_again(hosts: Hosts) -> Hosts:
    """The same with its role, which somebody has made and local mode has not kept."""
    hosts.make_role()
    return hosts


def test_endpoints_come_back_up_after_a_kill_and_a_stop(up: Up) -> None:
    hosts = Hosts(lambda service, **_: up.client(service), "models", "host")
    served = hosts.endpoint(archive("kept"))
    gone = hosts.endpoint(archive("gone"))
    tags = [{"Key": "codefree:until", "Value": "1"}]
    arn = hosts.described(served)["EndpointArn"]
    hosts.sagemaker.add_tags(ResourceArn=arn, Tags=tags)
    before = hosts.described(served)
    hosts.delete(gone)
    package = registered(hosts)
    [folder] = folders_of(up.home)
    slow = hosts.config(hosts.model(archive("slow", slow="60")))
    making = hosts.start(slow)
    hosts.sagemaker.update_endpoint(EndpointName=served, EndpointConfigName=slow)
    transform(hosts)

    up.kill()
    # The process ends with local mode, and the next start finds none.
    psutil.wait_procs(processes_of(up.home), timeout=900)
    assert processes_of(up.home) == []
    # What was half-made is no endpoint's.
    (up.home / "endpoints" / "kept" / "half-done").mkdir()
    up.start()
    assert folders_of(up.home) == [folder]
    assert hosts.ask(served)["version"] == "kept"
    after = hosts.described(served)
    assert after.pop("FailureReason").startswith("Local mode ended during the update.")
    for answer in (before, after):
        answer.pop("ResponseMetadata")
        answer.pop("LastModifiedTime")
    assert after == before
    # What was being made goes on; its role was not the stack's, and is not kept.
    hosts.wait_until_failed(making)
    assert "Could not assume role" in hosts.described(making)["FailureReason"]
    assert hosts.sagemaker.list_tags(ResourceArn=arn)["Tags"] == tags
    with pytest.raises(ClientError, match="Could not find endpoint"):
        hosts.described(gone)
    again = hosts.sagemaker.describe_model_package(ModelPackageName=package["ModelPackageArn"])
    assert again.pop("ResponseMetadata") and again == package

    described = hosts.sagemaker.describe_transform_job(TransformJobName="interrupted")
    assert described["TransformJobStatus"] == "Failed"
    assert "Local mode ended during the job." in described["FailureReason"]

    up.stop()
    assert processes_of(up.home) == []
    up.start()
    # At once, while it starts again.
    new = hosts.config(hosts_again(hosts).model(archive("new")))
    hosts.sagemaker.update_endpoint(EndpointName=served, EndpointConfigName=new)
    assert hosts.ask(served)["version"] in ("kept", "new")
    hosts.wait("endpoint_in_service", served)
    assert hosts.ask(served)["version"] == "new"
    hosts.delete(served)
    hosts.delete(making)
    assert folders_of(up.home) == []
