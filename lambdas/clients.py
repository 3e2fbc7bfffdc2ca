"""AWS clients, each made once: a function's process answers many events, and to make a client takes
longer than most calls, which moreover go on over the connection that is open."""

from functools import cache
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_stepfunctions import SFNClient


@cache
def s3() -> "S3Client":
    """A client for S3."""
    return boto3.client("s3")


@cache
def step_functions() -> "SFNClient":
    """A client for Step Functions."""
    return boto3.client("stepfunctions")


@cache
def sagemaker() -> "SageMakerClient":
    """A client for SageMaker."""
    return boto3.client("sagemaker")


@cache
def logs() -> "CloudWatchLogsClient":
    """A client for CloudWatch Logs."""
    return boto3.client("logs")


@cache
def sns() -> "SNSClient":
    """A client for SNS."""
    return boto3.client("sns")
