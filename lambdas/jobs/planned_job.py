"""Where a job is to run: its part of ``Instance`` in the state."""

from dataclasses import dataclass

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
    match kind:
        case JobKind.TRAIN:
            return PlannedJob(
                instance["TrainType"],
                instance["TrainUSDPerHour"],
                instance["Candidates"],
                instance.get("TrainWaits", 0),
            )
        case JobKind.EVALUATE:
            return PlannedJob(
                instance["EvaluateType"],
                instance["EvaluateUSDPerHour"],
                instance["EvaluateCandidates"],
                instance.get("EvaluateWaits", 0),
            )
        case JobKind.PREDICT:
            return PlannedJob(
                instance["PredictType"],
                instance["PredictUSDPerHour"],
                instance["PredictCandidates"],
                instance.get("PredictWaits", 0),
            )


def planned_kinds(instance: InstanceState) -> list[JobKind]:
    """The jobs that ``instance`` is about: those of its state machine."""
    return [kind for kind in JobKind if f"{kind}Type" in instance]


def replanned(instance: InstanceState, kind: JobKind, job: PlannedJob) -> InstanceState:
    """``instance`` with ``job`` as the part that is about this kind; its candidates stay."""
    changed = instance.copy()
    match kind:
        case JobKind.TRAIN:
            changed["TrainType"] = job.type
            changed["TrainUSDPerHour"] = job.usd_per_hour
            changed["TrainWaits"] = job.waits
        case JobKind.EVALUATE:
            changed["EvaluateType"] = job.type
            changed["EvaluateUSDPerHour"] = job.usd_per_hour
            changed["EvaluateWaits"] = job.waits
        case JobKind.PREDICT:
            changed["PredictType"] = job.type
            changed["PredictUSDPerHour"] = job.usd_per_hour
            changed["PredictWaits"] = job.waits
    return changed
