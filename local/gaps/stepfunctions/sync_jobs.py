"""``sagemaker:createTrainingJob.sync`` and ``createProcessingJob.sync`` for moto's interpreter.

Step Functions creates the job, waits until it has ended, hands on its description, and stops it
when the execution is stopped (AWS Step Functions Developer Guide, "Create and manage Amazon
SageMaker AI jobs with Step Functions").
"""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import (
    CustomErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import (
    StatesErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task import state_task_factory
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import (
    ResourceCondition,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (  # noqa: E501
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.utils import boto_client
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str

from local.gaps.sagemaker.jobs import Jobs
from local.patches import wrap

_LOOK_SECONDS = 0.5
# Step Functions marks the jobs that it waits for (seen; the role needs sagemaker:AddTags for it).
_TAG = {"Key": "MANAGED_BY_AWS", "Value": "STARTED_BY_STEP_FUNCTIONS"}


@dataclass(frozen=True)
class _Api:
    """The calls for one kind of job, and the fields that carry its name and status."""

    kind: str

    @property
    def name(self) -> str:
        return f"{self.kind}JobName"

    def call(self, client: Any, verb: str) -> Any:
        return getattr(client, f"{verb}_{self.kind.lower()}_job")


# The errors of the jobs' operations (Amazon SageMaker AI API reference).
_MODELLED = {"ResourceInUse", "ResourceLimitExceeded", "ResourceNotFound"}
_APIS = {"createtrainingjob": _Api("Training"), "createprocessingjob": _Api("Processing")}


def patch(jobs: Jobs) -> None:
    """Makes the interpreter know the ``sagemaker`` service."""

    def state_task_service_for(known: Any, service_name: str) -> Any:
        return _SageMaker(jobs) if service_name == "sagemaker" else known(service_name)

    wrap(state_task_factory, "state_task_service_for", state_task_service_for)


class _SageMaker(StateTaskServiceCallback):  # type: ignore[misc]
    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        super().__init__(supported_integration_patterns={ResourceCondition.Sync})

    def _get_supported_parameters(self) -> set[str] | None:
        # What a job takes is checked against the API's own model when it is created.
        return set() if self.resource.api_action.lower() in _APIS else None

    @property
    def _api(self) -> _Api:
        return _APIS[self.resource.api_action.lower()]

    def _eval_service_task(
        self,
        env: Any,
        resource_runtime_part: Any,
        normalised_parameters: Any,
        state_credentials: Any,
    ) -> None:
        client = boto_client.boto_client_for(
            resource_runtime_part.region, "sagemaker", state_credentials
        )
        tags = [*normalised_parameters.get("Tags", []), _TAG]
        created = self._api.call(client, "create")(**normalised_parameters | {"Tags": tags})
        created.pop("ResponseMetadata", None)
        env.stack.append(created)

    def _eval_integration_pattern(
        self,
        env: Any,
        resource_runtime_part: Any,
        normalised_parameters: Any,
        state_credentials: Any,
    ) -> None:
        env.stack.pop()
        client = boto_client.boto_client_for(
            resource_runtime_part.region, "sagemaker", state_credentials
        )
        name = normalised_parameters[self._api.name]
        while env.is_running():
            # Step Functions is told by an event, too; to ask all the time for each of a thousand
            # waiting jobs would leave no time for the jobs.
            if self._jobs.has_ended(self._api.kind, name, within_seconds=_LOOK_SECONDS):
                description = self._api.call(client, "describe")(**{self._api.name: name})
                env.stack.append(self._result(env, description))
                return
        # The execution was stopped, or the state timed out.
        self._api.call(client, "stop")(**{self._api.name: name})
        env.stack.append(None)

    def _result(self, env: Any, description: dict[str, Any]) -> Any:
        description.pop("ResponseMetadata", None)
        if self._jobs.fails_its_state(self._api.kind, description[self._api.name]):
            raise FailureEventException(self._failed(env, _as_json(description)))
        return _as_json(description)

    def _failed(self, env: Any, description: dict[str, Any]) -> FailureEvent:
        return self._failure_event(
            env,
            StatesErrorName(typ=StatesErrorNameType.StatesTaskFailed),
            StatesErrorNameType.StatesTaskFailed.to_name(),
            to_json_str(description),
        )

    def _from_error(self, env: Any, ex: Exception) -> FailureEvent:
        if not isinstance(ex, ClientError):
            return super()._from_error(env=env, ex=ex)
        error, cause = _as_told(ex)
        return self._failure_event(env, CustomErrorName(error), error, cause)

    def _failure_event(self, env: Any, name: ErrorName, error: str, cause: str) -> FailureEvent:
        return FailureEvent(
            env=env,
            error_name=name,
            event_type=HistoryEventType.TaskFailed,
            event_details=EventDetails(
                taskFailedEventDetails=TaskFailedEventDetails(
                    error=error,
                    cause=cause,
                    resource=self._get_sfn_resource(),
                    resourceType=self._get_sfn_resource_type(),
                )
            ),
        )


def _as_told(error: ClientError) -> tuple[str, str]:
    """Name and cause of an error that the API answered with.

    Step Functions calls AWS by the AWS SDK for Java, which has a class for the errors that the
    operation's model names, and one for the service for all others, such as AccessDeniedException
    and ThrottlingException: which one it was, only the cause tells then.
    """
    code = error.response["Error"]["Code"]
    name = code if code in _MODELLED else "AmazonSageMaker"
    answer = error.response["ResponseMetadata"]
    details = [
        "Service: AmazonSageMaker",
        f"Status Code: {answer['HTTPStatusCode']}",
        f"Error Code: {code}",
        f"Request ID: {answer.get('RequestId', uuid.uuid4())}",
        "Proxy: null",
    ]
    return (
        f"SageMaker.{name}Exception",
        f"{error.response['Error']['Message']} ({'; '.join(details)})",
    )


def _as_json(value: Any) -> Any:
    """``value`` as Step Functions hands it on: times as milliseconds since 1970."""
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if isinstance(value, datetime.datetime):
        return round(value.timestamp() * 1000)
    return value
