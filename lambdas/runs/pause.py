"""How long a prediction pauses for which a limit has no room at the moment.

It waits in the state machine and not in line: what it costs is little, and the next one may fit.
What a run reads is kept for 30 days (infra/template.yaml), so it waits for 25 at the most.
"""

from datetime import UTC, datetime, timedelta

from lambdas.errors import BudgetTooSmall
from lambdas.language import spoken

_FIRST_SECONDS = 30
_LONGEST_SECONDS = 3600
_MOST_WAITED = timedelta(days=25)


def began(run: str) -> datetime:
    """When the execution of a run began, which its name begins with."""
    return datetime.strptime(run[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)


def pause_seconds(run: str, why: str, now: datetime, chance: float) -> int:
    """How long the run pauses now: as long as it has been under way, but an hour at the most.

    ``chance``, from 0 to 1, spreads the pauses of many runs.

    Raises:
        BudgetTooSmall: it has waited for 25 days. ``why`` is which limit has no room.
    """
    waited = now - began(run)
    if waited > _MOST_WAITED:
        told = spoken(
            "It has waited for {days} days. Choose Redrive to try once more, after raising the "
            "limit.",
            days=_MOST_WAITED.days,
        )
        raise BudgetTooSmall(f"{why} {told}")
    longest = min(_LONGEST_SECONDS, max(_FIRST_SECONDS, waited.total_seconds()))
    return max(1, round(longest * (0.5 + 0.5 * chance)))
