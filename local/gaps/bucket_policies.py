"""Policies of buckets: in templates, and refused where they can't be followed here.

moto's CloudFormation does not make them, and its S3 takes every text for one.
"""

import json
from typing import Any

from moto.core.common_models import CloudFormationModel
from moto.s3.exceptions import S3ClientError
from moto.s3.models import S3Backend, s3_backends
from moto.utilities.utils import get_partition

from local.access.policy import NotImitated, statements


class _MalformedPolicy(S3ClientError):  # type: ignore[misc]
    """S3 and CloudFormation both tell the text."""


class _BucketPolicy(CloudFormationModel):  # type: ignore[misc]
    """The policy of a bucket, by whose name it goes."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    @property
    def physical_resource_id(self) -> str:
        return self._bucket

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::S3::BucketPolicy"

    def is_created(self) -> bool:
        return True

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> "_BucketPolicy":
        properties = cloudformation_json["Properties"]
        policy = json.dumps(properties["PolicyDocument"], default=str)  # YAML may see a date
        _backend(account_id, region_name).put_bucket_policy(properties["Bucket"], policy.encode())
        return cls(properties["Bucket"])

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> "_BucketPolicy":
        return cls.create_from_cloudformation_json(
            new_resource_name, cloudformation_json, account_id, region_name
        )

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        backend = _backend(account_id, region_name)
        if resource_name in backend.buckets:
            backend.delete_bucket_policy(resource_name)


def close() -> None:
    """Makes a template's bucket policies count, and refuses those that can't be followed."""
    put = S3Backend.put_bucket_policy

    def put_bucket_policy(self: S3Backend, bucket_name: str, policy: bytes) -> None:
        try:
            statements(policy)
        except NotImitated as error:
            raise _MalformedPolicy("MalformedPolicy", str(error)) from None
        except (ValueError, TypeError, KeyError, AttributeError):
            raise _MalformedPolicy("MalformedPolicy", "This is not a bucket policy.") from None
        put(self, bucket_name, policy)

    S3Backend.put_bucket_policy = put_bucket_policy


def _backend(account: str, region: str) -> S3Backend:
    return s3_backends[account][get_partition(region)]
