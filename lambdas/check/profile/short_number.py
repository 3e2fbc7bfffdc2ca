"""A number with few digits that stands between two others, for people to read."""


def short_number(least: float, below: float) -> str:
    """A number with few digits that is at least ``least`` and smaller than ``below``."""
    for digits in range(1, 16):
        short = f"{float(f'{least:.{digits}g}'):.15g}"
        if least <= float(short) < below:
            return short
    return repr(least)
