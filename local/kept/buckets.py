"""Buckets that outlive the process, with what matters before their stack is deployed again."""

from datetime import datetime
from typing import Any, NamedTuple

from moto.s3.models import FakeBucket, S3Backend, s3_backends

from local.kept.database import Database
from local.patches import wrap


class _Row(NamedTuple):
    """A bucket as the database has it."""

    name: str
    account: str
    partition: str
    region: str
    created: str
    versioning: str | None
    sends_events: bool


class KeptBuckets:
    """Writes down which buckets there are."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._restored: set[str] = set()

    def attach(self) -> None:
        """Makes moto's S3 keep its buckets."""
        wrap(S3Backend, "create_bucket", self._create)
        wrap(S3Backend, "put_bucket_versioning", self._change)
        wrap(S3Backend, "put_bucket_notification_configuration", self._change)
        wrap(S3Backend, "delete_bucket", self._delete)

    def restore(self) -> None:
        """Makes the buckets that were kept, empty."""
        for row in self._database.rows("SELECT * FROM buckets"):
            self._restore(_Row(*row))

    def _create(
        self, create: Any, backend: S3Backend, name: str, *args: Any, **kwargs: Any
    ) -> FakeBucket:
        if name in self._restored:  # the stack is deployed into the bucket that it had made
            self._restored.discard(name)
            return backend.buckets[name]
        bucket = create(backend, name, *args, **kwargs)
        self._keep(bucket)
        return bucket

    def _change(self, change: Any, backend: S3Backend, name: str, setting: Any) -> None:
        change(backend, name, setting)
        self._keep(backend.get_bucket(name))

    def _delete(self, delete: Any, backend: S3Backend, name: str) -> Any:
        deleted = delete(backend, name)
        with self._database.writing(durably=True) as tables:
            tables.execute("DELETE FROM buckets WHERE name = ?", [name])
        return deleted

    def _keep(self, bucket: FakeBucket) -> None:
        notifications = bucket.notification_configuration
        row = _Row(
            bucket.name,
            bucket.account_id,
            bucket.partition,
            bucket.region_name,
            bucket.creation_date.isoformat(),
            bucket.versioning_status,
            bool(notifications and notifications.event_bridge is not None),
        )
        with self._database.writing(durably=True) as tables:
            tables.execute("INSERT OR REPLACE INTO buckets VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def _restore(self, row: _Row) -> None:
        bucket = s3_backends[row.account][row.partition].create_bucket(row.name, row.region)
        bucket.creation_date = datetime.fromisoformat(row.created)
        bucket.versioning_status = row.versioning
        if row.sends_events:
            bucket.set_notification_configuration({"EventBridgeConfiguration": {}})
        self._keep(bucket)
        self._restored.add(row.name)


def bucket_named(name: str) -> FakeBucket:
    """The bucket called ``name``; names are unique among all accounts."""
    partition, account = s3_backends.bucket_accounts[name]
    return s3_backends[account][partition].buckets[name]
