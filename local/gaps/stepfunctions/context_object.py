"""The context object's Execution with all its fields, and executions without a name.

Source: AWS Step Functions Developer Guide, "Accessing execution data from the Context object".
"""

import uuid
from typing import Any

from moto.core.utils import iso_8601_datetime_with_milliseconds
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from local.patches import wrap


def patch() -> None:
    """Fills in what the interpreter leaves out."""
    wrap(ExecutionWorker, "_get_evaluation_environment", _environment_with_execution)
    wrap(StepFunctionsParserBackend, "start_execution", _start_with_name)


def _environment_with_execution(environment_of: Any, self: ExecutionWorker) -> Any:
    environment = environment_of(self)
    execution = self._execution_communication.execution
    context: Any = environment.states.context_object.context_object_data["Execution"]
    context["Name"] = execution.name
    context["StartTime"] = iso_8601_datetime_with_milliseconds(execution.start_date)
    context["RedriveCount"] = execution.redrive_count
    if execution.redrive_date:
        context["RedriveTime"] = iso_8601_datetime_with_milliseconds(execution.redrive_date)
    return environment


def _start_with_name(
    start: Any,
    self: StepFunctionsParserBackend,
    arn: str,
    name: str | None = None,
    *args: Any,
    **kw: Any,
) -> Any:
    return start(self, arn, name or str(uuid.uuid4()), *args, **kw)
