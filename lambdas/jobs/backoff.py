"""How long what has to wait pauses before it is tried again: half a minute at first, then longer.

What a run or a prediction reads is kept for 30 days (infra/template.yaml), so it waits for 25 at
the most.
"""

from datetime import timedelta

FIRST_SECONDS = 30
LONGEST_SECONDS = 3600
MOST_WAITED = timedelta(days=25)
AT_ONCE = 1


def spread(seconds: float, chance: float) -> int:
    """From half of the ``seconds`` to all of them: ``chance``, from 0 to 1, keeps many that wait
    from coming back at the same moment."""
    return max(AT_ONCE, round(seconds * (0.5 + 0.5 * chance)))
