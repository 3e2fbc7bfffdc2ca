"""Custom resources: CloudFormation waits for their answer, and asks them to update and delete."""

import json
import threading
import time
from typing import Any

from moto import settings
from moto.awslambda.utils import get_backend
from moto.cloudformation.custom_model import CustomModel
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Stack, cloudformation_backends
from moto.cloudformation.responses import CloudFormationResponse
from moto.moto_api._internal import mock_random

from local.patches import add, replace, wrap

_POLL_SECONDS = 0.02
_DEFAULT_SECONDS = 3600


def patch(answers: str) -> None:
    """Makes a custom resource finish, or fail the stack, before the stack goes on.

    It answers below the address ``answers``, which nobody else knows.

    While it waits, moto would answer the custom resource by looking at every resource of the stack,
    and so make those that are not there yet a second time, the custom resource among them.
    """
    # moto puts the address together of the two, and of what comes after the port.
    host, _, port_and_folder = answers.rpartition(":")
    replace(settings, "moto_server_host", lambda: host)
    replace(settings, "moto_server_port", lambda: port_and_folder)
    wrap(CustomModel, "create_from_cloudformation_json", _create_and_wait)
    replace(CustomModel, "update_from_cloudformation_json", _update_and_wait)
    add(CustomModel, "delete", _delete_and_wait)
    wrap(CloudFormationResponse, "process_cfn_response", _process_cfn_response)
    replace(Stack, "verify_readiness", lambda self: None)


def _create_and_wait(
    create: Any, cls: Any, name: str, cloudformation_json: Any, *args: Any, **kw: Any
) -> Any:
    resource = create(cls, name, cloudformation_json, *args, **kw)
    resource.stack_id, resource.resource_type = kw["StackId"], kw["ResourceType"]
    resource.properties = cloudformation_json["Properties"]
    _wait(resource)
    return resource


def _update_and_wait(
    cls: Any,
    original_resource: Any,
    new_resource_name: str,
    cloudformation_json: Any,
    account_id: str,
    region_name: str,
) -> Any:
    old, new = original_resource.properties, cloudformation_json["Properties"]
    if new != old:
        original_resource.properties = new
        _ask(original_resource, "Update", account_id, OldResourceProperties=old)
    return original_resource


def _delete_and_wait(self: Any, account_id: str, region_name: str) -> None:
    _ask(self, "Delete", account_id)


def _process_cfn_response(process: Any, self: CloudFormationResponse) -> Any:
    stack = self.cloudformation_backend.get_stack(self._get_param("StackId"))
    resource: Any = stack.get_custom_resource(self._get_param("LogicalResourceId"))
    if self._get_param("Status") == "FAILED":
        resource.failure = self._get_param("Reason")
    # What !Ref gives.
    resource.resource_name = self._get_param("PhysicalResourceId") or resource.resource_name
    return process(self)


def _ask(resource: Any, request: str, account_id: str, **more: Any) -> None:
    """Sends another request to the resource's function, and waits for the answer."""
    resource.failure, resource._finished = None, False
    backend = cloudformation_backends[account_id][resource.region_name]
    backend.get_stack(resource.stack_id).add_custom_resource(resource)
    event = {
        "RequestType": request,
        "ServiceToken": resource.properties["ServiceToken"],
        "ResponseURL": f"{settings.moto_server_host()}:{settings.moto_server_port()}"
        f"/cloudformation_{resource.region_name}/cfnresponse?stack={resource.stack_id}",
        "StackId": resource.stack_id,
        "RequestId": str(mock_random.uuid4()),
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_resource_id,
        "ResourceType": resource.resource_type,
        "ResourceProperties": resource.properties,
        **more,
    }
    function = get_backend(account_id, resource.region_name).get_function(event["ServiceToken"])
    invocation = threading.Thread(target=function.invoke, args=(json.dumps(event), {}, {}))
    invocation.start()
    _wait(resource)
    invocation.join()  # it still writes its log, which takes the role that may be deleted next


def _wait(resource: Any) -> None:
    deadline = time.monotonic() + float(resource.properties.get("ServiceTimeout", _DEFAULT_SECONDS))
    while not resource.is_created():
        if failure := getattr(resource, "failure", None):
            raise ValidationError(message=f"Resource {resource.logical_id} failed: {failure}")
        if time.monotonic() > deadline:
            raise ValidationError(message=f"Resource {resource.logical_id} did not answer in time")
        time.sleep(_POLL_SECONDS)
