"""An execution of the state machine, and the run that follows from it."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Execution:
    """An execution by its ARN and its start, in ISO 8601 and UTC."""

    arn: str
    start_time: str

    @property
    def run(self) -> str:
        """The run's name, sortable by time and the same for every retry and redrive."""
        digits = "".join(c for c in self.start_time[:19] if c.isdigit())
        return f"{digits[:8]}-{digits[8:]}-{hashlib.sha256(self.arn.encode()).hexdigest()[:6]}"
