"""Which of a run's two jobs is meant, and what belongs to it in the state machine and in AWS."""

from enum import StrEnum
from typing import Literal


class JobKind(StrEnum):
    """A run's two jobs, each called like its state in the state machine."""

    TRAIN = "Train"
    EVALUATE = "Evaluate"

    @property
    def result(self) -> Literal["Training", "Evaluation"]:
        """The field of the state in which the job's result stands."""
        return "Training" if self is JobKind.TRAIN else "Evaluation"

    @property
    def recovered_in(self) -> str:
        """The state that follows the job's errors."""
        return f"Recover{self.result}"

    @property
    def waits_in(self) -> str:
        """The state in which the run pauses before the job is tried again."""
        return f"WaitFor{self.result}"

    @property
    def log_group(self) -> str:
        """Where SageMaker writes what the job's program prints."""
        sagemakers_own = "Training" if self is JobKind.TRAIN else "Processing"
        return f"/aws/sagemaker/{sagemakers_own}Jobs"


def kind_recovered_in(state: str) -> JobKind | None:
    """The job that the state recovers; None for all other states."""
    return next((kind for kind in JobKind if kind.recovered_in == state), None)


def kind_waiting_in(state: str) -> JobKind | None:
    """The job before which the state pauses; None for all other states."""
    return next((kind for kind in JobKind if kind.waits_in == state), None)


def kind_behind(state: str) -> JobKind | None:
    """The job that the state runs, recovers or waits for; None where it is about no job."""
    return next((k for k in JobKind if state in (k, k.recovered_in, k.waits_in)), None)
