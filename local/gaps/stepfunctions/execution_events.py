"""The event that Step Functions sends to EventBridge when an execution has ended.

Source: AWS Step Functions Developer Guide, "Automating Step Functions event delivery with
EventBridge".
"""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from moto.events.models import events_backends
from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution

from local.patches import wrap


def patch() -> None:
    """Makes the end of an execution an event."""
    wrap(BaseExecutionWorkerCommunication, "terminated", _terminated_and_told)


def _terminated_and_told(terminated: Any, self: BaseExecutionWorkerCommunication) -> None:
    terminated(self)
    send(self.execution)


def send(execution: Execution) -> None:
    """Tells EventBridge how the execution has ended."""
    event = _event(execution)
    bus = events_backends[execution.account_id][execution.region_name].event_buses["default"]
    for rule in list(bus.rules.values()):
        rule.send_to_targets(event, transform_input=False)


def _event(execution: Execution) -> dict[str, Any]:
    started, stopped, output = execution.start_date, execution.stop_date, execution.output
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Step Functions Execution Status Change",
        "source": "aws.states",
        "account": execution.account_id,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": execution.region_name,
        "resources": [execution.exec_arn],
        "detail": {
            "executionArn": execution.exec_arn,
            "stateMachineArn": execution.state_machine.arn,
            "name": execution.name,
            "status": ExecutionStatus(execution.exec_status).value,
            "startDate": round(started.timestamp() * 1000),
            "stopDate": round(stopped.timestamp() * 1000) if stopped else None,
            "input": json.dumps(execution.input_data),
            "output": json.dumps(output) if output is not None else None,
        },
    }
