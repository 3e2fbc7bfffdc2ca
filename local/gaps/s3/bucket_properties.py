"""CloudFormation buckets with versioning, EventBridge, public-access block and lifecycle.

moto applies encryption and tags alone, and does not tell that a bucket tells EventBridge.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.s3.models import FakeBucket, s3_backends
from moto.s3.responses import S3Response
from moto.utilities.utils import get_partition

from local.patches import wrap


def patch() -> None:
    """Makes a bucket in a template get all the properties that it is given there."""
    wrap(S3Response, "serialized", _serialized_with_event_bridge)
    wrap(FakeBucket, "create_from_cloudformation_json", _create_with_properties)
    wrap(FakeBucket, "update_from_cloudformation_json", _update_with_properties)


def _create_with_properties(
    create: Any, cls: Any, resource_name: str, cloudformation_json: Any, *args: Any, **kwargs: Any
) -> FakeBucket:
    bucket: FakeBucket = create(cls, resource_name, cloudformation_json, *args, **kwargs)
    _apply(bucket, cloudformation_json.get("Properties", {}))
    return bucket


def _update_with_properties(
    update: Any, cls: Any, /, *, cloudformation_json: Any, **kw: Any
) -> FakeBucket:
    bucket: FakeBucket = update(cls, cloudformation_json=cloudformation_json, **kw)
    _apply(bucket, cloudformation_json.get("Properties", {}))
    return bucket


def _serialized_with_event_bridge(serialized: Any, self: S3Response, answer: ActionResult) -> Any:
    if self.data.get("Action") == "GetBucketNotificationConfiguration":
        told = self.backend.get_bucket_notification_configuration(self.bucket_name)
        if told and told.event_bridge is not None:
            answer = ActionResult({**answer.result, "EventBridgeConfiguration": {}})
    return serialized(self, answer)


def _apply(bucket: FakeBucket, properties: dict[str, Any]) -> None:
    backend = s3_backends[bucket.account_id][get_partition(bucket.region_name)]
    if versioning := properties.get("VersioningConfiguration"):
        backend.put_bucket_versioning(bucket.name, versioning["Status"])
    if "EventBridgeConfiguration" in properties.get("NotificationConfiguration", {}):
        backend.put_bucket_notification_configuration(bucket.name, {"EventBridgeConfiguration": {}})
    if block := properties.get("PublicAccessBlockConfiguration"):
        settings = {name: str(value).lower() for name, value in block.items()}
        backend.put_public_access_block(bucket.name, settings)
    if lifecycle := properties.get("LifecycleConfiguration"):
        backend.put_bucket_lifecycle_configuration(
            bucket.name, [_lifecycle_rule(rule) for rule in lifecycle["Rules"]]
        )


def _lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule in the words of the S3 API, made from one in the words of CloudFormation."""
    api: dict[str, Any] = {
        "ID": rule.get("Id"),
        "Status": rule["Status"],
        "Filter": {"Prefix": rule.get("Prefix", "")},
    }
    if "ExpirationInDays" in rule:
        api["Expiration"] = {"Days": rule["ExpirationInDays"]}
    for name in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if name in rule:
            api[name] = rule[name]
    return api
