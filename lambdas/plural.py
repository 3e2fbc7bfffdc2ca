"""Numbers with the noun that they count, for people."""


def counted(number: int, noun: str) -> str:
    """The number and the noun, in the plural unless the number is 1: ``1 row``, ``2,000 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
