"""The way of an upload: bucket, rule, role, workflow; and the queue for what gets lost.

Sources: Amazon EventBridge User Guide, "Using dead-letter queues to process undelivered events" and
"Use resource-based policies"; IAM API reference, SimulatePrincipalPolicy.
"""

import json
from datetime import UTC, datetime
from typing import Any

from lambdas.bucket.bucket import Bucket
from lambdas.predictions.lost_rows import find_lost_rows
from lambdas.uploads.lost_pairs import find_lost_pairs
from operate.doctor.finding import Check, Finding, bad, good, unknown
from operate.doctor.patient import Patient
from operate.doctor.resource_policy import lets_in

# Each rule for uploads, its role, and the workflow that it starts.
_UPLOAD_RULES = {
    "UploadRule": ("UploadRuleRole", "StateMachine"),
    "RowsUploadRule": ("RowsUploadRuleRole", "PredictionMachine"),
}
# Each rule beside it, and the function that it calls.
_RULES = {
    "FailureRule": "ExplainFailureFunction",
    "RunEndedRule": "SweepFunction",
    "StopEndpointsRule": "StopEndpointsFunction",
    "SweepRule": "SweepFunction",
}
_BY_HAND = "It was changed manually: revert that, or run codefree destroy and deploy."


def notification(patient: Patient) -> Finding:
    """Whether the bucket tells EventBridge of uploads."""
    name = patient.resource("Bucket")
    told = patient.account.s3.get_bucket_notification_configuration(Bucket=name)
    if "EventBridgeConfiguration" not in told:
        return bad(
            f"{name} does not send upload events to EventBridge, so no run starts.",
            "S3 console, the bucket's Properties, Amazon EventBridge: On.",
        )
    return good(f"{name} sends upload events to EventBridge.")


def upload_rule(patient: Patient) -> Finding:
    """Whether the rules are on, about this bucket, and lead to workflows that are there."""
    wrong = (_wrong_with_upload_rule(patient, name) for name in _UPLOAD_RULES)
    are_right = good("They are enabled, and start the workflows for this bucket's uploads.")
    return next(filter(None, wrong), are_right)


def _wrong_with_upload_rule(patient: Patient, name: str) -> Finding | None:
    rule, targets = _rule(patient, name)
    if rule["State"] != "ENABLED":
        return _disabled(name)
    if patient.resource("Bucket") not in _buckets(rule):
        return bad(f"{name} matches another bucket.", _BY_HAND)
    if _is_changed(patient, name, rule):
        return _changed(name)
    its_role, its_machine = _UPLOAD_RULES[name]
    machine = patient.resource(its_machine)
    target = next((t for t in targets if t["Arn"] == machine), None)
    if target is None:
        return bad(f"{name} does not start the workflow.", _BY_HAND)
    role = str(target.get("RoleArn", ""))
    if role.rpartition("/")[2] != patient.resource(its_role):
        return bad(f"{name} does not use {its_role}.", _BY_HAND)
    if not _has_queue(patient, target):
        return _without_queue(name)
    status = patient.account.states.describe_state_machine(stateMachineArn=machine)["status"]
    if status != "ACTIVE":
        return bad(f"The workflow is {status}.", "Run codefree destroy, then deploy again.")
    return None


def upload_role(patient: Patient) -> Finding:
    """Whether EventBridge may take each rule's role, and start the workflow with it."""
    wrong = (_wrong_with_upload_role(patient, rule) for rule in _UPLOAD_RULES)
    return next(filter(None, wrong), good("They can start the workflows."))


def _wrong_with_upload_role(patient: Patient, rule_name: str) -> Finding | None:
    its_role, its_machine = _UPLOAD_RULES[rule_name]
    name, iam = patient.resource(its_role), patient.account.client("iam")
    rule, _ = _rule(patient, rule_name)
    role = iam.get_role(RoleName=name)["Role"]
    trusts = lets_in(role["AssumeRolePolicyDocument"], "sts:AssumeRole", rule["Arn"])
    if trusts is None:
        return _not_understood(name)
    if not trusts:
        return bad(f"EventBridge can't assume {name} for this rule.", _BY_HAND)
    [result] = iam.simulate_principal_policy(
        PolicySourceArn=role["Arn"],
        ActionNames=["states:StartExecution"],
        ResourceArns=[patient.resource(its_machine)],
    )["EvaluationResults"]
    if result["EvalDecision"] != "allowed":
        return bad(f"{name} can't start the workflow ({result['EvalDecision']}).", _BY_HAND)
    return None


def other_rules(patient: Patient) -> Finding:
    """The rules for failures, for the next in line, and for the hourly look."""
    for name, function in _RULES.items():
        rule, targets = _rule(patient, name)
        if rule["State"] != "ENABLED":
            return _disabled(name)
        if _is_changed(patient, name, rule):
            return _changed(name)
        called = patient.resource(function)
        target = next((t for t in targets if t["Arn"].endswith(f":function:{called}")), None)
        if target is None:
            return bad(f"{name} does not call {function}.", _BY_HAND)
        if not _has_queue(patient, target):
            return _without_queue(name)
        may_call = _may_invoke(patient, called, rule["Arn"])
        if may_call is None:
            return _not_understood(function)
        if not may_call:
            return bad(f"{name} has no permission to call {function}.", _BY_HAND)
    return good("All are enabled, and can call their functions.")


def queue_policy(patient: Patient) -> Finding:
    """Whether EventBridge may put what it can't deliver into the queue."""
    policy = json.loads(_queue(patient).get("Policy") or "{}")
    for name in (*_UPLOAD_RULES, *_RULES):
        rule, _ = _rule(patient, name)
        may_write = lets_in(policy, "sqs:SendMessage", rule["Arn"])
        if may_write is None:
            return _not_understood("the queue")
        if not may_write:
            return bad(
                f"{name} can't write to the queue, so undeliverable events are lost.",
                _BY_HAND,
            )
    return good("The rules can write to it.")


def dead_letters(patient: Patient) -> Finding:
    """Whether an event is lying in the queue."""
    number = int(_queue(patient)["ApproximateNumberOfMessages"])
    if number:
        return bad(
            "1 undelivered event." if number == 1 else f"{number} undelivered events.",
            "docs/operations.md, “A message in the dead-letter queue”.",
        )
    return good("None.")


def last_event(patient: Patient) -> Finding:
    """When an upload, or the hourly look, has started the workflow last."""
    machine, states = patient.resource("StateMachine"), patient.account.states
    bucket = Bucket(patient.resource("Bucket"), patient.account.s3)
    if lost := find_lost_pairs(bucket, states, machine, datetime.now(UTC)):
        pairs = "1 complete pair is" if len(lost) == 1 else f"{len(lost)} complete pairs are"
        return bad(
            f"{pairs} without a run: the upload event was lost.",
            f"codefree status --fix{patient.options} starts them.",
        )
    if rows := find_lost_rows(
        bucket, states, patient.resource("PredictionMachine"), datetime.now(UTC)
    ):
        files = "1 file of new rows is" if len(rows) == 1 else f"{len(rows)} files of new rows are"
        return bad(
            f"{files} without a prediction: the upload event was lost.",
            f"codefree status --fix{patient.options} starts them.",
        )
    newest = states.list_executions(stateMachineArn=machine, maxResults=1)["executions"]
    if not newest:
        return unknown("No event yet.", "Upload a pair, then run codefree doctor again.")
    started = newest[0]["startDate"].astimezone(UTC)
    return good(f"The newest execution started {started:%Y-%m-%d %H:%M} UTC.")


def _rule(patient: Patient, name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The rule as it is described, and its targets."""
    events, physical = patient.account.client("events"), patient.resource(name)
    return (
        events.describe_rule(Name=physical),
        events.list_targets_by_rule(Rule=physical)["Targets"],
    )


def _buckets(rule: dict[str, Any]) -> list[str]:
    """The buckets that the rule is about."""
    detail = json.loads(rule.get("EventPattern") or "{}").get("detail", {})
    return list(detail.get("bucket", {}).get("name", []))


def _is_changed(patient: Patient, name: str, rule: dict[str, Any]) -> bool:
    """Whether the rule is about other events, or comes at other times, than the template's."""
    wanted = patient.template.of_type("AWS::Events::Rule")[name]
    pattern = patient.concrete.value(wanted.get("EventPattern"))
    return (json.loads(rule.get("EventPattern") or "null"), rule.get("ScheduleExpression")) != (
        pattern,
        wanted.get("ScheduleExpression"),
    )


def _changed(name: str) -> Finding:
    return bad(
        f"{name} has another event pattern or schedule than the template.",
        f"If “code” is ✗ as well, run codefree deploy. Otherwise: {_BY_HAND}",
    )


def _not_understood(what: str) -> Finding:
    return unknown(
        f"The policy of {what} has conditions or exceptions that doctor can't evaluate.",
        "If you added them, make sure that EventBridge still has access.",
    )


def _disabled(name: str) -> Finding:
    return bad(f"{name} is disabled.", f"EventBridge console, Rules, {name}: Enable.")


def _without_queue(name: str) -> Finding:
    return bad(f"{name} has no dead-letter queue, or not the stack's.", _BY_HAND)


def _has_queue(patient: Patient, target: dict[str, Any]) -> bool:
    arn = target.get("DeadLetterConfig", {}).get("Arn", "")
    return bool(arn.rpartition(":")[2] == patient.resource("DeadLetters").rpartition("/")[2])


def _queue(patient: Patient) -> dict[str, str]:
    sqs = patient.account.client("sqs")
    url, wanted = patient.resource("DeadLetters"), ["Policy", "ApproximateNumberOfMessages"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)
    return dict(answer.get("Attributes", {}))


def _may_invoke(patient: Patient, function: str, rule: str) -> bool | None:
    client = patient.account.client("lambda")
    try:
        policy = json.loads(client.get_policy(FunctionName=function)["Policy"])
    except client.exceptions.ResourceNotFoundException:
        return False
    return lets_in(policy, "lambda:InvokeFunction", rule)


_OF_A_RULE = ("events:DescribeRule", "events:ListTargetsByRule")
_ITS_ROLE = ("iam:GetRole", "iam:SimulatePrincipalPolicy")
_QUEUE = "sqs:GetQueueAttributes"
DELIVERY_CHECKS = (
    Check("notification", notification, ("s3:GetBucketNotification",), of_stack=True),
    Check("upload rule", upload_rule, (*_OF_A_RULE, "states:DescribeStateMachine"), of_stack=True),
    Check("upload role", upload_role, (*_OF_A_RULE, *_ITS_ROLE), of_stack=True),
    Check("other rules", other_rules, (*_OF_A_RULE, "lambda:GetPolicy"), of_stack=True),
    Check("queue", queue_policy, (*_OF_A_RULE, _QUEUE), of_stack=True),
    Check("dead letters", dead_letters, (_QUEUE,), of_stack=True),
    Check("last event", last_event, ("states:ListExecutions", "s3:ListBucket"), of_stack=True),
)
