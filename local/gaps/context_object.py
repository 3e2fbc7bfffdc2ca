"""The context object's Execution.Name, RedriveCount and StartTime, and executions without a name.

Source: AWS Step Functions Developer Guide, "Accessing execution data from the Context object".
"""

import uuid
from typing import Any

from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.models import StepFunctionsParserBackend


def close() -> None:
    """Fills in what the interpreter leaves out."""
    environment_of = ExecutionWorker._get_evaluation_environment
    start = StepFunctionsParserBackend.start_execution

    def _get_evaluation_environment(self: ExecutionWorker) -> Any:
        environment = environment_of(self)
        details = self._evaluation_details.execution_details
        execution: Any = environment.states.context_object.context_object_data["Execution"]
        execution["Name"] = details.name
        execution["RedriveCount"] = 0
        execution["StartTime"] = details.start_time.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        return environment

    def start_execution(
        self: StepFunctionsParserBackend, arn: str, name: str | None = None, *args: Any, **kw: Any
    ) -> Any:
        return start(self, arn, name or str(uuid.uuid4()), *args, **kw)

    ExecutionWorker._get_evaluation_environment = _get_evaluation_environment
    StepFunctionsParserBackend.start_execution = start_execution
