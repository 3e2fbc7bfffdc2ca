"""The names of the jobs of runs and predictions, which are unique in the account forever.

SageMaker takes 63 letters, ``^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$`` (API reference,
CreateTrainingJob). Step Functions' retry counter starts again on a redrive and with every attempt
on another instance type, so all three counts are part of the name.
"""

import re
from dataclasses import dataclass
from typing import Self

from lambdas.jobs.kind import JobKind

# How the state machine fills it in, too (workflow/states.py).
PATTERN = "{run}-{kind}-{attempt}-{redrive}-{retry}"
_NAME = re.compile(r"(?P<run>.+)-(?P<kind>[a-z]+)-(?P<attempt>\d+)-(?P<redrive>\d+)-(?P<retry>\d+)")


def run_job_name(slug: str, run: str) -> str:
    """How the names of all jobs of a run begin.

    Args:
        slug: what of the dataset's name a job name can carry.
        run: the run's name.
    """
    return f"codefree-{slug}-{run}"


@dataclass(frozen=True)
class JobName:
    """One job's name: ``run`` is how those of all jobs of its run begin; ``attempt`` counts
    recoveries, ``redrive`` redrives of the execution, and ``retry`` Step Functions' own retries."""

    run: str
    kind: JobKind
    attempt: int
    redrive: int
    retry: int

    @classmethod
    def read(cls, name: str) -> Self | None:
        """The parts of ``name``; None where Codefree did not make it."""
        found = _NAME.fullmatch(name)
        kind = next((k for k in JobKind if found and k.lower() == found["kind"]), None)
        if not found or not kind:
            return None
        counts = (int(found[count]) for count in ("attempt", "redrive", "retry"))
        return cls(found["run"], kind, *counts)

    def __str__(self) -> str:
        return PATTERN.format(
            run=self.run,
            kind=self.kind.lower(),
            attempt=self.attempt,
            redrive=self.redrive,
            retry=self.retry,
        )


def attempt_prefix(run: str, kind: JobKind, attempt: int | None = None) -> str:
    """How the names of a run's jobs of one kind begin, or only those of one attempt."""
    return f"{run}-{kind.lower()}-" + ("" if attempt is None else f"{attempt}-")
