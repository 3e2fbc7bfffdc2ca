"""How long a prediction pauses for which a limit has no room at the moment.

It waits in the state machine and not in line: what it costs is little, and the next one may fit.
"""

from datetime import datetime

from lambdas.bucket.run_name import began
from lambdas.errors import BudgetTooSmall
from lambdas.jobs.backoff import FIRST_SECONDS, LONGEST_SECONDS, MOST_WAITED, spread
from lambdas.language import spoken


def pause_seconds(run: str, why: str, now: datetime, chance: float) -> int:
    """How long the run pauses now: as long as it has been under way, but an hour at the most.

    ``chance``, from 0 to 1, spreads the pauses of many runs.

    Raises:
        BudgetTooSmall: it has waited for 25 days. ``why`` is which limit has no room.
    """
    waited = now - began(run)
    if waited > MOST_WAITED:
        told = spoken(
            "It has waited for {days} days. Choose Redrive to try once more, after raising the "
            "limit.",
            days=MOST_WAITED.days,
        )
        raise BudgetTooSmall(f"{why} {told}")
    longest = min(LONGEST_SECONDS, max(FIRST_SECONDS, waited.total_seconds()))
    return spread(longest, chance)
