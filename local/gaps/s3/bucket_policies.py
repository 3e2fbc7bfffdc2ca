"""Policies of buckets: in templates, and refused where they can't be followed here.

moto's CloudFormation does not make them, and its S3 takes every text for one.
"""

from typing import Any

from moto.s3.exceptions import S3ClientError
from moto.s3.models import S3Backend, s3_backends
from moto.utilities.utils import get_partition

from local.access.policy import NotImitated, statements
from local.gaps.cloudformation.template_policies import TemplatePolicy, add_model
from local.patches import wrap


class _MalformedPolicy(S3ClientError):  # type: ignore[misc]
    """S3 and CloudFormation both tell the text."""


class _BucketPolicy(TemplatePolicy):
    """The policy of a bucket."""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::S3::BucketPolicy"

    @staticmethod
    def put(properties: Any, policy: str, account_id: str, region_name: str) -> str:
        bucket = str(properties["Bucket"])
        _backend(account_id, region_name).put_bucket_policy(bucket, policy.encode())
        return bucket

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        backend = _backend(account_id, region_name)
        if resource_name in backend.buckets:
            backend.delete_bucket_policy(resource_name)


def patch() -> None:
    """Makes a template's bucket policies count, and refuses those that can't be followed."""
    add_model(_BucketPolicy)
    wrap(S3Backend, "put_bucket_policy", _put_bucket_policy)


def _put_bucket_policy(put: Any, self: S3Backend, bucket_name: str, policy: bytes) -> None:
    try:
        statements(policy)
    except NotImitated as error:
        raise _MalformedPolicy("MalformedPolicy", str(error)) from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _MalformedPolicy("MalformedPolicy", "This is not a bucket policy.") from None
    put(self, bucket_name, policy)


def _backend(account: str, region: str) -> S3Backend:
    return s3_backends[account][get_partition(region)]
