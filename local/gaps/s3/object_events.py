"""S3's events to EventBridge, with the fields and in the number in which S3 sends them.

Source: Amazon S3 User Guide, "EventBridge event message structure".
"""

import itertools
import logging
import time
import uuid
from typing import Any

from moto.core.utils import iso_8601_datetime_without_milliseconds, utcnow
from moto.events.models import events_backends
from moto.s3 import notifications

from local.patches import replace

_LOG = logging.getLogger(__name__)

_REASONS = {
    "s3:ObjectCreated:Put": "PutObject",
    "s3:ObjectCreated:Post": "POST Object",
    "s3:ObjectCreated:Copy": "CopyObject",
    "s3:ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload",
}
_sequence = itertools.count(time.time_ns())


def patch() -> None:
    """Makes moto's S3 send EventBridge what S3 sends."""
    replace(notifications, "_send_event_bridge_message", _send)


def _send(account_id: str, bucket: Any, event_name: str, key: Any) -> None:
    name = getattr(event_name, "value", event_name)
    if getattr(key, "multipart", None) and name == "s3:ObjectCreated:Put":
        return  # moto stores the finished upload with a put of its own before it says so
    deliver(account_id, bucket.region_name, _event(account_id, bucket, name, key))


def matching_rules(account_id: str, region: str, event: dict[str, Any]) -> list[Any]:
    """The rules of all buses that want the event."""
    buses = list(events_backends[account_id][region].event_buses.values())
    rules = [rule for bus in buses for rule in list(bus.rules.values())]
    return [rule for rule in rules if rule.event_pattern.matches_event(event)]


def deliver(account_id: str, region: str, event: dict[str, Any]) -> bool:
    """Sends the event to every rule that wants it; returns whether all of them have taken it."""
    delivered = True
    for rule in matching_rules(account_id, region, event):
        try:
            rule.send_to_targets(event, transform_input=False)
        except Exception:  # noqa: BLE001 (S3 answers the upload whatever becomes of its event)
            delivered = False
            _LOG.exception("The event %s was not delivered to %s", event["id"], rule.name)
    return delivered


def _event(account_id: str, bucket: Any, name: str, key: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": notifications._detail_type(name),
        "source": "aws.s3",
        "account": account_id,
        "time": iso_8601_datetime_without_milliseconds(utcnow()),
        "region": bucket.region_name,
        "resources": [bucket.arn],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket.name},
            "object": {
                "key": key.name,
                "size": key.size,
                "etag": key.etag.strip('"'),
                "version-id": key.version_id,
                "sequencer": f"{next(_sequence):016X}",
            },
            "request-id": uuid.uuid4().hex[:16].upper(),
            "requester": account_id,
            "source-ip-address": "127.0.0.1",
            "reason": _REASONS.get(name, name.rpartition(":")[2]),
        },
    }
