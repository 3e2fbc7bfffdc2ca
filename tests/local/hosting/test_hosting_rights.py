"""Rights: what a model's role needs to be served, and what a caller needs to ask it."""

import itertools
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.aws import REGION, LocalAws
from tests.local.hosting.hosted import IMAGE, ROLE, Hosts, archive
from tests.local.roles import policy_text, role_trusting

_numbers = itertools.count(1)
_S3 = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}
_ECR = {"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}


def create(hosts: Hosts, role: str, key: str = "model.tar.gz") -> str:
    name = f"right-{next(_numbers)}"
    hosts.sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=role,
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": f"s3://{hosts.bucket}/{key}"},
    )
    return name


@pytest.fixture(scope="module", autouse=True)
def model(hosts: Hosts) -> None:
    hosts.s3.put_object(Bucket=hosts.bucket, Key="model.tar.gz", Body=archive())


def test_a_model_s_role_reads_the_archive_and_the_image(hosts: Hosts) -> None:
    with pytest.raises(ClientError, match=r"Could not access model data.*sts:AssumeRole"):
        create(hosts, role_trusting(hosts.iam, "lambda", _S3, _ECR))
    with pytest.raises(ClientError, match=r"Could not access model data.*sts:AssumeRole"):
        create(hosts, ROLE.format("nobodys"))
    with pytest.raises(ClientError, match="does not have BatchGetImage permission"):
        create(hosts, role_trusting(hosts.iam, "sagemaker", _S3))
    with pytest.raises(ClientError, match='has "s3:GetObject" permissions'):
        create(hosts, role_trusting(hosts.iam, "sagemaker", _ECR))
    reader = role_trusting(hosts.iam, "sagemaker", _S3, _ECR)
    with pytest.raises(ClientError, match="Could not find model data at"):
        create(hosts, reader, "none.tar.gz")
    assert create(hosts, reader)


def test_a_right_that_is_taken_away_is_missed_when_the_endpoint_is_made(hosts: Hosts) -> None:
    role = role_trusting(hosts.iam, "sagemaker", _S3, _ECR)
    config = hosts.config(create(hosts, role))
    hosts.iam.put_role_policy(
        RoleName=role.rpartition("/")[2], PolicyName="rights", PolicyDocument=policy_text(_ECR)
    )
    name = hosts.start(config)
    with pytest.raises(Exception, match="Waiter EndpointInService failed"):
        hosts.wait("endpoint_in_service", name)
    reason = hosts.described(name)["FailureReason"]
    assert "Failed to download model data" in reason and "s3:GetObject" in reason
    hosts.delete(name)


def acting(aws: LocalAws, role: str) -> Callable[[str], Any]:
    """Clients that act under a role."""
    source = "arn:aws:lambda:us-east-1:123456789012:function:f"
    session = aws.access.assumed(role, "lambda", "caller", source)
    own: Any = boto3.Session(session.access_key, session.secret_key, session.token, REGION)
    return lambda service: own.client(service, endpoint_url=aws.endpoint)


def test_a_caller_needs_the_endpoint_s_right_and_that_to_pass_the_role(
    hosts: Hosts, aws: LocalAws
) -> None:
    name = hosts.start(hosts.config(create(hosts, hosts.role)))
    hosts.wait("endpoint_in_service", name)
    place = "arn:aws:sagemaker:us-east-1:123456789012"
    may_ask = {
        "Effect": "Allow",
        "Action": "sagemaker:InvokeEndpoint",
        "Resource": f"{place}:endpoint/{name}",
    }
    may_make = {"Effect": "Allow", "Action": "sagemaker:Create*", "Resource": "*"}
    asker = acting(aws, role_trusting(hosts.iam, "lambda", may_ask))
    maker = acting(aws, role_trusting(hosts.iam, "lambda", may_make))

    runtime = asker("sagemaker-runtime")
    asked = {"Body": b"a,b\n", "ContentType": "text/csv"}
    assert runtime.invoke_endpoint(EndpointName=name, **asked)["Body"].read()
    # Bytes that are no text, and another endpoint.
    assert runtime.invoke_endpoint(EndpointName=name, Body=b"\xff", ContentType="a/b")
    with pytest.raises(ClientError, match=r"AccessDenied.*InvokeEndpoint.*endpoint/other"):
        runtime.invoke_endpoint(EndpointName="other", **asked)
    with pytest.raises(ClientError, match=r"AccessDenied.*sagemaker:DescribeEndpoint"):
        asker("sagemaker").describe_endpoint(EndpointName=name)
    with pytest.raises(ClientError, match=r"AccessDenied.*sagemaker:InvokeEndpoint"):
        maker("sagemaker-runtime").invoke_endpoint(EndpointName=name, **asked)
    with pytest.raises(ClientError, match=rf"AccessDenied.*iam:PassRole.*{hosts.role}"):
        maker("sagemaker").create_model(
            ModelName="passed",
            ExecutionRoleArn=hosts.role,
            PrimaryContainer={"Image": IMAGE, "ModelDataUrl": f"s3://{hosts.bucket}/model.tar.gz"},
        )
