"""State machines that act under their roles.

moto's interpreter makes its calls as nobody in particular. Sources: AWS Step Functions Developer
Guide, "How Step Functions works with IAM" and "Create and manage Amazon SageMaker AI jobs with Step
Functions"; what CreateStateMachine answers where the role falls short is not documented, and was
seen.
"""

import contextlib
import json
import re
import sys
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.exceptions import AWSError
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import TimeoutSeconds
from moto.stepfunctions.parser.asl.component.state.exec.state_task.state_task import StateTask
from moto.stepfunctions.parser.asl.utils import boto_client
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from local.access.clients import RoleClients
from local.access.control import AccessControl, NotAssumable, Session
from local.door.inside import Inside
from local.patches import wrap

_SERVICE = "states"
_LONGEST_CALL = TimeoutSeconds.DEFAULT_TIMEOUT_SECONDS
_CONFIG = Config(
    parameter_validation=False,
    retries={"max_attempts": 0, "total_max_attempts": 1},
    connect_timeout=_LONGEST_CALL,
    read_timeout=_LONGEST_CALL,
    max_pool_connections=50,
)
# The rules by which Step Functions learns that a job has ended.
_RULES = {
    "createTrainingJob": ("SageMakerTrainingJobs", "SageMaker Training Job State Change"),
    "createProcessingJob": ("SageMakerProcessingJobs", "SageMaker Processing Job State Change"),
}


class _AccessDenied(AWSError):  # type: ignore[misc]
    TYPE = "AccessDeniedException"


def patch(access: AccessControl, inside: Inside, endpoint: str) -> None:
    """Makes the interpreter call services under the state machine's role."""
    clients = RoleClients(endpoint, _CONFIG, inside)
    _call_under_the_role(access, clients)
    _check_roles_of_new_state_machines(access, clients)


def _call_under_the_role(access: AccessControl, clients: RoleClients) -> None:
    def client_for(
        client_of_nobody: Any, region: str, service: str, state_credentials: Any = None
    ) -> Any:
        if state_credentials is None:
            return client_of_nobody(region, service)
        try:
            session = _session(access, state_credentials.role_arn, state_credentials.state_machine)
        except NotAssumable as role:
            raise _not_assumable(str(role)) from None
        return clients.client(session, service, region)

    wrap(StateTask, "_eval_state_credentials", _credentials_with_source)
    # Each service of the interpreter has imported the function by its name.
    usual = boto_client.boto_client_for
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.") and vars(module).get("boto_client_for") is usual:
            wrap(module, "boto_client_for", client_for)


def _credentials_with_source(credentials_of: Any, self: StateTask, env: Any) -> Any:
    credentials = credentials_of(self, env)
    context = env.states.context_object.context_object_data
    credentials.state_machine = context["StateMachine"]["Id"]
    return credentials


def _check_roles_of_new_state_machines(access: AccessControl, clients: RoleClients) -> None:
    def check(backend: StepFunctionsParserBackend, arn: str, role: str, definition: str) -> None:
        try:
            session = _session(access, role, arn)
        except NotAssumable:
            raise _AccessDenied(
                f"Neither the global service principal {_SERVICE}.amazonaws.com, nor the regional "
                "one is authorized to assume the provided role."
            ) from None
        events = clients.client(session, "events", backend.region_name)
        try:
            _put_managed_rules(events, definition)
        except ClientError:
            raise _AccessDenied(f"'{role}' is not authorized to create managed-rule.") from None

    def create_checked(
        create: Any,
        self: StepFunctionsParserBackend,
        name: str,
        definition: str,
        roleArn: str,  # noqa: N803 (moto's name)
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        prefix = f"arn:{self.partition}:states:{self.region_name}:{self.account_id}"
        check(self, f"{prefix}:stateMachine:{name}", roleArn, definition)
        return create(self, name, definition, roleArn, *args, **kwargs)

    def update_checked(
        update: Any,
        self: StepFunctionsParserBackend,
        arn: str,
        definition: str | None = None,
        role_arn: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        machine = self.describe_state_machine(arn)
        check(self, arn, role_arn or machine.roleArn, definition or machine.definition)
        return update(self, arn, definition, role_arn, *args, **kwargs)

    wrap(StepFunctionsParserBackend, "create_state_machine", create_checked)
    wrap(StepFunctionsParserBackend, "update_state_machine", update_checked)


def _session(access: AccessControl, role: str, state_machine: str) -> Session:
    return access.assumed(role, _SERVICE, state_machine.rpartition(":")[2][:64], state_machine)


def _put_managed_rules(events: Any, definition: str) -> None:
    for action in sorted(set(re.findall(r":sagemaker:(\w+)\.sync", definition)) & set(_RULES)):
        jobs, detail_type = _RULES[action]
        name = f"StepFunctionsGetEventsFor{jobs}Rule"
        with contextlib.suppress(events.exceptions.ResourceNotFoundException):
            events.describe_rule(Name=name)
        pattern = {"source": ["aws.sagemaker"], "detail-type": [detail_type]}
        events.put_rule(Name=name, EventPattern=json.dumps(pattern))
        region = events.meta.region_name
        target = {"Id": "stepfunctions", "Arn": f"arn:aws:states:{region}::managed"}
        events.put_targets(Rule=name, Targets=[target])


def _not_assumable(role: str) -> ClientError:
    message = f"{_SERVICE}.amazonaws.com is not authorized to assume the role {role}"
    response: Any = {
        "Error": {"Code": "AccessDeniedException", "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": 400, "RequestId": ""},
    }
    return ClientError(response, "AssumeRole")
