"""What an endpoint costs by the hour, as its tags have it; anybody may have changed them."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from lambdas.endpoints import tags as tag


def usd_per_hour(tags: Mapping[str, str]) -> float | None:
    """What an hour costs; None where the tags don't tell it."""
    return _amount(tags.get(tag.PRICE))


def spent_usd(tags: Mapping[str, str], now: datetime) -> float | None:
    """What was spent until ``now``; None where the tags don't tell it."""
    price, before = usd_per_hour(tags), _amount(tags.get(tag.SPENT, "0"))
    since = _time(tags.get(tag.SINCE))
    if price is None or before is None or since is None:
        return None
    return before + price * max((now - since) / timedelta(hours=1), 0)


def _amount(text: str | None) -> float | None:
    try:
        amount = float(text or "")
    except ValueError:
        return None
    return amount if math.isfinite(amount) and amount >= 0 else None


def _time(text: str | None) -> datetime | None:
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
