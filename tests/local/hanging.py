"""A `codefree` in which one step of each of some datasets hangs, so that it can be killed there."""

from typing import Any

import local.aws
from codefree.cli import app
from local.faults import Fault, FunctionFault, JobFault

HANGS: dict[str, list[Fault]] = {
    "CheckPair": [FunctionFault("in CheckPair", "CheckPair", "hang")],
    "PickInstance": [FunctionFault("in PickInstance", "PickInstance", "hang")],
    "ReserveBudget": [FunctionFault("in ReserveBudget", "ReserveBudget", "hang")],
    "Train": [JobFault("in Train", "Training", "hang")],
    "RecoverTraining": [
        JobFault("in RecoverTraining", "Training", "no capacity"),
        FunctionFault("in RecoverTraining", "Recover", "hang"),
    ],
    "SealModel": [FunctionFault("in SealModel", "SealModel", "hang")],
    "Evaluate": [JobFault("in Evaluate", "Processing", "hang")],
    "Publish": [FunctionFault("in Publish", "Publish", "hang")],
}


class HangingAws(local.aws.LocalAws):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for faults in HANGS.values():
            self.faults.plan(faults)


if __name__ == "__main__":
    local.aws.LocalAws = HangingAws  # type: ignore[misc]
    app()
