"""A stack of Codefree's made, changed and deleted through CloudFormation, followed event by event.

Sources: AWS CloudFormation API reference, CreateChangeSet, DescribeStackEvents; User Guide,
"Stack status codes". A template of more than 51,200 bytes has to lie in S3, so it lies there, in a
bucket of its own, for as long as the change set takes to be made.
"""

import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from operate.account import CannotDo
from operate.error_answer import error_answer
from operate.language import spoken, to_speak

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient

_POLL_SECONDS = 2
_STAGED_KEY = "codefree.yaml"
_LONGEST_BUCKET_NAME = 63
# The state machines are called as the stack is, the second with an ending; each name has up to 80
# characters (Step Functions API reference, CreateStateMachine).
_PREDICTS = "-predict"
LONGEST_STACK_NAME = 80 - len(_PREDICTS)
# CloudFormation API reference, CreateStack, StackName.
_STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
# What CloudFormation says of resources that did nothing wrong themselves.
_FOLLOWS = ("cancelled", "canceled")
_NEW_UNDONE = to_speak(
    "Everything was rolled back, except the bucket {bucket} if it was created. Delete it, run "
    "codefree destroy --stack-name {stack}, and deploy again."
)
_CHANGE_UNDONE = to_speak(
    "The stack was rolled back to what it was, and running executions continue."
)

# The stack's outputs with the state machines; one of before there were predictions has the first.
MACHINE_OUTPUTS = ("StateMachineArn", "PredictionMachineArn")

Show = Callable[["StackEvent"], None]


@dataclass(frozen=True)
class StackEvent:
    """What has happened to one resource of the stack, or to the stack."""

    resource: str
    type: str
    status: str
    reason: str

    @property
    def has_failed(self) -> bool:
        """Whether this was a failure, of whatever origin."""
        return self.status.endswith("FAILED")


@dataclass(frozen=True)
class StackNow:
    """A stack as it stands."""

    id: str
    status: str
    parameters: dict[str, str]
    outputs: dict[str, str]


@dataclass(frozen=True)
class Deployment:
    """One stack, and the clients to deal with it."""

    stack: str
    cloudformation: "CloudFormationClient"
    s3: "S3Client"
    states: "SFNClient"

    def now(self, stack: str | None = None) -> StackNow | None:
        """The stack as it stands; None where there is none."""
        try:
            [found] = self.cloudformation.describe_stacks(StackName=stack or self.stack)["Stacks"]
        except ClientError as error:
            if "does not exist" in error_answer(error).message:
                return None
            raise
        parameters = {p["ParameterKey"]: p["ParameterValue"] for p in found.get("Parameters", [])}
        outputs = {o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", [])}
        return StackNow(found["StackId"], found["StackStatus"], parameters, outputs)

    def deploy(self, template: str, wanted: dict[str, str], show: Show) -> StackNow | None:
        """Makes or changes the stack; returns it, or None when there was nothing to change.

        Parameters that are not ``wanted`` stay as they are.

        Raises:
            CannotDo: it can't be done, or has failed; the text says why.
        """
        before = self.now()
        is_new = before is None or before.status == "REVIEW_IN_PROGRESS"
        parameters = wanted if is_new or before is None else before.parameters | wanted
        self._refuse(before, parameters)
        with self._staged(template, parameters["BucketName"]) as url:
            # Another version of Codefree may have had parameters that this one has not.
            known = self._parameters_of(url) | wanted.keys()
            given = {name: value for name, value in parameters.items() if name in known}
            change_set = self._change_set(url, given, "CREATE" if is_new else "UPDATE")
        if change_set is None:
            return None
        seen = {event["EventId"] for event in self._events(self.stack)}
        self.cloudformation.execute_change_set(ChangeSetName=change_set)
        failures = self._follow(self.stack, seen, show)
        after = self.now()
        if after is None or after.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise CannotDo(_failed(self.stack, failures, is_new, parameters["BucketName"]))
        return after

    def running(self) -> list[str]:
        """The ARNs of the executions that are under way."""
        found = self.now()
        outputs = found.outputs if found else {}
        machines = [outputs[name] for name in MACHINE_OUTPUTS if name in outputs]
        lists = self.states.get_paginator("list_executions")
        return [
            execution["executionArn"]
            for machine in machines
            for page in lists.paginate(stateMachineArn=machine, statusFilter="RUNNING")
            for execution in page["executions"]
        ]

    def has_bucket(self, name: str) -> bool:
        """Whether the bucket is there."""
        try:
            self.s3.head_bucket(Bucket=name)
        except ClientError as error:
            if error_answer(error).code in ("404", "NoSuchBucket"):
                return False
            raise
        return True

    def planned_buckets(self) -> set[str]:
        """The buckets that change sets of the stack would make, before any of them is executed."""
        pages = self.cloudformation.get_paginator("list_change_sets").paginate(StackName=self.stack)
        described = (
            self.cloudformation.describe_change_set(ChangeSetName=planned["ChangeSetId"])
            for page in pages
            for planned in page["Summaries"]
        )
        return {
            parameter["ParameterValue"]
            for change_set in described
            for parameter in change_set.get("Parameters", [])
            if parameter["ParameterKey"] == "BucketName"
        }

    def destroy(self, show: Show) -> None:
        """Deletes the stack, which stops its runs itself.

        Raises:
            CannotDo: something could not be deleted; the text says what and why.
        """
        found = self.now()
        if found is None:
            raise CannotDo(
                spoken(
                    "There is no stack {stack}. Choose another with --stack-name.",
                    stack=self.stack,
                )
            )
        seen = {event["EventId"] for event in self._events(found.id)}
        self.cloudformation.delete_stack(StackName=self.stack)
        failures = self._follow(found.id, seen, show)
        after = self.now(found.id)
        if after and after.status != "DELETE_COMPLETE":
            partly = spoken("The stack {stack} was only partly deleted.", stack=self.stack)
            rest = spoken("Fix that, then run codefree destroy again to delete the rest.")
            raise CannotDo(f"{partly} {_first(failures)} {rest}")

    def _refuse(self, before: StackNow | None, parameters: dict[str, str]) -> None:
        if "BucketName" not in parameters:
            raise CannotDo(
                spoken(
                    "There is no stack {stack} yet. Name its new bucket with --bucket.",
                    stack=self.stack,
                )
            )
        refuse_name(self.stack)
        self._refuse_same_machine(before)
        if before is None:
            return
        bucket = before.parameters.get("BucketName", parameters["BucketName"])
        if bucket != parameters["BucketName"]:
            raise CannotDo(
                spoken(
                    "The stack {stack} has the bucket {bucket}, and a bucket can't be renamed. For "
                    "a second bucket, deploy a second stack: --stack-name ANOTHER-NAME --bucket "
                    "{wanted}",
                    stack=self.stack,
                    bucket=bucket,
                    wanted=parameters["BucketName"],
                )
            )
        if before.status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"):
            raise CannotDo(
                spoken(
                    "The stack {stack} is {status} and can't be updated. Run codefree destroy, "
                    "then deploy again.",
                    stack=self.stack,
                    status=before.status,
                )
            )
        if before.status == "UPDATE_ROLLBACK_FAILED":
            raise CannotDo(
                spoken(
                    "The stack {stack} is UPDATE_ROLLBACK_FAILED: an update and its rollback "
                    "failed. Find the reason among its events in the CloudFormation console, fix "
                    "it, choose Continue update rollback, then deploy again.",
                    stack=self.stack,
                )
            )
        if before.status.endswith("IN_PROGRESS") and before.status != "REVIEW_IN_PROGRESS":
            raise CannotDo(
                spoken(
                    "The stack {stack} is {status}. Wait until it is done.",
                    stack=self.stack,
                    status=before.status,
                )
            )

    def _refuse_same_machine(self, before: StackNow | None) -> None:
        """Makes sure that no other stack has a state machine of a name that this one's would have.

        That of X for predictions is called as the first of a stack X-predict.
        """
        has = before.outputs if before else {}
        first, second = MACHINE_OUTPUTS
        shorter, longer = self.stack.removesuffix(_PREDICTS), f"{self.stack}{_PREDICTS}"
        others = [shorter] if shorter != self.stack and first not in has else []
        others += [longer] if second not in has else []
        for other in others:
            found = self.now(other) if len(other) <= LONGEST_STACK_NAME + len(_PREDICTS) else None
            if found and first in found.outputs:
                raise CannotDo(
                    spoken(
                        "The stacks {stack} and {other} would both have a state machine called "
                        "{name}. Nothing was changed. Choose another name, for a new stack: "
                        "--stack-name NAME",
                        stack=self.stack,
                        other=other,
                        name=max(self.stack, other, key=len),
                    )
                )

    @contextmanager
    def _staged(self, template: str, bucket: str) -> Iterator[str]:
        """The template's address in a bucket that is there for this alone."""
        suffix = f"-deploy-{secrets.token_hex(4)}"
        name = bucket.replace(".", "-")[: _LONGEST_BUCKET_NAME - len(suffix)] + suffix
        region = self.s3.meta.region_name
        place: Any = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self.s3.create_bucket(Bucket=name, **({} if region == "us-east-1" else place))
        try:
            self.s3.put_object(Bucket=name, Key=_STAGED_KEY, Body=template.encode())
            yield f"https://{name}.s3.{region}.amazonaws.com/{_STAGED_KEY}"
        finally:
            self.s3.delete_object(Bucket=name, Key=_STAGED_KEY)
            self.s3.delete_bucket(Bucket=name)

    def _parameters_of(self, url: str) -> set[str]:
        summary = self.cloudformation.get_template_summary(TemplateURL=url)
        return {parameter["ParameterKey"] for parameter in summary["Parameters"]}

    def _change_set(self, url: str, parameters: dict[str, str], kind: str) -> str | None:
        """The change set that makes the stack so; None where it is so already."""
        created = self.cloudformation.create_change_set(
            StackName=self.stack,
            ChangeSetName=f"codefree-{secrets.token_hex(4)}",
            ChangeSetType=kind,  # type: ignore[arg-type]
            TemplateURL=url,
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in parameters.items()
            ],
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": "codefree:stack", "Value": self.stack}],
        )
        change_set = created["Id"]
        while True:
            described = self.cloudformation.describe_change_set(ChangeSetName=change_set)
            if described["Status"] == "CREATE_COMPLETE":
                return change_set
            if described["Status"] == "FAILED":
                break
            time.sleep(_POLL_SECONDS)
        reason = described.get("StatusReason", spoken("No reason was given."))
        self.cloudformation.delete_change_set(ChangeSetName=change_set)
        left = self.now()
        if kind == "CREATE" and left and left.status == "REVIEW_IN_PROGRESS":
            # A stack that was never made stays behind its change set as an empty shell.
            self.cloudformation.delete_stack(StackName=self.stack)
        if any(words in reason for words in _NO_CHANGES):
            return None
        raise CannotDo(
            spoken(
                "CloudFormation rejects the stack {stack}: {reason}",
                stack=self.stack,
                reason=reason,
            )
        )

    def _events(self, stack: str) -> list[Any]:
        """The stack's events, oldest first."""
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
        try:
            return [event for page in pages for event in page["StackEvents"]][::-1]
        except ClientError as error:
            if "does not exist" in error_answer(error).message:
                return []
            raise

    def _follow(self, stack: str, seen: set[str], show: Show) -> list[StackEvent]:
        """Shows what is new until the stack has come to rest; returns the failures in order."""
        failures = []
        while True:
            # Asked first, so that no event is missed that came before the rest.
            found = self.now(stack)
            for event in self._events(stack):
                if event["EventId"] not in seen:
                    seen.add(event["EventId"])
                    told = _event(event)
                    show(told)
                    failures += [told] if told.has_failed else []
            if found is None or not found.status.endswith("IN_PROGRESS"):
                return failures
            time.sleep(_POLL_SECONDS)


def refuse_name(stack: str) -> None:
    """Makes sure that a stack may be called so.

    Raises:
        CannotDo: it may not; the text says why.
    """
    if not _STACK_NAME.fullmatch(stack):
        raise CannotDo(
            spoken(
                "A stack can't be called {stack}: only letters, digits and hyphens are allowed, "
                "and the first must be a letter. Choose another name: --stack-name NAME",
                stack=repr(stack),
            )
        )
    if len(stack) > LONGEST_STACK_NAME:
        raise CannotDo(
            spoken(
                "The stack name {stack} has {length} characters; at most {most} are allowed, "
                "because its state machines are named after it. Choose another: --stack-name NAME",
                stack=stack,
                length=len(stack),
                most=LONGEST_STACK_NAME,
            )
        )


def _event(event: Any) -> StackEvent:
    return StackEvent(
        event["LogicalResourceId"],
        event["ResourceType"],
        event["ResourceStatus"],
        event.get("ResourceStatusReason", ""),
    )


def _failed(stack: str, failures: list[StackEvent], is_new: bool, bucket: str) -> str:
    failed = spoken("The stack {stack} could not be deployed.", stack=stack)
    undone = spoken(_NEW_UNDONE if is_new else _CHANGE_UNDONE, stack=stack, bucket=bucket)
    return f"{failed} {_first(failures)} {undone}"


def _first(failures: list[StackEvent]) -> str:
    """The failure that the others follow from, in words."""
    own = [f for f in failures if not any(word in f.reason.lower() for word in _FOLLOWS)]
    for failure in own or failures:
        return spoken(
            "{resource} ({type}) failed: {reason}.",
            resource=failure.resource,
            type=failure.type,
            reason=failure.reason.rstrip("."),
        )
    return spoken("CloudFormation gives no reason.")
