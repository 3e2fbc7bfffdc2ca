"""An execution of the state machine, and the run that follows from it."""

import hashlib
from dataclasses import dataclass
from typing import Any, Self, TypedDict


class StartEvent(TypedDict):
    """What a state machine hands to its first step: the execution's input, its ARN, and its start
    in ISO 8601."""

    Input: Any
    Id: str
    StartTime: str


@dataclass(frozen=True)
class Execution:
    """An execution by its ARN and its start, in ISO 8601 and UTC."""

    arn: str
    start_time: str

    @classmethod
    def of(cls, event: StartEvent) -> Self:
        """The execution whose first step got the event."""
        return cls(event["Id"], event["StartTime"])

    @property
    def run(self) -> str:
        """The run's name, sortable by time and the same for every retry and redrive."""
        return f"{self._digits[:8]}-{self._digits[8:14]}-{self._mark}"

    @property
    def place(self) -> str:
        """The run's place in line: like its name, but in the order of milliseconds."""
        return f"{self._digits[:8]}-{self._digits[8:17]:0<9}-{self._mark}"

    @property
    def _digits(self) -> str:
        return "".join(c for c in self.start_time[:23] if c.isdigit())

    @property
    def _mark(self) -> str:
        return hashlib.sha256(self.arn.encode()).hexdigest()[:6]
