"""Which job is meant, and what belongs to it in its state machine and in AWS."""

from enum import StrEnum
from typing import Literal

Result = Literal["Training", "Evaluation", "Prediction"]


class JobKind(StrEnum):
    """A run's two jobs and a prediction's one, each called like its state in its state machine."""

    TRAIN = "Train"
    EVALUATE = "Evaluate"
    PREDICT = "Predict"

    @property
    def result(self) -> Result:
        """The field of the state in which the job's result stands."""
        return _RESULTS[self]

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


_RESULTS: dict[JobKind, Result] = {
    JobKind.TRAIN: "Training",
    JobKind.EVALUATE: "Evaluation",
    JobKind.PREDICT: "Prediction",
}


def kind_recovered_in(state: str) -> JobKind | None:
    """The job that the state recovers; None for all other states."""
    return next((kind for kind in JobKind if kind.recovered_in == state), None)


def kind_waiting_in(state: str) -> JobKind | None:
    """The job before which the state pauses; None for all other states."""
    return next((kind for kind in JobKind if kind.waits_in == state), None)


def kind_behind(state: str) -> JobKind | None:
    """The job that the state runs, recovers or waits for; None where it is about no job."""
    return next((k for k in JobKind if state in (k, k.recovered_in, k.waits_in)), None)
