"""What is handed on to be put into words: numbers, names, days, and which of some phrases it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(init=False)
class Phrase:
    """A fact that is told in words of its own: which of them, and the facts that stand in them."""

    key: str
    facts: Mapping[str, "Fact"]

    def __init__(self, key: str, **facts: "Fact") -> None:
        self.key = key
        self.facts = facts


@dataclass(frozen=True)
class Day:
    """A day in the order in which a date was read, which no calendar has to have."""

    day: int
    month: int
    year: int


Fact = int | float | str | Day | Phrase | Sequence[str] | Sequence[int] | Sequence[Phrase] | None
