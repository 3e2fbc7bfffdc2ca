"""An endpoint as it stands, where it changes while it is looked at."""

from datetime import UTC, datetime
from typing import cast

import boto3
from botocore.stub import Stubber

from operate.serving.endpoint import Endpoint
from operate.serving.stack_settings import StackSettings

ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/codefree-x"


def test_an_endpoint_that_is_gone_before_its_tags_are_read_is_none() -> None:
    sagemaker = boto3.client("sagemaker", region_name="us-east-1")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    described = {
        "EndpointName": "codefree-x",
        "EndpointArn": ARN,
        "EndpointStatus": "Deleting",
        "CreationTime": now,
        "LastModifiedTime": now,
    }
    with Stubber(sagemaker) as stub:
        stub.add_response("describe_endpoint", described)
        stub.add_client_error("list_tags", "ValidationException", f'Could not find "{ARN}".')
        assert Endpoint(sagemaker, cast(StackSettings, None), "codefree-x").now() is None
