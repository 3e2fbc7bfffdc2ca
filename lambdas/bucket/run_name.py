"""What the name of a run tells, under which it has its folders."""

from datetime import UTC, datetime


def began(run: str) -> datetime:
    """When the execution of a run began, which the run's name begins with.

    Raises:
        ValueError: somebody has named the run otherwise.
    """
    return datetime.strptime(run[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
