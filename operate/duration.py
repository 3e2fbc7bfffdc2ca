"""How long something took, as people read it."""

from datetime import timedelta

from operate.language import spoken


def duration(took: timedelta | float) -> str:
    """In the two largest units. A number is one of seconds."""
    seconds = round(took.total_seconds() if isinstance(took, timedelta) else took)
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours:
        return spoken("{hours} h {minutes} min", hours=hours, minutes=minutes)
    if minutes:
        return spoken("{minutes} min {seconds} s", minutes=minutes, seconds=seconds % 60)
    return spoken("{seconds} s", seconds=seconds)
