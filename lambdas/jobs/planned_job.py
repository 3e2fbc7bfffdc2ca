"""Where a job is to run: its part of ``Instance`` in the state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from lambdas.jobs.kind import JobKind
from lambdas.state import CandidateState, InstanceState


@dataclass(frozen=True)
class PlannedJob:
    """Where a job runs next, and what else it may run on, the best first.

    ``waits`` is how often this attempt has waited its turn so far.
    """

    type: str
    usd_per_hour: float
    candidates: list[CandidateState]
    waits: int = 0

    @property
    def usd_per_hour_of(self) -> dict[str, float]:
        """What each of the candidates costs, by its type."""
        return {way["Type"]: way["USDPerHour"] for way in self.candidates}


def planned_job(instance: InstanceState, kind: JobKind) -> PlannedJob:
    """The part of ``instance`` that is about the job of this kind."""
    planned = cast(Mapping[str, Any], instance)
    return PlannedJob(
        planned[f"{kind}Type"],
        planned[f"{kind}USDPerHour"],
        # The training's are the run's: the most that it can cost with each of them is that of both
        # jobs.
        planned["Candidates" if kind is JobKind.TRAIN else f"{kind}Candidates"],
        planned.get(f"{kind}Waits", 0),
    )


def planned_kinds(instance: InstanceState) -> list[JobKind]:
    """The jobs that ``instance`` is about: those of its state machine."""
    return [kind for kind in JobKind if f"{kind}Type" in instance]


def replanned(instance: InstanceState, kind: JobKind, job: PlannedJob) -> InstanceState:
    """``instance`` with ``job`` as the part that is about this kind; its candidates stay."""
    changes = {
        f"{kind}Type": job.type,
        f"{kind}USDPerHour": job.usd_per_hour,
        f"{kind}Waits": job.waits,
    }
    return cast(InstanceState, {**instance, **changes})
