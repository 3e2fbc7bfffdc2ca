"""Moments in JSON."""

from datetime import datetime
from typing import Any

_TIME = "$time"


def as_json(value: datetime) -> dict[str, str]:
    """The moment as json.dumps can write it."""
    return {_TIME: value.isoformat()}


def with_times(value: dict[str, Any]) -> Any:
    """What was read, for json.loads: an object, or the moment that it stands for."""
    return datetime.fromisoformat(value[_TIME]) if _TIME in value else value
