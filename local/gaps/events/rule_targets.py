"""EventBridge rules whose target is a state machine or a Lambda function; moto knows neither."""

import json
import logging
import uuid
from collections.abc import Callable
from typing import Any

from moto.awslambda.utils import get_backend
from moto.events.models import Rule
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local import waits
from local.access.control import AccessControl, Denied, NotAssumable
from local.access.needs import Need
from local.patches import wrap
from local.turns import Turns

_LOG = logging.getLogger(__name__)
_SERVICE = "events"
_invocations = Turns(threads=32)


def patch(access: AccessControl) -> None:
    """Makes a rule start an execution, or invoke a function, for each matching event.

    What the target's role or the function's policy does not allow is not delivered. On AWS it goes
    to the target's dead-letter queue; here only the log tells of it.
    """

    def send_to_targets(
        send_to_others: Any, self: Rule, original_event: Any, transform_input: bool = True
    ) -> None:
        ours = [(t, how) for t in self.targets if (how := _delivery(t["Arn"]))]
        if self.state == "ENABLED" and self.event_pattern.matches_event(original_event):
            for target, deliver in ours:
                try:
                    deliver(access, self, target, original_event)
                except (Denied, NotAssumable) as reason:
                    _LOG.error("%s did not deliver to %s: %s", self.name, target["Arn"], reason)
        if len(ours) == len(self.targets):
            return
        everything = self.targets
        self.targets = [t for t in everything if not _delivery(t["Arn"])]
        try:
            send_to_others(self, original_event, transform_input)
        finally:
            self.targets = everything

    wrap(Rule, "send_to_targets", send_to_targets)


def _delivery(arn: str) -> Callable[[AccessControl, Rule, dict[str, Any], Any], None] | None:
    if ":stateMachine:" in arn:
        return _start
    return _invoke if ":function:" in arn else None


def _start(access: AccessControl, rule: Rule, target: dict[str, Any], event: Any) -> None:
    arn = target["Arn"]
    session = access.assumed(target.get("RoleArn", ""), _SERVICE, rule.name[:64], rule.arn)
    access.check(session, [Need("states:StartExecution", arn)])
    backend = stepfunctions_parser_backends[rule.account_id][rule.region_name]
    # EventBridge names an execution after the event and the delivery.
    name = f"{event.get('id', uuid.uuid4())}_{uuid.uuid4()}"
    backend.start_execution(arn, name, json.dumps(event))


def _invoke(access: AccessControl, rule: Rule, target: dict[str, Any], event: Any) -> None:
    """Invokes the function without waiting for it, as EventBridge does.

    Lambda tries an asynchronous invocation that fails two times more, after a minute and after
    two (AWS Lambda Developer Guide, "Invoking a Lambda function asynchronously").
    """
    arn = target["Arn"]
    function = get_backend(rule.account_id, rule.region_name).get_function(arn)
    policy = {"Statement": function.policy.statements}
    need = Need("lambda:InvokeFunction", function.function_arn, resource_policies=(policy,))
    access.check_service(_SERVICE, rule.arn, need)

    def invoke() -> None:
        for pause in (0, 60, 120):
            waits.pause(pause)
            payload, failed, log = function._invoke_lambda(event)
            if not failed:
                return
            _LOG.error("%s failed: %s\n%s", arn, payload, log)

    _invocations.take(invoke)
