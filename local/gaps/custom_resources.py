"""Custom resources: CloudFormation waits for their answer before it makes what depends on them."""

import time
from typing import Any

from moto import settings
from moto.cloudformation.custom_model import CustomModel
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Stack
from moto.cloudformation.responses import CloudFormationResponse

_POLL_SECONDS = 0.02


def close() -> None:
    """Makes a custom resource finish, or fail the stack, before the next resource is made.

    While it waits, moto would answer the custom resource by looking at every resource of the stack,
    and so make those that are not there yet a second time, the custom resource among them.
    """
    create = CustomModel.create_from_cloudformation_json.__func__
    process = CloudFormationResponse.process_cfn_response

    def create_and_wait(
        cls: Any, name: str, cloudformation_json: Any, *args: Any, **kw: Any
    ) -> Any:
        resource = create(cls, name, cloudformation_json, *args, **kw)
        properties = cloudformation_json["Properties"]
        _wait(resource, float(properties.get("ServiceTimeout", 3600)))
        return resource

    def process_cfn_response(self: CloudFormationResponse) -> Any:
        if self._get_param("Status") == "FAILED":
            stack = self.cloudformation_backend.get_stack(self._get_param("StackId"))
            resource: Any = stack.get_custom_resource(self._get_param("LogicalResourceId"))
            resource.failure = self._get_param("Reason")
        return process(self)

    settings.moto_server_host = lambda: "http://127.0.0.1"
    CustomModel.create_from_cloudformation_json = classmethod(create_and_wait)
    CloudFormationResponse.process_cfn_response = process_cfn_response
    Stack.verify_readiness = lambda self: None


def _wait(resource: Any, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not resource.is_created():
        if failure := getattr(resource, "failure", None):
            raise ValidationError(message=f"Resource {resource.logical_id} failed: {failure}")
        if time.monotonic() > deadline:
            raise ValidationError(message=f"Resource {resource.logical_id} did not answer in time")
        time.sleep(_POLL_SECONDS)
