"""When an endpoint is to be taken down: ``--hours`` or ``--until``."""

from datetime import UTC, datetime, timedelta

from operate.account import CannotDo
from operate.language import spoken

# How often StopEndpoints looks (infra/template.yaml).
LATE_BY = timedelta(minutes=15)
# Nobody means more than a year; a wrong year would be dear.
_LONGEST = timedelta(days=366)


def chosen_end(hours: float | None, until: str | None, now: datetime) -> datetime | None:
    """The end that was asked for, in UTC; None where none was.

    Args:
        hours: from ``now`` on.
        until: in ISO 8601; without a zone it is this machine's time.
        now: with a zone.

    Raises:
        CannotDo: it is no time, has passed, or both were given.
    """
    if hours is not None and until is not None:
        raise CannotDo(spoken("Choose --hours or --until, not both."))
    if hours is not None:
        end = now + timedelta(hours=min(hours, 10_000))
    elif until is not None:
        end = _time(until)
    else:
        return None
    if end <= now:
        raise CannotDo(spoken("The end {end} has passed. Choose a later one.", end=local_text(end)))
    if end - now > _LONGEST:
        raise CannotDo(
            spoken(
                "The end {end} is more than a year away. Choose an earlier one; it can be put off "
                "at any time.",
                end=local_text(end),
            )
        )
    return end.astimezone(UTC)


def local_text(time: datetime) -> str:
    """The time on this machine's clock, to the minute, with the offset of its zone."""
    return time.astimezone().isoformat(sep=" ", timespec="minutes")


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError):
        raise CannotDo(
            spoken(
                "--until {text} is no time. Write it as 2026-03-05T18:00, or with a zone as "
                "2026-03-05T18:00+09:00.",
                text=repr(text),
            )
        ) from None
