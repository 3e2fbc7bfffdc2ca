"""EventBridge rules whose target is a state machine; moto knows no such target."""

import json
import uuid
from typing import Any

from moto.events.models import Rule
from moto.stepfunctions.parser.models import stepfunctions_parser_backends


def close() -> None:
    """Makes a rule start an execution for each matching event."""
    send_to_others = Rule.send_to_targets

    def send_to_targets(self: Rule, original_event: Any, transform_input: bool = True) -> None:
        state_machines = [t for t in self.targets if ":stateMachine:" in t["Arn"]]
        if self.state == "ENABLED" and self.event_pattern.matches_event(original_event):
            for target in state_machines:
                _start(self, target["Arn"], original_event)
        if len(state_machines) == len(self.targets):
            return
        everything = self.targets
        self.targets = [t for t in everything if t not in state_machines]
        try:
            send_to_others(self, original_event, transform_input)
        finally:
            self.targets = everything

    Rule.send_to_targets = send_to_targets


def _start(rule: Rule, arn: str, event: Any) -> None:
    backend = stepfunctions_parser_backends[rule.account_id][rule.region_name]
    # EventBridge names an execution after the event and the delivery.
    name = f"{event.get('id', uuid.uuid4())}_{uuid.uuid4()}"
    backend.start_execution(arn, name, json.dumps(event))
