"""An execution's history in pages, and the newest events first, where that is asked for; moto gives
all of it, the oldest first.

Source: AWS Step Functions API reference, GetExecutionHistory. Without ``maxResults`` AWS gives 100
events at a time; here it is all.
"""

from moto.core.responses import ActionResult
from moto.stepfunctions.parser.api import GetExecutionHistoryOutput
from moto.stepfunctions.responses import StepFunctionResponse

from local.patches import replace

_MOST = 1000


def patch() -> None:
    """Makes GetExecutionHistory look at ``reverseOrder``, ``maxResults`` and ``nextToken``."""
    replace(StepFunctionResponse, "get_execution_history", _get_execution_history)


def _get_execution_history(self: StepFunctionResponse) -> ActionResult:
    backend, execution = self.stepfunction_backend, self._get_param("executionArn")
    events = backend.get_execution_history(execution)["events"]
    # A token is the number of the last event that was given, for newer ones come meanwhile.
    last = int(self._get_param("nextToken") or 0)
    if self._get_bool_param("reverseOrder", if_none=False):
        events = [event for event in reversed(events) if not last or event["id"] < last]
    else:
        events = [event for event in events if event["id"] > last]
    asked = self._get_int_param("maxResults")
    most = min(asked, _MOST) if asked else len(events)
    page = GetExecutionHistoryOutput(events=events[:most])
    if most < len(events):
        page["nextToken"] = str(events[most - 1]["id"])
    return ActionResult(page)
