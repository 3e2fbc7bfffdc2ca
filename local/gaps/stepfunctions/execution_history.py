"""The newest events of an execution first, where that is asked for; moto gives the oldest first."""

from moto.core.responses import ActionResult
from moto.stepfunctions.parser.api import GetExecutionHistoryOutput
from moto.stepfunctions.responses import StepFunctionResponse

from local.patches import replace


def patch() -> None:
    """Makes GetExecutionHistory look at ``reverseOrder``."""
    replace(StepFunctionResponse, "get_execution_history", _get_execution_history)


def _get_execution_history(self: StepFunctionResponse) -> ActionResult:
    backend, execution = self.stepfunction_backend, self._get_param("executionArn")
    events = backend.get_execution_history(execution)["events"]
    if self._get_bool_param("reverseOrder", if_none=False):
        events = events[::-1]
    return ActionResult(GetExecutionHistoryOutput(events=events))
