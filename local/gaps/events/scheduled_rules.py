"""EventBridge rules with a schedule: they fire, and they take no other events.

moto keeps the expression and never looks at it, and to a rule without a pattern it sends every
event there is. Of the schedules, ``rate`` is run; ``cron`` is not. Source: Amazon EventBridge User
Guide, "Creating a rule that runs on a schedule".
"""

import logging
import re
import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.utils import iso_8601_datetime_without_milliseconds
from moto.events.models import EventPattern, Rule, events_backends

from local.patches import wrap

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_LOOK_SECONDS = 5
_LOG = logging.getLogger(__name__)


def patch() -> None:
    """Makes rules with a schedule take their own events alone."""
    wrap(Rule, "__init__", _initialise_with_schedule)


def _initialise_with_schedule(initialise: Any, self: Rule, *args: Any, **kwargs: Any) -> None:
    initialise(self, *args, **kwargs)
    self.fired = datetime.now(UTC)
    if self.scheduled_expression and not self.event_pattern.get_pattern():
        self.event_pattern = _OwnEvents(self.arn)


def fire(rule: Rule, due: datetime) -> None:
    """Sends the rule's targets the event that was ``due`` then."""
    rule.fired = due
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": rule.account_id,
        "time": iso_8601_datetime_without_milliseconds(due),
        "region": rule.region_name,
        "resources": [rule.arn],
        "detail": {},
    }
    rule.send_to_targets(event, transform_input=False)


def fire_due(now: datetime) -> None:
    """Fires every enabled rule whose time has come."""
    for rule in _rules():
        period = _period(rule.scheduled_expression)
        if rule.state == "ENABLED" and period and rule.fired + period <= now:
            try:
                fire(rule, now)
            except Exception:  # noqa: BLE001 (the other rules have theirs all the same)
                _LOG.exception("The schedule of %s could not be followed", rule.name)


class Clock:
    """Fires the rules in time, from :meth:`start` to :meth:`stop`."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def start(self) -> None:
        """Goes on in a thread of its own."""
        threading.Thread(target=self._run, name="schedules", daemon=True).start()

    def stop(self) -> None:
        """Fires nothing more."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(_LOOK_SECONDS):
            fire_due(datetime.now(UTC))


class _OwnEvents(EventPattern):  # type: ignore[misc]
    """The pattern of a rule that has none: only the rule's own schedule sends it anything."""

    def __init__(self, rule_arn: str) -> None:
        super().__init__(None, {})
        self._rule_arn = rule_arn

    def matches_event(self, event: Any) -> bool:
        return bool(
            event.get("source") == "aws.events" and event.get("resources") == [self._rule_arn]
        )


def _rules() -> list[Rule]:
    backends = [backend for account in events_backends.values() for backend in account.values()]
    buses = [bus for backend in backends for bus in list(backend.event_buses.values())]
    return [rule for bus in buses for rule in list(bus.rules.values())]


def _period(expression: str | None) -> timedelta | None:
    found = _RATE.fullmatch(expression or "")
    return timedelta(**{f"{found[2]}s": int(found[1])}) if found else None
