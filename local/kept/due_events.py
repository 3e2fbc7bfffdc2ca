"""Events about uploads that are not lost when local mode ends before they are delivered.

An event is written down in the same breath as the upload that it is about, and crossed out when
every rule has taken it. What is left is delivered after the next start, and so are the events that
come before the rules are there again; an event may come twice, as EventBridge's do.
"""

import json
from typing import Any

from local.gaps.s3 import object_events
from local.kept.database import Database
from local.kept.executions import KeptExecutions
from local.kept.objects import KeptObjects
from local.patches import replace


class DueEvents:
    """The events that some rule has yet to take."""

    def __init__(
        self, database: Database, objects: KeptObjects, executions: KeptExecutions
    ) -> None:
        self._database = database
        self._objects = objects
        self._executions = executions
        self._deliver = object_events.deliver
        self._rules_are_there = False

    def attach(self) -> None:
        """Makes S3 write an event down before it is sent."""
        replace(object_events, "deliver", self._deliver_surely)

    def deliver_all(self) -> None:
        """Sends what was left, now that the rules are there."""
        self._rules_are_there = True
        for account, region, event in self._database.rows(
            "SELECT account, region, event FROM due_events ORDER BY rowid"
        ):
            self._send(account, region, json.loads(event))

    def _deliver_surely(self, account_id: str, region: str, event: dict[str, Any]) -> bool:
        if self._rules_are_there and not object_events.matching_rules(account_id, region, event):
            return True
        with self._objects.keeping():
            self._objects.write_bytes()
            with self._database.writing(durably=True) as tables:
                self._objects.flush()
                row = [event["id"], account_id, region, json.dumps(event)]
                tables.execute("INSERT OR IGNORE INTO due_events VALUES (?, ?, ?, ?)", row)
        return self._rules_are_there and self._send(account_id, region, event)

    def _send(self, account: str, region: str, event: dict[str, Any]) -> bool:
        delivered = self._deliver(account, region, event)
        # What is started while local mode ends does not get far, so the event stays due.
        if delivered and not self._executions.is_frozen:
            with self._database.writing() as tables:
                tables.execute("DELETE FROM due_events WHERE id = ?", [event["id"]])
        return delivered
